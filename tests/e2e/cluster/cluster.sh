#!/usr/bin/env bash
# A real Kubernetes cluster for tests; README.md explains it.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
NAME=${NAME:-kubemend}
KUBERNETES=${KUBERNETES:-1.36.3}
CLUSTER=${CLUSTER:-node}
STATE=${CLUSTER_STATE:-/var/lib/kubemend-e2e}/$NAME
CACHE=${CLUSTER_CACHE:-${HOME:-/root}/.cache/kubemend}
export NAME KUBERNETES STATE CACHE

# shellcheck source=build.sh
. "$here/build.sh"
# shellcheck source=node.sh
. "$here/node.sh"
# shellcheck source=kind.sh
. "$here/kind.sh"

usage() {
  cat >&2 <<'TEXT'
usage: [NAME=kubemend] [KUBERNETES=1.36.3] [CLUSTER=node|kind] cluster.sh COMMAND

  up                   start the cluster, build what is missing, print how to use it
  down                 remove the cluster and everything it made
  kubeconfig           print the path of the kubeconfig for the host
  exec -- CMD…         run CMD in the cluster's network, with KUBECONFIG set and its binaries in PATH
  inside -- CMD…       run CMD in all namespaces of the node: ctr, mount, iptables, …
  image NAME [FLAG…] [-- WORD…]   push an image made of busybox; WORDs are its command
  fake-node NAME       add a node that reports Ready once and then falls silent
  stop-apiserver       kill the API server
  start-apiserver      start it again
  signal PROCESS NAME  send a signal to a process of the node; 'up' starts again what is dead
  build [kwok]         build the binaries only; with kwok, that one
  module VERSION       write the Go module of another Kubernetes version
TEXT
}

say() { echo "cluster $NAME: $*" >&2; }

fail() {
  say "$*"
  exit 1
}

# 1.34 stands for the patch release that has a module here.
whole_version() {
  local modules=("$here/kubernetes/$1".*/go.mod)
  [[ $1 =~ ^1\.[0-9]+\.[0-9]+$ ]] && echo "$1" && return
  [[ $1 =~ ^1\.[0-9]+$ && -f ${modules[0]} ]] && basename "$(dirname "${modules[0]}")" && return
  fail "KUBERNETES=$1 is no version: write 1.36, 1.34, or a whole one such as 1.35.2"
}
KUBERNETES=$(whole_version "$KUBERNETES")

main() {
  local command=${1:-help}
  shift || true
  [[ ${1:-} != -- ]] || shift
  [[ $NAME =~ ^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$ ]] || fail "NAME must be lower-case letters, digits and dashes"
  case $command in
    kubeconfig) echo "$STATE/kubeconfig" ;;
    build) build "$@" ;;
    module) write_kubernetes_module "$here/kubernetes/${1:?VERSION is missing}" "$1" ;;
    up | down | exec | inside | image | fake-node | stop-apiserver | start-apiserver | signal)
      declare -F "${CLUSTER}_${command/-/_}" >/dev/null || fail "$command is not for CLUSTER=$CLUSTER"
      "${CLUSTER}_${command/-/_}" "$@"
      ;;
    *)
      usage
      exit 2
      ;;
  esac
}

# A node that is believed in until its lease runs out; the node lifecycle controller then marks it Unknown.
add_silent_node() {
  local name=${1:?NAME is missing} now condition conditions=
  now=$(date -u +%Y-%m-%dT%H:%M:%S)
  for condition in MemoryPressure=False DiskPressure=False PIDPressure=False Ready=True; do
    conditions+="    - {type: ${condition%=*}, status: \"${condition#*=}\", reason: KubeletReady, message: kubelet is posting ready status,
       lastHeartbeatTime: ${now}Z, lastTransitionTime: ${now}Z}
"
  done
  kubectl apply -f - <<YAML
apiVersion: v1
kind: Node
metadata:
  name: $name
  labels:
    kubernetes.io/hostname: $name
    kubernetes.io/os: linux
    topology.kubernetes.io/zone: zone-b
    topology.kubernetes.io/region: local
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: $name, namespace: kube-node-lease}
spec: {holderIdentity: $name, leaseDurationSeconds: 40, renewTime: "$now.000000Z"}
YAML
  kubectl patch node "$name" --subresource=status --type=merge --patch-file=/dev/stdin <<YAML
status:
  capacity: &resources {cpu: "2", memory: 4Gi, pods: "110"}
  allocatable: *resources
  addresses: [{type: InternalIP, address: 172.30.0.9}, {type: Hostname, address: $name}]
  nodeInfo: {kubeletVersion: v$KUBERNETES, operatingSystem: linux, architecture: amd64}
  conditions:
$conditions
YAML
}

main "$@"
