#!/usr/bin/env bash
# Prints a folder with prometheus and promtool. Debian's package is only unpacked: installed, it would start a service.
set -euo pipefail

folder=${XDG_CACHE_HOME:-$HOME/.cache}/kubemend/prometheus
if [[ ! -x $folder/promtool ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  download=(apt-get download -qq -o APT::Sandbox::User=root prometheus)
  (cd "$work" && { "${download[@]}" || { apt-get update -qq && "${download[@]}"; }; }) >&2
  dpkg-deb -x "$work"/prometheus_*.deb "$work"
  mkdir -p "$folder"
  for program in prometheus promtool; do
    # Others may look for it meanwhile.
    install -m 755 "$work/usr/bin/$program" "$folder/.$program.$$"
    mv "$folder/.$program.$$" "$folder/$program"
  done
fi
echo "$folder"
