#!/usr/bin/env bash
# A real Kubernetes cluster for the tests, from Debian's packages alone: control plane, one node that runs real
# containers, and a registry on loopback from which plain image names pull. See README.md beside this file.
set -euo pipefail

version=1.20.2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pskube-cluster/$version
state=${PSKUBE_CLUSTER_STATE:-/var/tmp/pskube-cluster}
port=${PSKUBE_CLUSTER_PORT:-16443}
etcd_port=$((port + 1)) etcd_peer_port=$((port + 2)) controller_port=$((port + 3)) scheduler_port=$((port + 4))
registry_port=$((port + 5)) kubelet_port=$((port + 6)) healthz_port=$((port + 7))
node=pskube-node
bridge=pskube0
pod_network=10.231.64.0/24
service_network=10.231.128.0/24
service_ip=10.231.128.1
marker='# pskube-cluster'
packages=(etcd-server containerd runc containernetworking-plugins iptables conntrack socat busybox-static docker-registry skopeo openssl)
build_packages=(golang-go golang-github-modern-go-reflect2-dev rsync make dpkg-dev ca-certificates)

say() { printf '%s\n' "$*" >&2; }
die() { say "cluster.sh: $*"; exit 1; }

# A proxy of the machine must not stand between the parts of the cluster.
unset HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy

installed() { dpkg-query -W -f='${Status}\n' "$@" 2>/dev/null | grep -c '^install ok installed$' || true; }

