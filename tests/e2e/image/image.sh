#!/usr/bin/env bash
# The image of this checkout: builds it without a registry of images in reach, runs it, gives it to the cluster.
set -euo pipefail
shopt -s inherit_errexit

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(readlink -f "$here/../../..")
NAME=${NAME:-kubemend}
CACHE=${CLUSTER_CACHE:-${HOME:-/root}/.cache/kubemend}
# Beside what the machine's own podman keeps.
storage=(--root "$CACHE/containers" --runroot "/run/kubemend-e2e-containers")
repository=ghcr.io/kubemend/kubemend
version=$(awk -F'"' '$2 == "version" { print $4; exit }' "$root/package.json")
# Several clusters have images of their own.
image=localhost/$NAME/kubemend:$version
stored="containers-storage:[overlay@$CACHE/containers+/run/kubemend-e2e-containers]$image"

usage() {
  cat >&2 <<'TEXT'
usage: [NAME=kubemend] image.sh COMMAND

  build          build the Dockerfile as it is, on bases that stand for those it names
  run WORD…      run it as restricted as a pod; flags of podman before --, words for kubemend after it
  push           push it to the registry of the cluster NAME, under the name that the manifests have
  config         print its configuration as JSON
  save FOLDER    write it as an OCI layout, compressed as a registry has it
  unpack FOLDER  write its root file system
  remove         remove it; the bases stay
TEXT
}

say() { echo "image $NAME: $*" >&2; }

fail() {
  say "$*"
  exit 1
}

install_packages() {
  local missing=() command
  for command in buildah mmdebstrap podman runc skopeo; do
    command -v "$command" >/dev/null || missing+=("$command")
  done
  [[ ${#missing[@]} == 0 ]] && return
  say "installing ${missing[*]}"
  (
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -qq --yes --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=600 "${missing[@]}"
  ) >&2 || fail "could not install ${missing[*]}"
}

build() {
  [[ $(id -u) == 0 ]] || fail "it needs root"
  install_packages
  mkdir -p "$CACHE/npm"
  exec 9>"$CACHE/containers.lock"
  flock 9
  local flags
  flags=$("$here/bases.sh" "$root" "${storage[@]}")
  mapfile -t flags <<<"$flags"
  # Without a daemon, without a network of its own, and asking no registry of images.
  flags+=(--isolation chroot --network host --pull-never --layers=false --force-rm --volume "$CACHE/npm:/root/.npm")
  BUILDER=buildah IMAGE=${image%:*} "$root/scripts/build.sh" image -- "${storage[@]}" "${flags[@]}"
  buildah "${storage[@]}" rmi --prune >/dev/null
}

run() {
  local flags=()
  while [[ ${1:-} && $1 != -- ]]; do flags+=("$1") && shift; done
  # crun refuses hybrid cgroups.
  podman "${storage[@]}" --runtime runc --cgroup-manager cgroupfs run --rm --network host --read-only --cap-drop ALL \
    --security-opt no-new-privileges --user 65532:65532 --ulimit nofile=16384:16384 --ulimit nproc=4096:4096 \
    "${flags[@]}" "$image" "${@:2}"
}

push() {
  local layout cluster=$root/tests/e2e/cluster/cluster.sh
  layout=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$layout'" EXIT
  save "$layout"
  "$cluster" exec -- \
    skopeo copy --quiet --dest-tls-verify=false "oci:$layout" "docker://127.0.0.1:5000/${repository#*/}:$version"
  # Else pods go on with one of the same name that was pulled before.
  "$cluster" inside -- ctr --namespace k8s.io images remove "$repository:$version" >/dev/null 2>&1 || true
  echo "$repository:$version"
}

save() { skopeo copy --quiet "$stored" "oci:${1:?FOLDER is missing}"; }

config() { skopeo inspect --config "$stored"; }

unpack() {
  local container
  container=$(podman "${storage[@]}" create "$image")
  podman "${storage[@]}" export "$container" | tar -x -C "${1:?FOLDER is missing}"
  podman "${storage[@]}" rm "$container" >/dev/null
}

remove() { buildah "${storage[@]}" rmi "$image" >/dev/null; }

case ${1:-} in
  build | run | push | config | save | unpack | remove) "$@" ;;
  *)
    usage
    exit 2
    ;;
esac
