#!/bin/sh
# From SES into a stream, on this machine alone: the emulator sends the events of
# emails, sesctl-relay receives them, and a nats-server keeps them.
set -eu

unset SESCTL_PROFILE SESCTL_ENDPOINT SESCTL_OUTPUT SESCTL_LOCAL TENCENTCLOUD_REGION
TENCENTCLOUD_SECRET_ID=local TENCENTCLOUD_SECRET_KEY=local
folder=$(mktemp -d)
SESCTL_CONFIG="$folder/config.yaml"
XDG_STATE_HOME="$folder/state"
export SESCTL_CONFIG XDG_STATE_HOME TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY
pids=
trap 'for pid in $pids; do kill "$pid" 2>/dev/null || true; done; wait; rm -rf "$folder"' EXIT

say() { printf '\n# %s\n' "$1"; }
run() { printf '$ %s\n' "$*"; "$@"; }
start() { # start NAME COMMAND...: in the background; its output goes to a file
	name=$1; shift
	"$@" >"$folder/$name.out" 2>"$folder/$name.err" &
	pids="$! $pids"
	eval "pid_$name=$!"
}
await() { # await FILE EXPRESSION: prints what sed finds in a file, once it does
	for _ in $(seq 600); do
		found=$(sed -n "$2" "$1" 2>/dev/null | head -n 1)
		test -z "$found" || { echo "$found"; return; }
		sleep 0.1
	done
	echo "nothing came in $1:" >&2; cat "$1" >&2; exit 1
}

say 'A nats-server with JetStream, and a stream for ses.>'
start nats natsd -keep "$folder/stream"
nats=$(await "$folder/nats.err" 's/^listening on //p')
echo "nats://$nats"

say 'A secret path in a file, and the relay. It answers 200 only once the stream has an event.'
printf '/ses/%s\n' "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" >"$folder/path"
start relay sesctl-relay serve --listen 127.0.0.1:0 --path-file "$folder/path" \
	--to "nats://$nats/ses.events" --spool "$folder/spool" --metrics 127.0.0.1:0
relay=$(await "$folder/relay.err" 's/.*"msg":"listening","address":"\([^"]*\)".*/\1/p')
metrics=$(await "$folder/relay.err" 's/.*"metrics":"\([^"]*\)".*/\1/p')
cat "$folder/relay.err"
printf 'profiles: {default: {allowed_ports: [%s]}}\n' "${relay##*:}" >"$SESCTL_CONFIG"
run sesctl-relay check --path-file "$folder/path" --to "nats://$nats/ses.events" --spool "$folder/spool" --no-post

say 'The emulator of SES, and the relay as the callback of the account.'
start emulator sesctl emulator serve --memory --listen 127.0.0.1:0 --sender news@mail.example.com
SESCTL_ENDPOINT=$(await "$folder/emulator.out" 's/^http/http/p')
export SESCTL_ENDPOINT
printf 'http://%s%s\n' "$relay" "$(cat "$folder/path")" | run sesctl callback set account --url-file -

say 'An email to each outcome. The engine ends in between: the spool keeps the events.'
run relaydemo send "$SESCTL_ENDPOINT" news@mail.example.com jane@example.com bounce@example.com soft-bounce@example.com drop@example.com
kill "$pid_nats"; wait "$pid_nats"
run relaydemo send "$SESCTL_ENDPOINT" news@mail.example.com defer@example.com spam@example.com open@example.com click@example.com unsubscribe@example.com
run sesctl emulator deliveries --wait -o json >/dev/null
run relaydemo get "http://$metrics/readyz"
start nats natsd -keep -port "${nats##*:}" "$folder/stream"
await "$folder/nats.err" 's/^listening on //p' >/dev/null

say 'What is in the stream: each event, once.'
run relaydemo read "$nats" 14

say 'SIGTERM ends the relay; nothing is left in the spool.'
kill "$pid_relay"
await "$folder/relay.err" '/"msg":"ended"/p'
