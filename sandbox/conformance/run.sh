#!/usr/bin/env bash
# Drives the vendors' own clients against the sandbox: run.sh PATH_OF_ROLECALL
# The npm packages are installed beside this script when they are not there. A client that is not installed fails the
# run; SKIP_MISSING=1 lets python3-googleapi be missing.
set -euo pipefail
program=$(realpath "${1:?usage: run.sh PATH_OF_ROLECALL}")
cd "$(dirname "$0")"

[ -d node_modules/googleapis ] && [ -d node_modules/@hubspot/api-client ] && [ -d node_modules/google-spreadsheet ] || npm install --silent

work=$(mktemp -d)
"$program" sandbox --contacts 250 > "$work/addresses" 2> "$work/errors" &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null || true; wait "$sandbox" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do
	[ "$(wc -l < "$work/addresses")" -ge 2 ] && break
	kill -0 "$sandbox" 2>/dev/null || { cat "$work/errors" >&2; exit 1; }
	sleep 0.1
done
sheets=$(sed -n 's/^sheets //p' "$work/addresses")
hubspot=$(sed -n 's/^hubspot //p' "$work/addresses")
[ -n "$sheets" ] && [ -n "$hubspot" ] || { echo "the sandbox did not say where it is" >&2; exit 1; }

status=0
drive() {
	echo "== $1"
	shift
	"$@" || { code=$?; [ "$code" = 3 ] && [ -n "${SKIP_MISSING:-}" ] && return 0; status=1; }
}
drive "googleapis (npm)" node googleapis.mjs "$sheets"
drive "google-spreadsheet (npm)" node google_spreadsheet.mjs "$sheets"
drive "@hubspot/api-client (npm)" node hubspot.mjs "$hubspot"
drive "python3-googleapi (Debian)" /usr/bin/python3 python_sheets.py "$sheets"
exit "$status"
