#!/bin/sh
# The main job of sesctl, on the embedded emulator: no account, no network. Every
# call is built and signed by the Tencent SDK and verified by the emulator.
set -eu

unset SESCTL_PROFILE SESCTL_ENDPOINT SESCTL_OUTPUT TENCENTCLOUD_REGION
SESCTL_LOCAL=1
SESCTL_LOCAL_STATE="$(mktemp -d)/emulator.db"
SESCTL_CONFIG=/dev/null
export SESCTL_LOCAL SESCTL_LOCAL_STATE SESCTL_CONFIG
trap 'rm -rf "$(dirname "$SESCTL_LOCAL_STATE")"' EXIT

say() { printf '\n# %s\n' "$1"; }
run() { printf '$ sesctl %s\n' "$*"; sesctl "$@"; }
refused() { # refused STATUS ARGS: the command must end with that exit status
	want=$1; shift
	printf '$ sesctl %s\n' "$*"
	got=0; sesctl "$@" || got=$?
	printf '(exit status %s)\n' "$got"
	[ "$got" -eq "$want" ] || { echo "expected exit status $want"; exit 1; }
}

say 'The account has two sender addresses, and their events go nowhere.'
run sender list

say 'Set the callback of the whole account. -v shows each signed call.'
run -v callback set --account https://hooks.example.com:8080/ses

say 'Override it for one sender.'
run callback set --sender news@mail.example.com 'https://hooks.example.com:8081/news?token=s3cret'

say 'A second callback for the same sender is refused...'
refused 6 callback set --sender news@mail.example.com https://hooks.example.com:8082/other

say '...and so is a port that SES does not support; nothing is sent.'
refused 2 callback set --account https://hooks.example.com:9000/ses --replace

say "Where do each sender's events go in the end?"
run callback resolve --all --explain

say "Delete the sender's own: the account's serves it again."
run callback delete --sender news@mail.example.com --yes
run callback resolve --all

say "Delete the account's: now every sender is silent, and CI can fail on it."
run callback delete --account --yes
refused 3 callback resolve --all --fail-on none