install_packages() {
    [ "$(installed "$@")" -eq $# ] && return
    say "installing: $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2
    # The packages bring services of their own, on ports and in folders that are not ours: they must not start.
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' > $policy
        chmod +x $policy
        made=1
    fi
    local result=0
    apt-get install -yqq --no-install-recommends "$@" >&2 || result=$?
    [ -z "$made" ] || rm -f $policy
    return $result
}

cmd_install() {
    [ "$(id -u)" -eq 0 ] || die "this needs root"
    command -v apt-get >/dev/null || die "this needs Debian's packages"
    install_packages "${packages[@]}"
}

# Debian's source packages, from wherever this machine gets its packages.
enable_sources() {
    local list=/etc/apt/sources.list.d/pskube-cluster-src
    if ls /etc/apt/sources.list.d/*.sources >/dev/null 2>&1 && grep -lqs '^Types:.*\bdeb\b' /etc/apt/sources.list.d/debian.sources; then
        sed 's/^Types:.*/Types: deb-src/' /etc/apt/sources.list.d/debian.sources > $list.sources
    else
        sed -n 's/^deb \(.*debian.*\)/deb-src \1/p' /etc/apt/sources.list > $list.list
    fi
    apt-get update -qq >&2
}

cmd_build() {
    local names=(kube-apiserver kube-controller-manager kube-scheduler kubelet) name missing=
    for name in "${names[@]}"; do [ -x "$cache/bin/$name" ] || missing=1; done
    [ -n "$missing" ] || return 0
    cmd_install
    install_packages "${build_packages[@]}"
    say "building Kubernetes $version from Debian's source package (about five minutes, once)"
    local work
    work=$(mktemp -d)
    (
        trap 'rm -rf "$work" /etc/apt/sources.list.d/pskube-cluster-src.*' EXIT
        enable_sources
        cd "$work"
        apt-get source -qq --download-only kubernetes >&2
        dpkg-source -x --no-check kubernetes_*.dsc tree >/dev/null 2>&1
        # The reflect2 of that time panics in programs built with Go 1.18 and later (modern-go/reflect2 1.0.2 mends it).
        rm -rf tree/vendor/github.com/modern-go/reflect2
        cp -r /usr/share/gocode/src/github.com/modern-go/reflect2 tree/vendor/github.com/modern-go/
        rm -f tree/vendor/github.com/modern-go/reflect2/go.mod
        # Upstream's make wants to be reached through a GOPATH.
        mkdir -p tree/.go/src/k8s.io
        ln -s "$work/tree" tree/.go/src/k8s.io/kubernetes
        cd tree/.go/src/k8s.io/kubernetes
        GOPATH=$work/tree/.go GOFLAGS='' CGO_ENABLED=0 make WHAT="${names[*]/#/cmd/}" > "$work/build.log" 2>&1 || { tail -40 "$work/build.log" >&2; exit 1; }
        mkdir -p "$cache/bin"
        for name in "${names[@]}"; do install -m 755 "_output/bin/$name" "$cache/bin/$name.new" && mv "$cache/bin/$name.new" "$cache/bin/$name"; done
    )
}

# One archive with every image: busybox under the names that the tutorial uses. A server image serves a page, a plain one
# is a shell, all end at once when they are asked to.
image_names=(
    busybox:latest busybox:1.36
    busybox:1.27 # what the recycler of volumes runs
    nginx:latest nginx:1.25 nginx:1.14.2 nginx:alpine
    k8s.gcr.io/nginx-slim:0.8 registry.k8s.io/nginx-slim:0.8
    quay.io/fluentd_elasticsearch/fluentd:v2.5.2
)

make_image() { # folder archive name entrypoint-json
    local root=$1 archive=$2 name=$3 command=$4 work
    work=$(mktemp -d)
    tar --sort=name --owner=0 --group=0 --mtime=@0 -C "$root" -cf "$work/layer.tar" .
    local digest
    digest=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
    printf '{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"],"Cmd":%s},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$command" "$digest" > "$work/config.json"
    printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$name" > "$work/manifest.json"
    tar -C "$work" -cf "$archive" config.json manifest.json layer.tar
    rm -rf "$work"
}

make_images() {
    local folder=$cache/images root applet
    [ -e "$folder/done" ] && return
    rm -rf "$folder"
    mkdir -p "$folder"
    root=$(mktemp -d)
    mkdir -p "$root/bin" "$root/etc" "$root/tmp" "$root/usr/share/nginx/html" "$root/var/log" "$root/root"
    cp /bin/busybox "$root/bin/busybox"
    # A link called busybox would replace the program itself.
    for applet in $(/bin/busybox --list); do [ "$applet" = busybox ] || ln -sf busybox "$root/bin/$applet"; done
    printf 'root:x:0:0:root:/root:/bin/sh\n' > "$root/etc/passwd"
    printf 'root:x:0:\n' > "$root/etc/group"
    printf '<h1>Welcome to nginx!</h1>\n' > "$root/usr/share/nginx/html/index.html"
    # Process 1 gets no default signal handling: each command has to end by itself when told to.
    local serve='["/bin/sh","-c","trap \"exit 0\" TERM INT QUIT; httpd -f -p 80 -h /usr/share/nginx/html & while :; do wait; sleep 1 & wait $!; done"]'
    local rest='["/bin/sh","-c","trap \"exit 0\" TERM INT; while :; do sleep 3600 & wait $!; done"]'
    make_image "$root" "$folder/busybox.tar" docker.io/library/busybox:latest '["sh"]'
    make_image "$root" "$folder/nginx.tar" docker.io/library/nginx:latest "$serve"
    make_image "$root" "$folder/rest.tar" localhost/pskube-rest:1 "$rest"
    rm -rf "$root"
    touch "$folder/done"
}

archive_of() {
    case $1 in
        *busybox*) echo busybox ;;
        *nginx*) echo nginx ;;
        *) echo rest ;;
    esac
}

make_certificate() { # name subject [san]
    local folder=$state/pki
    openssl req -newkey rsa:2048 -nodes -keyout "$folder/$1.key" -out "$folder/$1.csr" -subj "$2" 2>/dev/null
    openssl x509 -req -in "$folder/$1.csr" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -CAcreateserial -days 365 -out "$folder/$1.crt" \
        -extfile <(printf 'extendedKeyUsage=serverAuth,clientAuth\n%s' "${3:+subjectAltName=$3}") 2>/dev/null
}

make_kubeconfig() { # file user certificate-name
    cat > "$1" <<EOF
apiVersion: v1
kind: Config
clusters:
- name: pskube
  cluster:
    server: https://127.0.0.1:$port
    certificate-authority: $state/pki/ca.crt
users:
- name: $2
  user:
    client-certificate: $state/pki/$3.crt
    client-key: $state/pki/$3.key
contexts:
- name: pskube
  context: {cluster: pskube, user: $2}
current-context: pskube
EOF
}

