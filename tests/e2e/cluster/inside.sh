#!/usr/bin/env bash
# Steps that node.sh runs inside the namespaces of the node: start, start_anew, stop PROCESS, signal PROCESS NAME.
set -euo pipefail
: "${STATE:?}" "${NAME:?}" "${CGROUP:?}" # node.sh sets them

here=$(dirname "$(readlink -f "$0")")
address=172.30.0.1
node='node-1'
pki=$STATE/pki
run=/run/kubemend
export PATH=$STATE/bin:$PATH
export KUBECONFIG=$STATE/kubeconfigs/admin

start() {
  [[ -d $run ]] || prepare
  # Before the pods: their cgroup as a whole counts as one process of nice 0.
  renice --priority -10 --pid $$ >/dev/null 2>&1 || true
  echo -10 2>/dev/null >/proc/self/autogroup || true

  launch etcd etcd --data-dir "$STATE/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380
  launch kube-apiserver kube-apiserver "${apiserver_flags[@]}"
  launch registry clusterd registry --blobs "$STATE/blobs" --certs-d "$STATE/certs.d" --faults "$address:443"
  launch containerd containerd --config "$STATE/containerd.toml"
  await 60 'the API server' kubectl get --raw /readyz

  launch kube-controller-manager kube-controller-manager "${controller_manager_flags[@]}"
  launch kube-scheduler kube-scheduler --leader-elect=false --kubeconfig="$STATE/kubeconfigs/scheduler" \
    --authentication-kubeconfig="$STATE/kubeconfigs/scheduler" --authorization-kubeconfig="$STATE/kubeconfigs/scheduler"
  launch kubelet kubelet --config="$STATE/kubelet.yaml" --kubeconfig="$STATE/kubeconfigs/kubelet" \
    --root-dir="$STATE/kubelet" --hostname-override="$node" --node-ip="$address" \
    --node-labels=topology.kubernetes.io/zone=zone-a,topology.kubernetes.io/region=local
  launch kube-proxy kube-proxy --kubeconfig="$STATE/kubeconfigs/proxy" --hostname-override="$node" \
    --cluster-cidr=10.244.0.0/16 --proxy-mode=iptables --conntrack-max-per-core=0
  launch coredns coredns -conf "$STATE/Corefile"
  launch controllers clusterd controllers --pki "$pki" --volumes "$STATE/volumes" --node "$node" --address "$address"
  kubectl apply --filename "$here/manifests/addons.yaml" >/dev/null
  launch metrics-server metrics-server --kubeconfig="$KUBECONFIG" --authentication-kubeconfig="$KUBECONFIG" \
    --authorization-kubeconfig="$KUBECONFIG" --secure-port=4443 --cert-dir=/run/metrics-server \
    --kubelet-preferred-address-types=InternalIP --kubelet-certificate-authority="$pki/ca.crt" --metric-resolution=15s

  await 60 'the node' kubectl wait --for=condition=Ready "node/$node" --timeout=1s
  await 60 'the default ServiceAccount' kubectl get serviceaccount default
  await 60 'the metrics API' kubectl wait --for=condition=Available apiservice/v1beta1.metrics.k8s.io --timeout=1s
}

# After an outage of the API server its clients come back as late as their backoff has grown, up to half a minute. What comes
# after it should not have to wait for that.
start_anew() {
  local process
  for process in kube-controller-manager kube-scheduler kube-proxy; do stop "$process"; done
  start
}

# launch NAME CMD…: starts a process unless it runs. Its file holds what identifies it: number and start time.
launch() {
  local name=$1
  shift
  ! running "$name" || return 0
  "$@" >>"$STATE/log/$name.log" 2>&1 </dev/null &
  echo "$! $(started $!)" >"$run/$name"
}

running() {
  local pid start
  [[ -f $run/$1 ]] && read -r pid start <"$run/$1" && [[ $start && $start == "$(started "$pid")" ]]
}

started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

stop() {
  local pid
  running "$1" || return 0
  read -r pid _ <"$run/$1"
  kill -KILL "$pid"
  while running "$1"; do sleep 0.1; done
}

signal() {
  local pid
  running "$1" || { echo "$1 does not run" >&2 && return 1; }
  read -r pid _ <"$run/$1"
  kill -"$2" "$pid"
}

await() {
  local seconds=$1 what=$2 end=$((SECONDS + $1))
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || { echo "waited $seconds s for $what: $("$@" 2>&1 | tail -n 1)" >&2 && exit 1; }
    sleep 0.2
  done
}

# Everything below happens once, before the first start.
prepare() {
  mount_private
  make_network
  make_cgroups
  mkdir -p "$pki" "$STATE"/{kubeconfigs,cni,volumes,blobs,manifests}
  make_certificates
  write_configuration
  mkdir "$run"
}

