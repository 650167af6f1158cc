#!/usr/bin/env bash
# `install-glewlwyd.sh DIRECTORY`: Debian's glewlwyd with the libraries that this machine lacks, unpacked below DIRECTORY.
# Unpacked rather than installed: its installation asks for a database server. The directory appears when it is whole.
set -euo pipefail

target=$1
[ ! -d "$target" ] || exit 0

mkdir -p "$(dirname "$target")"
parts=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$parts"' EXIT
# Apt downloads as a user of its own where it may.
mkdir "$parts/packages" "$parts/root"
chmod 755 "$parts" && chmod 777 "$parts/packages"

packages=$(apt-get --simulate --no-install-recommends install glewlwyd |
  sed -nE 's/^Inst (glewlwyd|glewlwyd-common|lib[^ ]+) .*/\1/p' | grep -vE '^libjs-|-perl$')
cd "$parts/packages"
# shellcheck disable=SC2086 # one word for each package
apt-get download -qq $packages >/dev/null
for package in *.deb; do dpkg-deb --extract "$package" "$parts/root"; done
cd - >/dev/null
mv "$parts/root" "$target"
