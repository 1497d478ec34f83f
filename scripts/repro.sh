#!/usr/bin/env bash
# Builds the program twice, in two folders and with two build caches, and compares the binaries.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
for n in one two; do
	mkdir -p "$work/$n/deep/$n"
	git ls-files -z | tar --null --files-from=- --create --file=- | tar --extract --file=- --directory="$work/$n/deep/$n"
	(cd "$work/$n/deep/$n" && GOCACHE="$work/$n/cache" go build -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o "$work/$n/rolecall" .)
	sha256sum "$work/$n/rolecall" | cut -d' ' -f1
done
cmp "$work/one/rolecall" "$work/two/rolecall" && echo "equal"
