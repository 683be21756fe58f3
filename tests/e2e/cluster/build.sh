# shellcheck shell=bash
# Packages and binaries of the cluster, and what tests start: redis-server, chromium. Binaries come from Go modules and live in
# $CACHE/bin, one folder per module and per hash of what it is made from.

install_packages() {
  local missing=() command package
  while read -r command package; do
    command -v "$command" >/dev/null || missing+=("$package")
  done <<'PAIRS'
containerd containerd
runc runc
iptables iptables
ip iproute2
mount mount
nsenter util-linux
openssl openssl
redis-server redis-server
chromium chromium
PAIRS
  [[ $(cni_folder) ]] || missing+=(containernetworking-plugins)
  [[ ${#missing[@]} == 0 ]] && return
  say "installing ${missing[*]}"
  ( # The packages start services of their own, unless a policy forbids it.
    policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
      trap 'rm -f "$policy"' EXIT
      printf '#!/bin/sh\nexit 101\n' >"$policy"
      chmod 755 "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -qq --yes --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}"
  ) >&2 || fail "could not install ${missing[*]}"
}

cni_folder() {
  local folder
  for folder in /usr/lib/cni /opt/cni/bin; do
    [[ -x $folder/ptp && -x $folder/portmap ]] && echo "$folder" && return
  done
  return 0
}

# build: everything a cluster needs; build kwok: only that.
build() {
  command -v go >/dev/null || fail "Go is missing; see go.mod in kubernetes/ for its version"
  if [[ ${1:-} == kwok ]]; then
    built kwok tool
  else
    built_kubernetes
    built_metrics_server
    built_coredns
    built_clusterd
    base_layer
  fi >/dev/null
}

built_metrics_server() { built metrics-server tool; }
built_coredns() { built coredns .; }
built_clusterd() { built clusterd . tool; }

# Without these the binaries call themselves v0.0.0.
built_kubernetes() {
  local major minor flags='' package
  IFS=. read -r major minor _ <<<"$KUBERNETES"
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $package.gitVersion=v$KUBERNETES -X $package.gitMajor=$major -X $package.gitMinor=$minor"
    flags+=" -X $package.gitTreeState=clean"
  done
  local module=$here/kubernetes/$KUBERNETES
  if [[ ! -f $module/go.sum ]]; then
    module=$CACHE/kubernetes/$KUBERNETES
    [[ -f $module/go.sum ]] || write_kubernetes_module "$module" "$KUBERNETES"
  fi
  LDFLAGS=$flags built "$module" tool
}

# built MODULE PACKAGE…: prints the folder of the module's binaries and builds them if they are not there.
built() (
  SECONDS=0
  cd "$here" && cd "$1"
  shift
  module=$(awk -F/ '$1 ~ /^module / { print $NF; exit }' go.mod)
  export CGO_ENABLED=0 GOFLAGS='-mod=readonly -trimpath -buildvcs=false' GOWORK=off
  flags="-s -w${LDFLAGS:-}"
  hash=$({
    go version
    echo "$flags" "$@"
    cat -- go.mod go.sum $(find . -name '*.go' | sort)
  } | sha256sum)
  folder=$CACHE/bin/$module-${hash:0:16}
  if [[ ! -d $folder ]]; then
    mkdir -p "$CACHE/bin"
    exec {lock}>"$folder.lock"
    flock "$lock"
  fi
  if [[ ! -d $folder ]]; then
    say "building $module"
    rm -rf "$folder.new"
    mkdir "$folder.new"
    go build -ldflags "$flags" -o "$folder.new/" "$@" >&2 || fail "could not build $module"
    mv -T "$folder.new" "$folder"
    say "built $module in $SECONDS s"
  fi
  rm -f "$folder.lock"
  echo "$folder"
)

# Kubernetes' binaries as tools of one module; the pins are those of k8s.io/kubernetes itself.
write_kubernetes_module() {
  local folder=$1 version=$2 source command
  source=$(go mod download -json "k8s.io/kubernetes@v$version" | awk -F'"' '$2 == "GoMod" { print $4 }')
  [[ $source ]] || fail "there is no Kubernetes $version"
  mkdir -p "$folder"
  {
    printf 'module kubemend.dev/cluster/kubernetes\n\n'
    grep '^go ' "$source"
    printf '\ntool (\n\tgo.etcd.io/etcd/server/v3\n'
    for command in kube-apiserver kube-controller-manager kube-proxy kube-scheduler kubectl kubelet; do
      printf '\tk8s.io/kubernetes/cmd/%s\n' "$command"
    done
    printf ')\n\nrequire (\n\tgo.etcd.io/etcd/server/v3 %s\n\tk8s.io/kubernetes v%s\n)\n' \
      "$(awk '$1 == "go.etcd.io/etcd/client/v3" { print $2 }' "$source")" "$version"
    printf '\nreplace (\n'
    awk -v version="v0.${version#*.}" '/=> .\/staging/ { printf "\t%s => %s %s\n", $1, $1, version }' "$source"
    printf ')\n'
  } >"$folder/go.mod"
  (cd "$folder" && go mod tidy) || fail "could not resolve Kubernetes $version"
}

# base_layer: prints the tar file of a root file system that is only busybox. From the package's file, because installing
# it would drive out another busybox.
base_layer() (
  layer=$CACHE/base-layer-2.tar
  if [[ ! -f $layer ]]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    cd "$folder"
    download=(apt-get download -qq -o APT::Sandbox::User=root busybox-static)
    "${download[@]}" >&2 || { apt-get update -qq && "${download[@]}"; } >&2 || fail "could not download busybox-static"
    dpkg-deb -x busybox-static_*.deb package
    mkdir -p root/{bin,etc,tmp,var,www}
    chmod 1777 root/tmp
    find package -path '*/bin/busybox' -exec mv -t root/bin {} +
    for applet in $(root/bin/busybox --list); do
      [[ $applet == busybox ]] || ln -s busybox "root/bin/$applet"
    done
    printf 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' >root/etc/passwd
    printf 'root:x:0:\nnogroup:x:65534:\n' >root/etc/group
    echo ok >root/www/index.html
    mkdir -p "$CACHE"
    tar --directory=root --owner=0 --group=0 --sort=name --mtime=@0 -cf "$layer.$$" .
    mv "$layer.$$" "$layer"
  fi
  echo "$layer"
)
