#!/usr/bin/env bash
# Installs what these tests take from Debian.
set -euo pipefail

missing=()
while read -r command package; do
  command -v "$command" >/dev/null || missing+=("$package")
done <<'PAIRS'
zsh zsh
fish fish
mandoc mandoc
script bsdutils
shellcheck shellcheck
PAIRS
[[ ${#missing[@]} == 0 ]] && exit
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq --yes --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" >/dev/null
