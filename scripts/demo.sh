#!/bin/sh
# The main commands of sesctl on the embedded emulator: no account, no network.
# Tencent's SDK builds and signs every call, and the emulator verifies it.
set -eu

unset SESCTL_PROFILE SESCTL_ENDPOINT SESCTL_OUTPUT TENCENTCLOUD_REGION
SESCTL_LOCAL=1
SESCTL_CONFIG=/dev/null
XDG_STATE_HOME=$(mktemp -d) # the emulator's state and the history, apart from the user's
unset SESCTL_LOCAL_STATE
export SESCTL_LOCAL SESCTL_CONFIG XDG_STATE_HOME
trap 'rm -rf "$XDG_STATE_HOME"' EXIT

note() { printf '\n# %s\n' "$1"; }
run() { printf '$ sesctl %s\n' "$*"; sesctl "$@"; }
refused() { # refused STATUS ARGS: the command must exit with that status
	want=$1; shift
	printf '$ sesctl %s\n' "$*"
	got=0; sesctl "$@" || got=$?
	printf '(exit status %s)\n' "$got"
	[ "$got" -eq "$want" ] || { echo "expected exit status $want"; exit 1; }
}

note 'The account has two sender addresses. They have no callback, so their events are lost.'
run sender list

note 'Set the callback of the whole account. -v shows each signed call.'
run -v callback set account https://hooks.example.com:8080/ses

note 'Override it for one sender.'
run callback set news@mail.example.com 'https://hooks.example.com:8081/news?token=s3cret'

note 'A second callback for the same sender is refused...'
refused 6 callback set news@mail.example.com https://hooks.example.com:8082/other

note '...and so is a port that SES does not support. Nothing is sent.'
refused 2 callback set account https://hooks.example.com:9000/ses --replace

note "Which callback receives the events of each sender?"
run callback resolve --all --explain

note "Delete the sender's callback. The account's callback serves it again."
run callback delete news@mail.example.com --yes
run callback resolve --all

note "Delete the account's callback. Now every sender loses its events, and CI can fail on it."
run callback delete account --yes
refused 3 callback resolve --all --fail-on none
