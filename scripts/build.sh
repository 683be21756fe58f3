#!/usr/bin/env bash
# Builds the bundle into dist/, and the image with docker, podman or buildah.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

usage() {
  cat >&2 <<'TEXT'
usage: scripts/build.sh [bundle|image] [--tag TAG]… [--push] [-- FLAG…]

  bundle, image   build only that; without a word both
  --tag TAG       another tag besides the version, such as latest (repeatable)
  --push          push every tag when it is built
  -- FLAG…        handed on to the builder: --platform linux/arm64, …

  IMAGE=ghcr.io/kubemend/kubemend   repository of the image
  BUILDER=docker|podman|buildah     without it the first one that works
  SOURCE_DATE_EPOCH=SECONDS         date of the build; without it that of the commit
TEXT
}

fail() {
  echo "build.sh: $*" >&2
  exit 1
}

what='' push='' tags=() flags=()
while (($#)); do
  case $1 in
    bundle | image) what=$1 ;;
    --tag)
      tags+=("${2:?--tag needs a TAG}")
      shift
      ;;
    --push) push=yes ;;
    --)
      flags=("${@:2}")
      break
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage
      fail "what is '$1'?"
      ;;
  esac
  shift
done

# Docker without its daemon does not build.
works() {
  command -v "$1" >/dev/null || return 1
  [[ $1 != docker ]] || docker version >/dev/null 2>&1
}

builder() {
  local each
  if [[ ${BUILDER:-} ]]; then
    [[ $BUILDER =~ ^(docker|podman|buildah)$ ]] || fail "BUILDER is docker, podman or buildah, not '$BUILDER'"
    works "$BUILDER" || fail "$BUILDER is not installed, or its daemon does not answer"
    echo "$BUILDER"
    return
  fi
  for each in docker podman buildah; do
    works "$each" && echo "$each" && return
  done
  fail "an image needs docker (with its daemon running), podman or buildah; none of them is there"
}

# Whoever builds a commit again gets the same; what is not committed says so.
provenance() {
  REVISION=$(git rev-parse HEAD 2>/dev/null) || fail "this is not a Git checkout; set REVISION and SOURCE_DATE_EPOCH"
  if [[ $(git status --porcelain) ]]; then
    REVISION+=-dirty
    echo "build.sh: there are changes that are not committed: this build is $REVISION" >&2
  fi
  : "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
}

build_image() {
  local tool version repository=${IMAGE:-ghcr.io/kubemend/kubemend} names=() arguments tag
  tool=$(builder)
  version=$(awk -F'"' '$2 == "version" { print $4; exit }' package.json)
  for tag in "$version" "${tags[@]}"; do names+=("$repository:$tag"); done
  arguments=(
    --build-arg "VERSION=$version"
    --build-arg "REVISION=$REVISION"
    --build-arg "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH"
    --build-arg "CREATED=$(date -u -d "@$SOURCE_DATE_EPOCH" +%FT%TZ)"
  )
  # BuildKit takes the date of what it writes from SOURCE_DATE_EPOCH.
  [[ $tool == docker ]] || arguments+=(--layers --timestamp "$SOURCE_DATE_EPOCH")
  "$tool" build "${arguments[@]}" "${names[@]/#/--tag=}" "${flags[@]}" .
  for tag in "${names[@]}"; do
    [[ ! $push ]] || "$tool" push "$tag" || fail "could not push $tag: log in with '$tool login ${repository%%/*}' first"
    echo "$tag"
  done
}

[[ ${REVISION:-} && ${SOURCE_DATE_EPOCH:-} ]] || provenance
export REVISION SOURCE_DATE_EPOCH
[[ $what == image ]] || make --no-print-directory build
[[ $what == bundle ]] || build_image