# /run and /var are covered, so that the fixed paths of kubelet, containerd and CNI are this node's own.
mount_private() {
  mount --make-rshared /
  mkdir -p "$STATE/pod-logs"
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir /run/{state,var,var/upper,var/work}
  mount --bind "$STATE" /run/state
  mount -t overlay -o lowerdir=/var,upperdir=/run/var/upper,workdir=/run/var/work overlay /var
  mount --bind /run/state "$STATE"
  umount /run/state
  mkdir -p /var/log/pods
  mount --bind "$STATE/pod-logs" /var/log/pods

  local resolver
  resolver=$(readlink -m /etc/resolv.conf)
  echo "nameserver $address" >"$STATE/resolv.conf"
  if [[ ! -e $resolver ]]; then # It is a link into /run.
    mkdir -p "$(dirname "$resolver")"
    touch "$resolver"
  fi
  mount --bind "$STATE/resolv.conf" "$resolver"
}

make_network() {
  ip link set lo up
  # A pair of veth, because not every kernel has dummy devices. Without a default route kubelet finds no address.
  ip link add node0 type veth peer name node0-peer
  ip link set node0-peer up
  ip address add "$address/24" dev node0
  ip address add 172.30.0.2/24 dev node0 # nothing listens here: refused.registry.test
  ip link set node0 up
  ip route add default via 172.30.0.254
  echo 1 >/proc/sys/net/ipv4/ip_forward
  local instances=/proc/sys/fs/inotify/max_user_instances # of the whole machine, and too few for many pods
  (($(<$instances) >= 8192)) || echo 8192 >$instances
}

