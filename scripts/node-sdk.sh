#!/bin/sh
# Runs the official Node SDK against the emulator.
set -eu
cd "$(dirname "$0")/.."
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
	echo 'skipped: the test of the Node SDK needs node and npm'
	exit 0
fi
(cd internal/emulator/testdata/node && npm ci --silent --no-audit --no-fund)
go test -count=1 -tags node -run Node ./internal/emulator
