#!/usr/bin/env bash
# Deploys kubemend to the cluster of the current context: with helm where it is there, else with kubectl and kustomize.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

usage() {
  cat <<'TEXT'
Usage: scripts/deploy.sh [OVERLAY] [OPTION]… [-- HELM OPTION…]

OVERLAY is one of dev, production, readonly, heal, ha-redis; then kustomize deploys k8s/overlays/OVERLAY to the namespace
kubemend. Without one, helm deploys the chart.

  --namespace NAME   namespace of the release (helm only); default kubemend
  --values FILE      values of the chart (helm only)
  --tag TAG          tag of the image; default: the version of the chart
  --timeout TIME     how long to wait until it runs; default 3m
  --dry-run          ask the API server whether it would take it, and change nothing
TEXT
}

fail() {
  echo "deploy: $1" >&2
  exit 2
}

overlay='' namespace=kubemend values='' tag='' timeout=3m dry_run='' extra=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --namespace | --values | --tag | --timeout)
      [[ $# -gt 1 ]] || fail "$1 needs a value"
      option=${1#--}
      printf -v "$option" '%s' "$2"
      shift
      ;;
    --dry-run) dry_run=server ;;
    --help | -h) usage && exit ;;
    --) shift && extra=("$@") && break ;;
    -*) fail "there is no option $1" ;;
    *)
      [[ -z $overlay ]] || fail "one overlay at a time: $overlay or $1"
      overlay=$1
      ;;
  esac
  shift
done
command -v kubectl >/dev/null || fail 'kubectl is not installed'

with_helm() {
  local arguments=(--namespace "$namespace" --create-namespace --timeout "$timeout")
  [[ -z $values ]] || arguments+=(--values "$values")
  [[ -z $tag ]] || arguments+=(--set-string "image.tag=$tag")
  if [[ $dry_run ]]; then arguments+=("--dry-run=$dry_run"); else arguments+=(--wait); fi
  helm upgrade --install kubemend k8s/helm/kubemend "${arguments[@]}" "${extra[@]}"
}

with_kustomize() {
  local folder=k8s/base manifests
  [[ -z $overlay ]] || folder=k8s/overlays/$overlay
  [[ -d $folder ]] || fail "there is no overlay $overlay; there are $(cd k8s/overlays && echo *)"
  [[ $namespace == kubemend && -z $values && ${#extra[@]} -eq 0 ]] ||
    fail '--namespace, --values and options of helm need helm, and no overlay'
  manifests=$(kubectl kustomize "$folder")
  if [[ $tag ]]; then
    manifests=$(sed -E "s|(image: ghcr.io/kubemend/kubemend):.*|\\1:$tag|" <<<"$manifests")
  fi
  kubectl apply --filename - ${dry_run:+"--dry-run=$dry_run"} <<<"$manifests"
  [[ $dry_run ]] || kubectl rollout status --namespace "$namespace" deployment/kubemend --timeout "$timeout"
}

if [[ -z $overlay ]] && command -v helm >/dev/null; then with_helm; else with_kustomize; fi
[[ ! $dry_run ]] || exit 0
cat <<TEXT

kubemend runs. Reach it from here:
  kubectl port-forward --namespace $namespace service/kubemend 8080
Then: curl http://127.0.0.1:8080/ready; MCP is at /mcp, REST at /api/v1/tools, the console at /ui.
TEXT