# A kubelet kills every pod below its cgroup root that it does not know, so each cluster has its own.
make_cgroups() {
  local controller file
  if [[ -f /sys/fs/cgroup/cgroup.controllers ]]; then
    for controller in $(</sys/fs/cgroup/cgroup.controllers); do
      echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control || true
    done
    mkdir -p "/sys/fs/cgroup/$CGROUP"
    return
  fi
  for controller in /sys/fs/cgroup/*/; do
    [[ ! -f $controller/tasks ]] || mkdir -p "$controller/$CGROUP"
  done
  for file in cpuset.cpus cpuset.mems; do
    cat "/sys/fs/cgroup/cpuset/$file" >"/sys/fs/cgroup/cpuset/$CGROUP/$file"
  done
}

make_certificates() (
  cd "$pki"
  umask 077
  new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
  # certificate FILE SUBJECT [NAMES]
  certificate() {
    new_key "$1"
    openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out "$1.crt" -extfile /dev/stdin 2>/dev/null \
      <<<"extendedKeyUsage=serverAuth,clientAuth${3:+$'\n'subjectAltName=$3}"
  }
  local kubernetes=kubernetes.default.svc.cluster.local
  new_key ca
  openssl req -x509 -new -key ca.key -subj /CN=kubemend-e2e -days 3650 -out ca.crt
  openssl genrsa -out service-accounts.key 2048 2>/dev/null
  certificate apiserver /CN=kube-apiserver \
    "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:$kubernetes,IP:127.0.0.1,IP:$address,IP:10.96.0.1"
  certificate kubelet "/O=system:nodes/CN=system:node:$node" "DNS:$node,IP:$address"
  certificate admin /O=system:masters/CN=admin
  certificate controller-manager /CN=system:kube-controller-manager
  certificate scheduler /CN=system:kube-scheduler
  certificate proxy /CN=system:kube-proxy
  certificate front-proxy /CN=front-proxy
  rm ./*.csr
)

write_configuration() {
  local user
  chmod 700 "$STATE/kubeconfigs"
  for user in admin kubelet controller-manager scheduler proxy; do
    kubeconfig "$user" "https://$address:6443" >"$STATE/kubeconfigs/$user"
  done
  kubeconfig admin "https://127.0.0.1:$PORT" >"$STATE/kubeconfigs/host"

  cat >"$STATE/containerd.toml" <<TOML
version = 2
root = "$STATE/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt"] # it would make a folder in /opt
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:3.10"
  restrict_oom_score_adj = true # a machine may lack the right to lower it
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$CNI"
    conf_dir = "$STATE/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$STATE/certs.d"
TOML
  # What ServiceAccounts ask for, and by which binding they may.
  cat >"$STATE/audit-policy.yaml" <<'YAML'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
    userGroups: ["system:serviceaccounts"]
YAML
  # ptp, because it routes what pods send, so that NetworkPolicy can filter it.
  cat >"$STATE/cni/10-kubemend.conflist" <<JSON
{
  "cniVersion": "0.4.0",
  "name": "kubemend",
  "plugins": [
    {
      "type": "ptp",
      "ipam": {
        "type": "host-local",
        "ranges": [[{"subnet": "10.244.0.0/20"}]],
        "routes": [{"dst": "0.0.0.0/0"}],
        "dataDir": "/run/cni"
      }
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
JSON
  cat >"$STATE/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $pki/ca.crt}}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
crashLoopBackOff: {maxContainerRestartPeriod: 10s}
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
failCgroupV1: false
failSwapOn: false
featureGates: {KubeletCrashLoopBackOffMax: true}
imageGCHighThresholdPercent: 100
maxParallelImagePulls: 4
maxPods: 400
nodeStatusUpdateFrequency: 5s
registryPullQPS: 0
resolvConf: $STATE/resolv.conf
serializeImagePulls: false
staticPodPath: $STATE/manifests
tlsCertFile: $pki/kubelet.crt
tlsPrivateKeyFile: $pki/kubelet.key
volumePluginDir: $STATE/volume-plugins
volumeStatsAggPeriod: 10s
YAML
  # There is no upstream: what is neither in the cluster nor a test registry does not exist.
  cat >"$STATE/Corefile" <<COREFILE
(common) {
  bind $address
  errors
}
cluster.local in-addr.arpa {
  import common
  ready 127.0.0.1:8181
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $KUBECONFIG
    ttl 5
  }
}
nxdomain.registry.test {
  import common
  template ANY ANY {
    rcode NXDOMAIN
  }
}
registry.test {
  import common
  template IN A {
    match ^refused[.]
    answer "{{ .Name }} 5 IN A 172.30.0.2"
    fallthrough
  }
  template IN A {
    answer "{{ .Name }} 5 IN A $address"
  }
  template IN AAAA {
    rcode NOERROR
  }
}
. {
  import common
  template ANY ANY {
    rcode NXDOMAIN
  }
}
COREFILE
}

kubeconfig() {
  cat <<YAML
apiVersion: v1
kind: Config
clusters:
  - name: $NAME
    cluster: {server: $2, certificate-authority-data: $(base64 -w0 "$pki/ca.crt")}
users:
  - name: $1
    user: {client-certificate-data: $(base64 -w0 "$pki/$1.crt"), client-key-data: $(base64 -w0 "$pki/$1.key")}
contexts:
  - name: $NAME
    context: {cluster: $NAME, user: $1}
current-context: $NAME
YAML
}

# shellcheck disable=SC2054
apiserver_flags=(
  --etcd-servers=http://127.0.0.1:2379
  --advertise-address="$address"
  --secure-port=6443
  --service-cluster-ip-range=10.96.0.0/16
  --allow-privileged=true
  --authorization-mode=Node,RBAC
  --enable-admission-plugins=NodeRestriction
  --enable-aggregator-routing=true
  --event-ttl=3h
  --audit-policy-file="$STATE/audit-policy.yaml"
  --audit-log-path="$STATE/log/audit.log"
  --audit-log-maxsize=10000 # MB: tests look for what was asked since they began
  --client-ca-file="$pki/ca.crt"
  --tls-cert-file="$pki/apiserver.crt"
  --tls-private-key-file="$pki/apiserver.key"
  --kubelet-client-certificate="$pki/admin.crt"
  --kubelet-client-key="$pki/admin.key"
  --kubelet-certificate-authority="$pki/ca.crt"
  --kubelet-preferred-address-types=InternalIP # else logs and exec look up the node's name
  --service-account-issuer=https://kubernetes.default.svc
  --service-account-key-file="$pki/service-accounts.key"
  --service-account-signing-key-file="$pki/service-accounts.key"
  --proxy-client-cert-file="$pki/front-proxy.crt"
  --proxy-client-key-file="$pki/front-proxy.key"
  --requestheader-client-ca-file="$pki/ca.crt"
  --requestheader-allowed-names=front-proxy
  --requestheader-extra-headers-prefix=X-Remote-Extra-
  --requestheader-group-headers=X-Remote-Group
  --requestheader-username-headers=X-Remote-User
)
# Where mutating admission policies are not served by themselves.
if [[ $(<"$STATE/version") == 1.3[45].* ]]; then
  apiserver_flags+=(
    --feature-gates=MutatingAdmissionPolicy=true
    --runtime-config=admissionregistration.k8s.io/v1beta1=true
  )
fi

controller_manager_flags=(
  --kubeconfig="$STATE/kubeconfigs/controller-manager"
  --authentication-kubeconfig="$STATE/kubeconfigs/controller-manager"
  --authorization-kubeconfig="$STATE/kubeconfigs/controller-manager"
  --cluster-signing-cert-file="$pki/ca.crt"
  --cluster-signing-key-file="$pki/ca.key"
  --root-ca-file="$pki/ca.crt"
  --service-account-private-key-file="$pki/service-accounts.key"
  --use-service-account-credentials
  --flex-volume-plugin-dir="$STATE/volume-plugins"
  --leader-elect=false
  --allocate-node-cidrs=false
  --kube-api-qps=500 # for thousands of pods
  --kube-api-burst=1000
  --concurrent-replicaset-syncs=20
  --node-monitor-period=2s
  --node-monitor-grace-period=20s
)

"$@"
