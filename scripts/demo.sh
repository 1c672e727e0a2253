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

# The notes are in the language in which sesctl prints.
case ${SESCTL_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
zh*) chinese=yes ;;
*) chinese= ;;
esac
note() { # note ENGLISH CHINESE
	if [ "$chinese" ]; then shift; fi
	printf '\n# %s\n' "$1"
}
run() { printf '$ sesctl %s\n' "$*"; sesctl "$@"; }
refused() { # refused STATUS ARGS: the command must exit with that status
	want=$1; shift
	printf '$ sesctl %s\n' "$*"
	got=0; sesctl "$@" || got=$?
	if [ "$chinese" ]; then printf '（退出码 %s）\n' "$got"; else printf '(exit status %s)\n' "$got"; fi
	[ "$got" -eq "$want" ] || { echo "expected exit status $want"; exit 1; }
}

note 'The account has two sender addresses. They have no callback, so their events are lost.' \
	'账号有两个发信地址，都没有回调地址，所以它们的事件会丢失。'
run sender list

note 'Set the callback of the whole account. -v shows each signed call.' \
	'设置账号级别回调地址。-v 显示每次带签名的调用。'
run -v callback set account https://hooks.example.com:8080/ses

note 'Override it for one sender.' \
	'为一个发信地址单独设置。'
run callback set news@mail.example.com 'https://hooks.example.com:8081/news?token=s3cret'

note 'A second callback for the same sender is refused...' \
	'同一个发信地址不能有第二个回调地址……'
refused 6 callback set news@mail.example.com https://hooks.example.com:8082/other

note '...and so is a port that SES does not support. Nothing is sent.' \
	'……端口不是 SES 支持的，也会被拒绝，不会发送请求。'
refused 2 callback set account https://hooks.example.com:9000/ses --replace

note "Which callback receives the events of each sender?" \
	'每个发信地址的事件发往哪里？'
run callback resolve --all --explain

note "Delete the sender's callback. The account's callback serves it again." \
	'删除单独设置的回调地址，又改用账号级别回调地址。'
run callback delete news@mail.example.com --yes
run callback resolve --all

note "Delete the account's callback. Now every sender loses its events, and CI can fail on it." \
	'删除账号级别回调地址。现在所有事件都会丢失，可以让 CI 因此失败。'
run callback delete account --yes
refused 3 callback resolve --all --fail-on none
