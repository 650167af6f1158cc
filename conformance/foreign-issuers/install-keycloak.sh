#!/usr/bin/env bash
# `install-keycloak.sh DIRECTORY`: Keycloak from Maven Central, built once for how keycloak.ts starts it.
# The directory appears when it is whole, and one that is there is left alone. Needs a JDK 17, Maven and sha256sum.
set -euo pipefail

version=26.7.3
sha256=77657f30b7e90d70f727712ce1c967f430fd6a5e9f458d32d8c6df0635345f47

target=$1
[ ! -d "$target" ] || exit 0

mkdir -p "$(dirname "$target")"
parts=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$parts"' EXIT

mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
  "-Dartifact=org.keycloak:keycloak-quarkus-dist:$version:tar.gz" "-DoutputDirectory=$parts"
archive=$parts/keycloak-quarkus-dist-$version.tar.gz
echo "$sha256  $archive" | sha256sum --check --quiet
tar xzf "$archive" -C "$parts"

"$parts/keycloak-$version/bin/kc.sh" build \
  --db=dev-file --http-relative-path=/auth --https-client-auth=request >"$parts/build.log" 2>&1 ||
  { cat "$parts/build.log" >&2 && exit 1; }
mv "$parts/keycloak-$version" "$target"
