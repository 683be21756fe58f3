#!/usr/bin/env bash
# Tests what is here: unit and integration tests and every check; with --cluster also the real cluster.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

case ${1:-} in
  '' | --cluster) ;;
  *)
    echo 'Usage: scripts/test.sh [--cluster]' >&2
    exit 2
    ;;
esac

make test
make check
make deployment
if [[ ${1:-} == --cluster ]]; then
  # A name of its own: a cluster that someone left running must not be touched.
  export NAME="test-$$"
  trap 'make cluster-down' EXIT
  make cluster
  make e2e
fi
