#!/usr/bin/env bash
# Takes pictures of the demo with a headless Chromium: screenshots.sh PATH_OF_ROLECALL DIR
set -euo pipefail
program=$(realpath "${1:?usage: screenshots.sh PATH_OF_ROLECALL DIR}")
out=$(realpath "${2:?usage: screenshots.sh PATH_OF_ROLECALL DIR}")
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
work=$(mktemp -d)
"$program" demo --every 20s > "$work/out" 2> "$work/err" &
demo=$!
trap 'kill -INT "$demo" 2>/dev/null || true; wait "$demo" 2>/dev/null || true; rm -rf "$work"' EXIT
# The first run has ended when its line stands below the invitation.
for _ in $(seq 300); do
	grep -q '^[0-9:]*  .*labelled' "$work/out" && break
	kill -0 "$demo" 2>/dev/null || { cat "$work/err" >&2; exit 1; }
	sleep 1
done
page=$(sed -n 's/^ *status page *//p' "$work/out")
sheet=$(sed -n 's/^ *the sheet *//p' "$work/out")
hubspot=$(sed -n 's/^ *HubSpot *\(http\)/\1/p' "$work/out")
take() { # name, address, height
	timeout 120 "$browser" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --force-color-profile=srgb \
		--virtual-time-budget=5000 --window-size="1200,$3" --screenshot="$out/$1.png" "$2" > /dev/null 2>&1
	echo "$out/$1.png"
}
take overview "$page/" 620
take runs "$page/runs" 620
take plan "$page/plan" 900
take why "$page/why?q=VP%20Marketing%20EMEA" 900
take quality "$page/quality" 1000
take sheet "$sheet" 800
take contacts "$hubspot" 800
