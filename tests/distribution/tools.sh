#!/usr/bin/env bash
# Installs what these tests take from Debian, and from Go modules into a cache folder, whose name it prints.
set -euo pipefail

krew=v0.4.3 registry=v1.8.9 actionlint=v1.7.12
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kubemend/distribution-$krew-$registry-$actionlint

missing=()
while read -r command package; do
  command -v "$command" >/dev/null || missing+=("$package")
done <<'PAIRS'
zsh zsh
fish fish
mandoc mandoc
script bsdutils
shellcheck shellcheck
git git
PAIRS
if [[ ${#missing[@]} != 0 ]]; then
  echo "installing ${missing[*]}" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -qq --yes --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" >&2
fi

# Where Debian's and Go's own installers put it.
export PATH=$PATH:/usr/local/go/bin
if [[ ! -x $cache/krew || ! -x $cache/validate-krew-manifest ]]; then
  GOBIN=$cache go install "sigs.k8s.io/krew/cmd/krew@$krew" "sigs.k8s.io/krew/cmd/validate-krew-manifest@$krew" >&2
fi
[[ -x $cache/actionlint ]] || GOBIN=$cache go install "github.com/rhysd/actionlint/cmd/actionlint@$actionlint" >&2
# The schemas of server.json, by their dates, as the registry itself checks with them.
if [[ ! -d $cache/server-json ]]; then
  folder=$(go mod download -json "github.com/modelcontextprotocol/registry@$registry" | sed -n 's/^\t"Dir": "\(.*\)",\?$/\1/p')
  cp -r "$folder/internal/validators/schemas" "$cache/server-json"
  chmod -R u+w "$cache/server-json"
fi
echo "$cache"
