#!/usr/bin/env bash
# Stand-ins for the bases that the Dockerfile names, of Debian's packages and npm's Node, for machines that reach no registry
# of images. The runtime has what distroless/cc has and nothing else: no shell, no package manager. Prints the flags that
# put them in the place of those names.
#
#     bases.sh ROOT FLAG…     where to keep them is said by flags of buildah
set -euo pipefail
shopt -s inherit_errexit

root=$1
buildah=(buildah "${@:2}")
script=$(readlink -f "${BASH_SOURCE[0]}")
runtime_packages=(base-files ca-certificates libc6 libgcc-s1 libgomp1 libssl3 libstdc++6 netbase tzdata)
node=$(readlink -f "$root/node_modules/node/bin/node")
key=$(cat "$script" "$node" | sha256sum | cut -c1-16)

say() { echo "image: $*" >&2; }

stand_in() {
  local image=localhost/stand-in/$1:$key
  "${buildah[@]}" inspect --type image "$image" >/dev/null 2>&1 || "make_$1" "$image" >&2
  echo "$image"
}

# Like the real one it has npm and a toolchain. It takes this machine's certificates: a mirror of npm's registry may need them.
make_builder() (
  say 'making the base of the builder'
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  cd "$folder"
  mmdebstrap --quiet --variant=minbase --include=binutils,ca-certificates,libstdc++6 bookworm root.tar
  mkdir -p usr/local/bin usr/local/lib/node_modules etc/ssl/certs
  cp "$node" usr/local/bin/node
  echo 'Stands for the licence of Node.js, which the real image has.' >usr/local/LICENSE
  cp -r "$(dirname "$(readlink -f "$(command -v npm)")")/.." usr/local/lib/node_modules/npm
  ln -s ../lib/node_modules/npm/bin/npm-cli.js usr/local/bin/npm
  cp /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/
  make_image "$1" 'ADD root.tar /' 'COPY usr /usr' 'COPY etc /etc' \
    'ENV PATH=/usr/local/bin:/usr/bin:/bin NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt'
)

make_runtime() (
  say 'making the base of the runtime'
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  mkdir -p "$folder"/{packages,root/tmp,root/home/nonroot}
  cd "$folder/packages"
  download=(apt-get download -qq -o APT::Sandbox::User=root "${runtime_packages[@]}")
  "${download[@]}" || { apt-get update -qq && "${download[@]}"; }
  for package in *.deb; do dpkg-deb -x "$package" ../root; done
  cd ../root
  # What the packages' scripts would do.
  cat usr/share/ca-certificates/mozilla/*.crt >etc/ssl/certs/ca-certificates.crt
  find usr/share/doc -type f ! -name copyright -delete
  rm -rf usr/share/{man,lintian,locale,bug} usr/sbin/update-ca-certificates
  printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' >etc/passwd
  printf 'root:x:0:\nnonroot:x:65532:\n' >etc/group
  chmod 1777 tmp
  chown 65532:65532 home/nonroot
  cd ..
  make_image "$1" 'COPY root /' 'WORKDIR /home/nonroot' 'USER 65532' 'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'
)

# make_image NAME INSTRUCTION…: from the folder that it is in.
make_image() {
  printf '%s\n' 'FROM scratch' "${@:2}" >Dockerfile
  "${buildah[@]}" build --isolation chroot --timestamp 0 --quiet --tag "$1" . >/dev/null
}

while read -r name; do
  case $name in
    docker.io/library/node:*) image=$(stand_in builder) ;;
    gcr.io/distroless/cc-*) image=$(stand_in runtime) ;;
    *) say "nothing stands in for $name" && exit 1 ;;
  esac
  printf -- '--build-context=%s=container-image://%s\n' "$name" "$image"
done < <(awk '$1 == "FROM" && $2 ~ /\// { print $2 }' "$root/Dockerfile")
