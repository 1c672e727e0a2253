#!/bin/sh
# Installs sesctl from a release: install.sh VERSION FOLDER
#
# VERSION is a release such as 0.1.0. The archive is compared with SESCTL_SHA256 if you
# set it, and with the checksums of the release otherwise. If the checksum differs,
# nothing is installed. Set SESCTL_DOWNLOADS to a folder that your CI caches: what is in
# there is not downloaded again, but it is compared again.
set -eu

fail() { # fail STATUS MESSAGE HINT
	printf 'install sesctl: %s\nhint: %s\n' "$2" "$3" >&2
	exit "$1"
}

version=${1:-} folder=${2:-}
if [ $# -ne 2 ] || [ -z "$version" ] || [ -z "$folder" ]; then
	echo 'usage: install.sh VERSION FOLDER' >&2
	exit 2
fi
version=${version#v}
case "$version" in
*[!0-9A-Za-z.-]* | [!0-9]* | *..*) fail 2 "\"$version\" is not a version" 'use a release such as 0.1.0' ;;
*[0-9].*[0-9].*[0-9]*) ;;
*) fail 2 "\"$version\" is not a version" 'use a release such as 0.1.0' ;;
esac

case "$(uname -s)" in
Linux) os=linux suffix=tar.gz program=sesctl ;;
Darwin) os=darwin suffix=tar.gz program=sesctl ;;
MINGW* | MSYS* | CYGWIN* | Windows_NT) os=windows suffix=zip program=sesctl.exe ;;
*) fail 1 "there is no release for $(uname -s)" 'install it with Go: go install github.com/sesctl/sesctl/cmd/sesctl@latest' ;;
esac
case "$(uname -m)" in
x86_64 | amd64) arch=amd64 ;;
aarch64 | arm64) arch=arm64 ;;
*) fail 1 "there is no release for $(uname -m)" 'install it with Go: go install github.com/sesctl/sesctl/cmd/sesctl@latest' ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
downloads=${SESCTL_DOWNLOADS:-$work/downloads}/$version
mkdir -p "$downloads"
archive=sesctl_${version}_${os}_$arch.$suffix
base=${SESCTL_RELEASES:-https://github.com/sesctl/sesctl/releases/download}/v$version

fetch() { # fetch NAME: from the release into the folder of downloads
	if command -v curl >/dev/null; then
		curl -fsSL --retry 3 -o "$work/part" "$base/$1" || rm -f "$work/part"
	else
		wget -q -O "$work/part" "$base/$1" || rm -f "$work/part"
	fi
	[ -f "$work/part" ] ||
		fail 1 "$base/$1 could not be downloaded" 'check the version, and whether this machine reaches the host'
	mv "$work/part" "$downloads/$1"
}

sum() { # sum FILE: its SHA-256
	if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
}

want() { # want: the checksum that the archive must have
	if [ -n "${SESCTL_SHA256:-}" ]; then
		echo "$SESCTL_SHA256" | tr A-F a-f
	else
		awk -v name="$archive" '$2 == name { print $1 }' "$downloads/checksums.txt"
	fi
}

cached=
if [ -f "$downloads/$archive" ] && { [ -n "${SESCTL_SHA256:-}" ] || [ -f "$downloads/checksums.txt" ]; } &&
	[ "$(sum "$downloads/$archive")" = "$(want)" ]; then
	cached=1
fi
if [ -z "$cached" ]; then
	[ -n "${SESCTL_SHA256:-}" ] || fetch checksums.txt
	fetch "$archive"
	want=$(want)
	got=$(sum "$downloads/$archive")
	if [ "$got" != "$want" ]; then
		rm -f "$downloads/$archive" "$downloads/checksums.txt"
		fail 1 "the checksum of $archive is $got, expected ${want:-one in checksums.txt}" 'nothing was installed. Do not use this file'
	fi
fi

case "$suffix" in
tar.gz) tar -xzf "$downloads/$archive" -C "$work" "$program" ;;
zip) unzip -q "$downloads/$archive" "$program" -d "$work" ;;
esac
mkdir -p "$folder"
# The rename replaces the program at once, also while another job starts it.
cp "$work/$program" "$folder/.$program.$$"
chmod 755 "$folder/.$program.$$"
mv -f "$folder/.$program.$$" "$folder/$program"
