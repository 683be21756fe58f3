# shellcheck shell=bash
# CLUSTER=kind: the same outputs from kind and Docker, for machines that have them.

kind_up() {
  mkdir -p "$STATE"
  kind get clusters 2>/dev/null | grep -qx "$NAME" ||
    kind create cluster --name "$NAME" --image "kindest/node:v$KUBERNETES" --kubeconfig "$STATE/kubeconfig" --wait 120s >&2
  echo "export KUBECONFIG=$STATE/kubeconfig"
}

kind_down() {
  kind delete cluster --name "$NAME" >&2
  rm -rf "$STATE"
}

kind_exec() { KUBECONFIG=$STATE/kubeconfig "$@"; }

kind_fake_node() { KUBECONFIG=$STATE/kubeconfig add_silent_node "$@"; }
