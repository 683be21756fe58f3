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
[[ -s $folder/installed/node_modules/kubemend/dist/kubemend.1 ]]

export XDG_CACHE_HOME=$folder/cache
cd "$folder"
"$node" "$program" version
status=0
"$node" "$program" diagnose -A --demo >"$folder/report" || status=$?
if [[ $status -ne 1 ]] || ! grep -q '✖' "$folder/report"; then
  echo "the installed package does not diagnose its demo (exit $status)"
  exit 1
fi
# What a shell asks for, through the name that kubectl looks for.
completed=$(PATH=$(dirname "$node"):$folder/installed/node_modules/.bin:$PATH kubectl_complete-mend diagnose -o js)
[[ $completed == $'json\n:4' ]]
# Parts that few runs load are there too.
"$node" "$program" diagnose -A --demo -o yaml >"$folder/yaml" || true
grep -q '^success: true' "$folder/yaml"
# The bytecode that the first run left behind must serve the second, and must not matter when it was cut short.
bytecode=("$folder"/cache/kubemend/bytecode/*-diagnose-*)
[[ -s ${bytecode[0]} ]]
for harm in 'true' 'truncate -s 100000' 'truncate -s 3'; do
  $harm "${bytecode[0]}"
  "$node" "$program" diagnose -A --demo >"$folder/again" || status=$?
  if [[ $status -ne 1 ]] || ! cmp "$folder/report" "$folder/again"; then
    echo "the installed package does not diagnose its demo twice ($harm, exit $status)"
    exit 1
  fi
done
# What is bundled is written down, with its licences.
papers=$folder/installed/node_modules/kubemend/dist
grep -q '"name": "hono"' "$papers/sbom.cdx.json"
grep -q '^hono@' "$papers/THIRD-PARTY-LICENSES.txt"
size=$(du -sk "$folder/installed/node_modules" | cut -f1)
echo "installed size: $size KiB"
[[ $size -le $maximum_kib ]]