random_token() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

make_credentials() {
    local pki=$state/pki
    mkdir -p "$pki"
    chmod 700 "$pki"
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$pki/ca.key" -out "$pki/ca.crt" -days 365 -subj '/CN=pskube-test-ca' 2>/dev/null
    openssl genrsa -out "$pki/sa.key" 2048 2>/dev/null
    local address=$1
    make_certificate apiserver '/CN=kube-apiserver' "IP:127.0.0.1,DNS:localhost,IP:$service_ip,DNS:kubernetes,DNS:kubernetes.default.svc"
    make_certificate admin '/O=system:masters/CN=pskube-admin'
    make_certificate controller '/CN=system:kube-controller-manager'
    make_certificate scheduler '/CN=system:kube-scheduler'
    make_certificate kubelet "/O=system:nodes/CN=system:node:$node" "IP:$address,DNS:$node"
    make_kubeconfig "$state/controller.conf" controller controller
    make_kubeconfig "$state/scheduler.conf" scheduler scheduler
    make_kubeconfig "$state/kubelet.conf" kubelet kubelet
    local admin_token view_token
    admin_token=$(random_token)
    view_token=$(random_token)
    printf '%s,pskube-token,1,"system:masters"\n%s,pskube-viewer,2\n' "$admin_token" "$view_token" > "$pki/tokens.csv"
    chmod 600 "$pki/tokens.csv"
    cat > "$state/kubeconfig" <<EOF
apiVersion: v1
kind: Config
clusters:
- name: pskube
  cluster:
    server: https://127.0.0.1:$port
    certificate-authority-data: $(base64 -w0 < "$pki/ca.crt")
users:
- name: pskube-admin
  user:
    client-certificate-data: $(base64 -w0 < "$pki/admin.crt")
    client-key-data: $(base64 -w0 < "$pki/admin.key")
- name: pskube-token
  user: {token: $admin_token}
- name: pskube-viewer
  user: {token: $view_token}
contexts:
- name: pskube
  context: {cluster: pskube, user: pskube-admin}
- name: pskube-token
  context: {cluster: pskube, user: pskube-token}
- name: pskube-view
  context: {cluster: pskube, user: pskube-viewer}
current-context: pskube
EOF
    chmod 600 "$state/kubeconfig"
}

launch() { # name command...
    local name=$1
    shift
    printf '%q ' "$@" > "$state/run/$name.command"
    setsid nohup "$@" > "$state/log/$name.log" 2>&1 < /dev/null &
    echo $! > "$state/run/$name.pid"
}

