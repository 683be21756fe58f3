#!/usr/bin/env bash
# Installs the packed npm package alone, as a user would, and runs it: nothing may be missing, and it must stay small.
set -euo pipefail

maximum_kib=$((15 * 1024))
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

package=$(npm pack --silent --pack-destination "$folder" | tail -n 1)
npm install --silent --no-audit --no-fund --prefix "$folder/installed" "$folder/$package"
node=$PWD/node_modules/.bin/node
program=$folder/installed/node_modules/kubemend/dist/kubemend.js
[[ -x $folder/installed/node_modules/.bin/kubectl-mend ]]

cd "$folder"
"$node" "$program" version
status=0
"$node" "$program" diagnose -A --demo >"$folder/report" || status=$?
if [[ $status -ne 1 ]] || ! grep -q '✖' "$folder/report"; then
  echo "the installed package does not diagnose its demo (exit $status)"
  exit 1
fi
size=$(du -sk "$folder/installed/node_modules" | cut -f1)
echo "installed size: $size KiB"
[[ $size -le $maximum_kib ]]
