#!/usr/bin/env bash
# Prints a folder with prometheus, promtool and amtool. Debian's packages are only unpacked: installed, they would start
# services.
set -euo pipefail

folder=${XDG_CACHE_HOME:-$HOME/.cache}/kubemend/prometheus
if [[ ! -x $folder/amtool ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  download=(apt-get download -qq -o APT::Sandbox::User=root prometheus prometheus-alertmanager)
  (cd "$work" && { "${download[@]}" || { apt-get update -qq && "${download[@]}"; }; }) >&2
  for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work"; done
  mkdir -p "$folder"
  for program in prometheus promtool amtool; do
    # Others may look for it meanwhile.
    install -m 755 "$work/usr/bin/$program" "$folder/.$program.$$"
    mv "$folder/.$program.$$" "$folder/$program"
  done
fi
echo "$folder"
