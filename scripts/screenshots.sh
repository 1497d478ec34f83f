#!/usr/bin/env bash
# Takes the pictures of the demo that README and docs show: screenshots.sh PATH_OF_ROLECALL DIR
# It wants node, npm and chromium on the PATH; npm installs playwright-core into e2e/ when it is not there.
set -euo pipefail
program=$(realpath "${1:?usage: screenshots.sh PATH_OF_ROLECALL DIR}")
mkdir -p "${2:?usage: screenshots.sh PATH_OF_ROLECALL DIR}"
out=$(realpath "$2")
cd "$(dirname "$0")/../e2e"
[ -d node_modules/playwright-core ] || npm install --silent --no-package-lock --no-audit --no-fund

work=$(mktemp -d)
# Runs come when the script asks for them; the seed makes the same people each time.
(cd "$work" && exec "$program" demo --state demo --contacts 1000 --seed 1 --poll 2s --every 1h) > "$work/out" 2> "$work/err" &
demo=$!
trap 'kill -INT "$demo" 2>/dev/null || true; wait "$demo" 2>/dev/null || true; rm -rf "$work"' EXIT
# The first run has ended when its line stands below the invitation.
for _ in $(seq 300); do
	grep -q '^[0-9:]*  .*labelled' "$work/out" && break
	kill -0 "$demo" 2>/dev/null || { cat "$work/err" >&2; exit 1; }
	sleep 1
done
address() { sed -n "s/^ *$1 *\(http\)/\1/p" "$work/out"; }
node screenshots.mjs "$(address 'the sheet')" "$(address HubSpot)" "$(address 'status page')" "$out"

# A picture of 200 kB or more slows every reader down.
large=$(find "$out" -name '*.png' -size +199k)
[ -z "$large" ] || { echo "too large: $large" >&2; exit 1; }
