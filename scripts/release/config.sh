#!/bin/sh
# Prints the configuration of GoReleaser: config.sh [PLATFORM]
#
# With a PLATFORM such as linux/amd64 it builds for that platform alone.
set -eu
cd "$(dirname "$0")/../.."
if [ $# -eq 0 ]; then
	cat .goreleaser.yaml
	exit
fi
changed=$(sed -e "s|^\( *goos:\) .*|\1 [${1%/*}]|" -e "s|^\( *goarch:\) .*|\1 [${1#*/}]|" -e "s|^\( *platforms:\) .*|\1 [$1]|" .goreleaser.yaml)
if [ "$(printf '%s\n' "$changed" | grep -c "\[${1%/*}\]\|\[${1#*/}\]\|\[$1\]")" -ne 3 ]; then
	echo 'config.sh: .goreleaser.yaml does not have one line each of goos, goarch and platforms' >&2
	exit 1
fi
printf '%s\n' "$changed"
