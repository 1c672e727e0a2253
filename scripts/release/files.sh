#!/bin/sh
# Makes what archives, packages and images contain besides the programs: completions, man
# pages, licenses of the modules, the root folder of the images. GoReleaser runs it before
# it builds. Everything goes into bin/release. The same commit gives the same bytes.
set -eu
cd "$(dirname "$0")/../.."
out=bin/release
platforms=${PLATFORMS:-linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64}
rm -rf "$out"
umask 022

go -C tools/release build -o "../../$out/thirdparty" ./thirdparty
for program in cmd/*/; do
	program=$(basename "$program")
	here=$out/$program
	mkdir -p "$here/completions" "$here/man" "$here/man.gz"
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$out/host/$program" "./cmd/$program"
	"$out/host/$program" completion bash >"$here/completions/$program.bash"
	"$out/host/$program" completion zsh >"$here/completions/_$program"
	"$out/host/$program" completion fish >"$here/completions/$program.fish"
	"$out/host/$program" completion powershell >"$here/completions/$program.ps1"
	cp "docs/man/$program".1 "docs/man/$program"-*.1 "$here/man/"
	"$out/thirdparty" licenses "$here/THIRD-PARTY-LICENSES.txt" "./cmd/$program" $platforms
done
# The pages of sesctl-relay begin with "sesctl-" too.
rm "$out"/sesctl/man/sesctl-relay*.1
for page in "$out"/*/man/*.1; do
	gzip -9 -n <"$page" >"$(dirname "$page").gz/$(basename "$page").gz"
done
"$out/thirdparty" root "$out/root.tar"
"$out/thirdparty" root "$out/relay-root.tar" var/lib/sesctl-relay
