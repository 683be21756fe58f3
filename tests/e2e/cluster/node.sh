# shellcheck shell=bash
# CLUSTER=node: one node of this machine, in network, mount and process namespaces of its own. When process 1 of the
# latter dies, the kernel ends all its processes and drops all its mounts.

NETNS=/run/netns/$NAME
CGROUP=kubemend-e2e-$NAME
export CGROUP

node_up() {
  [[ $(id -u) == 0 ]] || fail "a node needs root"
  install_packages
  build
  mkdir -p "$STATE"
  exec 9>"$STATE/lock"
  flock 9
  if [[ ! $(process_one) ]]; then
    remove
    create
  elif [[ $(<"$STATE/version") != "$KUBERNETES" ]]; then
    fail "Kubernetes $(<"$STATE/version") is running; take it down first, or choose another NAME"
  fi
  # Starts what does not run, so it also mends a cluster that lost a process.
  in_node start || fail "did not start; see $STATE/log, then try 'down' and 'up'"
  node_exec crane manifest 127.0.0.1:5000/library/busybox:1.36 >/dev/null 2>&1 || push_images
  install -m 600 -o "${SUDO_UID:-0}" "$STATE/kubeconfigs/host" "$STATE/kubeconfig"
  say "Kubernetes $KUBERNETES is ready; its logs are in $STATE/log"
  echo "export KUBECONFIG=$STATE/kubeconfig"
}

create() {
  local tries
  mkdir -p "$STATE"/{bin,log}
  echo "$KUBERNETES" >"$STATE/version"
  find "$(built_kubernetes)" "$(built_coredns)" "$(built_metrics_server)" "$(built_clusterd)" -type f \
    -exec ln -st "$STATE/bin" {} +
  ln -s server "$STATE/bin/etcd"
  ip netns add "$NAME"
  # `listen` opens a socket in the host's network, and process 1 of the cluster inherits it.
  setsid "$STATE/bin/clusterd" listen "$STATE/port" \
    nsenter --net="$NETNS" unshare --mount --propagation private --pid --fork --kill-child --mount-proc \
    "$STATE/bin/clusterd" init 127.0.0.1:6443 9>&- >"$STATE/log/init.log" 2>&1 </dev/null &
  for ((tries = 0; tries < 100; tries++)); do
    [[ ! $(process_one) ]] || break
    sleep 0.1
  done
}

push_images() {
  node_image registry.k8s.io/pause:3.10 -- sleep 2147483647
  node_image busybox:1.36 -- sh
  node_image nginx:1.27 -- httpd -f -v -p 80 -h /www
  node_image s390x-only:1.0 --platform linux/s390x -- sh
}

node_down() {
  [[ -d $STATE || -e $NETNS ]] || return 0
  mkdir -p "$STATE"
  exec 9>"$STATE/lock"
  flock 9
  remove
  rm -rf "$STATE"
  rmdir --ignore-fail-on-non-empty "$(dirname "$STATE")"
  say "gone"
}

# Removes processes, mounts, namespaces, cgroups and state, of this cluster only: all hang on the network namespace.
remove() {
  local pid one tries
  one=$(process_one)
  [[ ! $one ]] || kill -KILL "$one"
  for pid in $([[ ! -e $NETNS ]] || ip netns pids "$NAME"); do
    kill -KILL "$pid" 2>/dev/null || true # What `exec` left running.
  done
  for ((tries = 0; tries < 100; tries++)); do
    [[ -e $NETNS && $(ip netns pids "$NAME") ]] || break
    sleep 0.1
  done
  [[ ! -e $NETNS ]] || ip netns delete "$NAME"
  for ((tries = 0; tries < 20; tries++)); do # They are busy for a moment after the processes are gone.
    remove_cgroups && break
    sleep 0.2
  done
  find "$STATE" -mindepth 1 -maxdepth 1 ! -name lock -exec rm -rf --one-file-system {} +
}

remove_cgroups() {
  local folder left=0
  for folder in /sys/fs/cgroup/"$CGROUP" /sys/fs/cgroup/*/"$CGROUP"; do
    [[ ! -d $folder ]] || find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null || left=1
  done
  return $left
}

# The host's number of process 1 of the cluster, if it runs. The kernel knows it, so no file can be stale.
process_one() {
  local pid
  [[ -e $NETNS ]] || return 0
  for pid in $(ip netns pids "$NAME"); do
    if awk '$1 == "NSpid:" && NF == 3 && $3 == 1 { one = 1 } END { exit !one }' "/proc/$pid/status" 2>/dev/null; then
      echo "$pid"
      return
    fi
  done
}

enter() {
  local one
  one=$(process_one)
  [[ $one ]] || fail "does not run; start it with 'up'"
  nsenter --target "$one" --mount --net --pid "$@"
}

# Runs a step of inside.sh, in a session of its own: what it starts outlives a Ctrl-C here.
in_node() {
  export PORT CNI
  PORT=$(<"$STATE/port")
  CNI=$(cni_folder)
  enter setsid --wait "$here/inside.sh" "$@" 9>&- </dev/null
}

node_inside() { PATH=$STATE/bin:$PATH KUBECONFIG=$STATE/kubeconfigs/admin enter "$@"; }

node_exec() {
  [[ -e $NETNS ]] || fail "does not run; start it with 'up'"
  PATH=$STATE/bin:$PATH KUBECONFIG=$STATE/kubeconfigs/admin nsenter --net="$NETNS" "$@"
}

node_image() { CLUSTERD_BASE=$(base_layer) node_exec clusterd image "$@"; }

node_fake_node() { PATH=$STATE/bin:$PATH KUBECONFIG=$STATE/kubeconfig add_silent_node "$@"; }

node_stop_apiserver() { in_node stop kube-apiserver; }

node_start_apiserver() { in_node start_anew; }

node_signal() { in_node signal "${1:?PROCESS is missing}" "${2:?NAME is missing}"; }
