#!/bin/sh
# Reproduce src/watchbell/web/static/vendor/ from the pinned packages in assets/package-lock.json.
# `npm ci` refuses a package whose SHA-512 differs from the lockfile's.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
vendor=$here/../src/watchbell/web/static/vendor
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

cp "$here/package.json" "$here/package-lock.json" "$build/"
(cd "$build" && npm ci --ignore-scripts --no-audit --no-fund --silent)

mkdir -p "$vendor"
take() { # package, file in it, its licence, name to serve it under
    cp "$build/node_modules/$1/$2" "$vendor/$4.min.js"
    cp "$build/node_modules/$1/$3" "$vendor/$4.LICENSE.txt"
}
take sigma dist/sigma.min.js LICENSE.txt sigma
take graphology dist/graphology.umd.min.js LICENSE.txt graphology
take htmx.org dist/htmx.min.js LICENSE htmx
(cd "$vendor" && sha256sum ./*.min.js >SHA256SUMS)