wait_for() { # seconds what command...
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" > /dev/null 2>&1; do
        [ $SECONDS -lt $deadline ] || { tail -5 "$state"/log/*.log >&2; die "$what did not come up"; }
        sleep 0.2
    done
}

api() { curl -sf --cacert "$state/pki/ca.crt" --cert "$state/pki/admin.crt" --key "$state/pki/admin.key" "$@"; }
url() { echo "https://127.0.0.1:$port$1"; }

post() { api -X POST -H 'Content-Type: application/yaml' --data-binary @- "$(url "$1")" > /dev/null; }

start_control_plane() {
    launch etcd etcd --data-dir "$state/etcd" --unsafe-no-fsync --log-level error --quota-backend-bytes 4294967296 \
        --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" \
        --listen-peer-urls "http://127.0.0.1:$etcd_peer_port" --initial-advertise-peer-urls "http://127.0.0.1:$etcd_peer_port" \
        --initial-cluster "default=http://127.0.0.1:$etcd_peer_port"
    launch apiserver "$cache/bin/kube-apiserver" --etcd-servers "http://127.0.0.1:$etcd_port" --secure-port "$port" --insecure-port 0 \
        --bind-address 127.0.0.1 --advertise-address "$1" --endpoint-reconciler-type none --authorization-mode Node,RBAC --allow-privileged \
        --client-ca-file "$state/pki/ca.crt" --token-auth-file "$state/pki/tokens.csv" \
        --tls-cert-file "$state/pki/apiserver.crt" --tls-private-key-file "$state/pki/apiserver.key" \
        --kubelet-client-certificate "$state/pki/admin.crt" --kubelet-client-key "$state/pki/admin.key" --kubelet-certificate-authority "$state/pki/ca.crt" \
        --kubelet-preferred-address-types InternalIP \
        --service-account-issuer https://kubernetes.default.svc --service-account-signing-key-file "$state/pki/sa.key" --service-account-key-file "$state/pki/sa.key" \
        --service-cluster-ip-range "$service_network" --max-requests-inflight 2000 --max-mutating-requests-inflight 1000
    wait_for 60 'the API server' api "$(url /readyz)"
    launch controller-manager "$cache/bin/kube-controller-manager" --kubeconfig "$state/controller.conf" --use-service-account-credentials \
        --leader-elect=false --secure-port "$controller_port" --port 0 --service-account-private-key-file "$state/pki/sa.key" --root-ca-file "$state/pki/ca.crt" \
        --cluster-signing-cert-file "$state/pki/ca.crt" --cluster-signing-key-file "$state/pki/ca.key" --kube-api-qps 200 --kube-api-burst 400
    launch scheduler "$cache/bin/kube-scheduler" --kubeconfig "$state/scheduler.conf" --leader-elect=false --secure-port "$scheduler_port" --port 0 --kube-api-qps 200 --kube-api-burst 400
    wait_for 60 'the default service account' api "$(url /api/v1/namespaces/default/serviceaccounts/default)"
    post /apis/rbac.authorization.k8s.io/v1/clusterrolebindings <<EOF
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: pskube-viewer}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: User, name: pskube-viewer, apiGroup: rbac.authorization.k8s.io}]
EOF
}

make_storage() {
    post /apis/storage.k8s.io/v1/storageclasses <<EOF
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: standard, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: kubernetes.io/no-provisioner
EOF
    local i
    for i in {0..29}; do
        mkdir -p "$state/volumes/$i"
        post /api/v1/persistentvolumes <<EOF
apiVersion: v1
kind: PersistentVolume
metadata: {name: pskube-volume-$i}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce, ReadWriteMany]
  persistentVolumeReclaimPolicy: Recycle
  storageClassName: standard
  hostPath: {path: $state/volumes/$i}
EOF
    done
}

start_registry() {
    mkdir -p "$state/registry" "$state/certs.d"
    cat > "$state/registry.yml" <<EOF
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $state/registry}}
http: {addr: 127.0.0.1:$registry_port}
EOF
    launch registry docker-registry serve "$state/registry.yml"
    wait_for 20 'the registry' curl -sf "http://127.0.0.1:$registry_port/v2/"
    local image host path tag
    for image in "${image_names[@]}"; do
        case $image in
            *.*/*) host=${image%%/*} path=${image#*/} ;;
            *) host=docker.io path=library/$image ;;
        esac
        tag=${path##*:} path=${path%:*}
        skopeo --insecure-policy copy -q --dest-tls-verify=false "docker-archive:$cache/images/$(archive_of "$image").tar" "docker://127.0.0.1:$registry_port/$path:$tag"
        mkdir -p "$state/certs.d/$host"
        printf 'server = "http://127.0.0.1:%s"\n[host."http://127.0.0.1:%s"]\n  capabilities = ["pull", "resolve"]\n' "$registry_port" "$registry_port" > "$state/certs.d/$host/hosts.toml"
    done
}

