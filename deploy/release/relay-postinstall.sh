#!/bin/sh
# The service is not started: it needs an engine and a secret path first.
set -e
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl try-restart sesctl-relay.service # after an upgrade
fi
