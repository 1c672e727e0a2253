#!/bin/sh
# "upgrade" is the word of Debian, 1 the number of rpm for an upgrade. Then the new
# package restarts the service.
set -e
case "${1:-}" in
upgrade | 1) exit 0 ;;
esac
if [ -d /run/systemd/system ]; then
	systemctl disable --now sesctl-relay.service || true
fi