start_node() { # address
    local c=$state/containerd
    mkdir -p "$c" "$state/cni" "$state/kubelet"
    cat > "$c/config.toml" <<EOF
version = 2
root = "$c/root"
state = "$c/state"
[grpc]
  address = "$c/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pskube-rest:1"
  # Without this every sandbox fails where CAP_SYS_RESOURCE is missing.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$state/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$state/certs.d"
EOF
    cat > "$state/cni/10-pskube.conflist" <<EOF
{"cniVersion": "0.4.0", "name": "pskube", "plugins": [
  {"type": "bridge", "bridge": "$bridge", "isGateway": true, "ipMasq": false, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$state/cni-data", "ranges": [[{"subnet": "$pod_network"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
EOF
    cat > "$state/kubelet.yml" <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: 0.0.0.0
port: $kubelet_port
healthzPort: $healthz_port
cgroupDriver: cgroupfs
cgroupRoot: /
enforceNodeAllocatable: []
failSwapOn: false
evictionHard: {memory.available: 50Mi, nodefs.available: "1%", imagefs.available: "1%"}
imageGCHighThresholdPercent: 100
maxPods: 200
authentication: {anonymous: {enabled: false}, x509: {clientCAFile: $state/pki/ca.crt}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
tlsCertFile: $state/pki/kubelet.crt
tlsPrivateKeyFile: $state/pki/kubelet.key
clusterDomain: cluster.local
syncFrequency: 5s
kubeAPIQPS: 100
kubeAPIBurst: 200
registryPullQPS: 0
serializeImagePulls: false
EOF
    mount --make-rshared /
    launch containerd containerd --config "$c/config.toml"
    wait_for 30 containerd ctr -a "$c/containerd.sock" version
    ctr -a "$c/containerd.sock" -n k8s.io images import "$cache/images/rest.tar" > /dev/null
    grep -q "$marker" /etc/hosts || printf '%s %s %s\n' "$1" "$node" "$marker" >> /etc/hosts
    launch kubelet "$cache/bin/kubelet" --config "$state/kubelet.yml" --kubeconfig "$state/kubelet.conf" --hostname-override "$node" --node-ip "$1" \
        --root-dir "$state/kubelet" --container-runtime remote --container-runtime-endpoint "unix://$c/containerd.sock" --network-plugin cni \
        --cert-dir "$state/kubelet/pki"
    wait_for 90 'the node' node_ready
}

node_ready() { api "$(url /api/v1/nodes/$node)" | tr -d ' \n' | grep -q '"type":"Ready","status":"True"\|"status":"True",[^}]*"type":"Ready"\|"reason":"KubeletReady"'; }

cmd_start() {
    cmd_install
    cmd_build
    make_images
    cmd_stop
    mkdir -p "$state/log" "$state/run"
    local address
    address=$(ip -4 -o addr show scope global | awk -v own="$bridge" '$2 != own { sub("/.*", "", $4); print $4; exit }')
    [ -n "$address" ] || { ip link add pskube-dummy type dummy; ip addr add 10.231.192.1/32 dev pskube-dummy; ip link set pskube-dummy up; address=10.231.192.1; }
    make_credentials "$address"
    start_control_plane "$address"
    make_storage
    if [ "${1:-}" != --no-node ]; then
        start_registry
        start_node "$address"
    fi
    echo "$state/kubeconfig"
}

end_process() { # name seconds
    local file=$state/run/$1.pid pid
    [ -f "$file" ] || return 0
    pid=$(cat "$file")
    rm -f "$file"
    kill -TERM "$pid" 2>/dev/null || return 0
    local deadline=$((SECONDS + $2))
    while kill -0 "$pid" 2>/dev/null; do
        [ $SECONDS -lt $deadline ] || { kill -KILL "$pid" 2>/dev/null || true; break; }
        sleep 0.1
    done
}

cmd_stop() {
    [ -d "$state" ] || return 0
    remove_cuts
    if [ -d "$state/kubelet" ]; then stop_node; fi
    end_process registry 3
    end_process scheduler 3
    end_process controller-manager 3
    end_process apiserver 5
    end_process etcd 3
    rm -rf "$state"
}

# A second cluster on the machine has no node: containers, networks and rules that look like a node's are this one's.
stop_node() {
    end_process kubelet 5
    # The shims of our own socket, and with them every container: containerd leaves them running on purpose.
    local pid mount_point interface
    pkill -KILL -f -- "containerd-shim.*-address $state/" 2>/dev/null || true
    grep -ls kubepods /proc/[0-9]*/cgroup 2>/dev/null | cut -d/ -f3 | while read -r pid; do kill -KILL "$pid" 2>/dev/null || true; done || true
    end_process containerd 5
    for _ in 1 2 3; do
        awk -v under="$state/" 'index($2, under) == 1 { print $2 }' /proc/mounts | sort -r | while read -r mount_point; do umount -l "$mount_point" 2>/dev/null || true; done
    done
    # Network namespaces of pods are mounted outside our folder; ours are those that our CNI handed addresses to.
    awk '$2 ~ "/run/netns/cni-" { print $2 }' /proc/mounts | while read -r mount_point; do umount "$mount_point" 2>/dev/null && rm -f "$mount_point"; done || true
    for interface in "$bridge" pskube-dummy; do ip link delete "$interface" 2>/dev/null || true; done
    remove_rules
    if grep -q "$marker" /etc/hosts; then sed "/$marker/d" /etc/hosts > "$state/hosts" && cat "$state/hosts" > /etc/hosts; fi
    find /sys/fs/cgroup -depth -type d -path '*kubepods*' -exec rmdir {} + 2>/dev/null || true
}

# The kubelet makes chains of its own; nothing else on a machine without Kubernetes is called so.
remove_rules() {
    local table chain
    command -v iptables > /dev/null || return 0
    for table in filter nat mangle; do
        iptables -w -t $table -S 2>/dev/null | sed -n 's/^-A \(.*-j KUBE-.*\)/-D \1/p' | while read -r rule; do eval "iptables -w -t $table $rule" 2>/dev/null || true; done
        for chain in $(iptables -w -t $table -S 2>/dev/null | sed -n 's/^-N \(KUBE-.*\)/\1/p'); do iptables -w -t $table -F "$chain" 2>/dev/null || true; done
        for chain in $(iptables -w -t $table -S 2>/dev/null | sed -n 's/^-N \(KUBE-.*\)/\1/p'); do iptables -w -t $table -X "$chain" 2>/dev/null || true; done
    done
}

running() { # name; its process
    local file=$state/run/$1.pid
    [ -f "$file" ] && kill -0 "$(cat "$file")" 2>/dev/null || die "$1 does not run"
    cat "$file"
}

# Ends a part as a crash would, and starts it again as it was.
cmd_crash() { # name
    local name=$1 pid
    pid=$(running "$name")
    kill -KILL "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    local -a command
    eval "command=($(cat "$state/run/$name.command"))"
    launch "$name" "${command[@]}"
    [ "$name" != apiserver ] || wait_for 60 'the API server' api "$(url /readyz)"
}

# Holds a part still for some seconds.
cmd_pause() { # name seconds
    local pid
    pid=$(running "$1")
    trap 'kill -CONT '"$pid" EXIT
    kill -STOP "$pid"
    sleep "$2"
}

# Loses every packet to the API server, and from it, for some seconds.
cmd_cut() { # seconds
    trap remove_cuts EXIT
    local way
    for way in --dport --sport; do iptables -w -I INPUT -i lo -p tcp $way "$port" -m comment --comment "pskube-cut-$port" -j DROP; done
    sleep "$1"
}

remove_cuts() {
    command -v iptables > /dev/null || return 0
    iptables -w -S INPUT 2>/dev/null | sed -n "s/^-A \(.*pskube-cut-$port .*\)/-D \1/p" | while read -r rule; do eval "iptables -w $rule"; done
}

cmd_status() {
    local file name
    [ -d "$state/run" ] || { echo stopped; return 1; }
    for file in "$state"/run/*.pid; do
        name=$(basename "$file" .pid)
        if kill -0 "$(cat "$file")" 2>/dev/null; then echo "$name running"; else echo "$name dead"; fi
    done
}

case ${1:-} in
    install | build | stop | status) "cmd_$1" ;;
    crash | pause | cut) [ $# -ge 2 ] || die "what, or for how long?"; "cmd_$@" ;;
    start) cmd_start "${2:-}" ;;
    kubeconfig) if [ -f "$state/kubeconfig" ]; then echo "$state/kubeconfig"; else die "the cluster does not run"; fi ;;
    logs) tail -n "${2:-20}" "$state"/log/*.log ;;
    *) die "usage: cluster.sh install | build | start [--no-node] | stop | status | kubeconfig | logs [lines] | crash PART | pause PART SECONDS | cut SECONDS" ;;
esac
