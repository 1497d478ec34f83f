#!/bin/sh
# Measures the daemon at the size of a large portal, against the sandbox with the limits of a Professional portal (190 calls
# in 10 seconds, none of them left to other apps): the first sync, a quiet run, a run after 5,000 contacts got another job
# title. Prints each run beside the time that the limits alone demand, and the most memory that the process ever held.
# docs/RELIABILITY.md quotes it.
#
#   scripts/scale.sh [CONTACTS] [CHANGED]        200000 and 5000 unless said otherwise
#
# Needs curl and jq. ROLECALL names the program; without it, it is built. KEEP=DIR keeps the daemon's log and store.
set -eu
cd "$(dirname "$0")/.."
contacts=${1:-200000}
changed=${2:-5000}
work=$(mktemp -d)
box= daemon=
finish() {
	[ -z "$daemon" ] || kill "$daemon" 2> /dev/null || true
	[ -z "$box" ] || kill "$box" 2> /dev/null || true
	wait
	[ -z "${KEEP:-}" ] || cp "$work"/log "$work"/rolecall.db* "$KEEP"
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM
program=${ROLECALL:-$work/rolecall}
[ -n "${ROLECALL:-}" ] || go build -o "$program" .

"$program" sandbox --contacts "$contacts" --tier professional > "$work/box" 2> "$work/box.err" &
box=$!
until grep -q ^hubspot "$work/box"; do kill -0 "$box" || exit 1; sleep 0.2; done
sheets=$(sed -n 's/^sheets //p' "$work/box")
hubspot=$(sed -n 's/^hubspot //p' "$work/box")
google() { curl -sf -H 'Authorization: Bearer people' -H 'Content-Type: application/json' "$@"; }
id=$(google -d '{"properties":{"title":"scale"}}' "$sheets/v4/spreadsheets" | jq -r .spreadsheetId)
export ROLECALL_SHEETS_ENDPOINT="$sheets/" ROLECALL_HUBSPOT_BASE_URL="$hubspot" ROLECALL_SHEET_URL="$id" ROLECALL_STORE="$work/rolecall.db" \
	ROLECALL_BACKUPS="$work/backups" ROLECALL_HUBSPOT_TOKEN=sandbox ROLECALL_LOG_FORMAT=json ROLECALL_LOG_LEVEL=debug ROLECALL_LISTEN=127.0.0.1:0

# types TAB ID HEADER VALUE: a person types a value (JSON) into a cell
types() {
	row=$(google "$sheets/v4/spreadsheets/$id/values/$1!A1:A200" | jq --arg id "$2" '[.values[][0]] | index($id) + 1')
	column=$(google "$sheets/v4/spreadsheets/$id/values/$1!A1:Z1" | jq -r --arg h "$3" '.values[0] | index($h) + 65 | [.] | implode')
	google -X PUT -d "{\"values\":[[$4]]}" "$sheets/v4/spreadsheets/$id/values/$1!$column$row?valueInputOption=RAW" > "$work/typed"
}

runs=0
# ended NAME waits for the next run of the daemon and tells of it
ended() {
	runs=$((runs + 1))
	until [ "$(grep -c '"run ended"' "$work/log")" -ge "$runs" ]; do kill -0 "$daemon" || { cat "$work/log" >&2; exit 1; }; sleep 0.1; done
	curl -sf "$hubspot/admin/stats" > "$work/stats"
	grep '"run ended"' "$work/log" | sed -n "${runs}p" | jq -r --arg name "$1" --slurpfile s "$work/stats" --arg kb "$(awk '/VmHWM/ {print $2}' "/proc/$daemon/status")" '
		($s[0].requests // 0) as $all | ($s[0].by_kind.search // 0) as $search |
		"\($name): \(.outcome), \(.read) contacts read, \(.titles) titles decided, \(.written) contacts written; \(.took / 1000) s, " +
		"\($all) calls of which \($search) searches, \(((($all - $search) / 19 + $search / 5) * 10 | round) / 10) s by the limits alone; " +
		"\($s[0].values_written // 0) values written; peak memory \($kb | tonumber / 1024 | round) MB"'
	curl -sf -X DELETE "$hubspot/admin/stats" > "$work/gone"
}

"$program" init > "$work/out"
types Settings S-01 Value '"apply"'
types Settings S-17 Value '"0 %"'
types Settings S-18 Value '"100 %"'
curl -sf -X DELETE "$hubspot/admin/stats" > "$work/gone"
: > "$work/log"
"$program" run --poll-interval 5s > "$work/out" 2>> "$work/log" &
daemon=$!
ended "first sync, all but the writing (it waits for a yes)"
types Control accept Request true
ended "first sync, the writing"
types Control run Request true
ended "our own writes seen again"
for again in 1 2; do
	types Control run Request true
	ended "quiet run"
done

# Another integration gives contacts other job titles, a hundred at a time.
after=
: > "$work/ids"
while [ "$(wc -l < "$work/ids")" -lt "$changed" ]; do
	curl -sf -H 'Authorization: Bearer other' "$hubspot/crm/v3/objects/contacts?limit=100${after:+&after=$after}" > "$work/page"
	jq -r '.results[].id' "$work/page" >> "$work/ids"
	after=$(jq -r '.paging.next.after // empty' "$work/page")
	[ -n "$after" ] || break
done
head -n "$changed" "$work/ids" | split -l 100 -a 4 - "$work/part."
i=0
for part in "$work"/part.*; do
	i=$((i + 1))
	jq -R --argjson i "$i" '{id: ., properties: {jobtitle: (["Head of Sales", "Software Engineer", "VP Marketing", "Accountant", "Recruiter"][$i % 5] + " \($i)")}}' "$part" | jq -s '{inputs: .}' |
		curl -sf -H 'Authorization: Bearer other' -H 'Content-Type: application/json' -d @- "$hubspot/crm/v3/objects/contacts/batch/update" > "$work/page"
done
sleep 11 # until the window of the limits has forgotten it
curl -sf -X DELETE "$hubspot/admin/stats" > "$work/gone"
types Control run Request true
ended "$changed contacts changed"
types Control run Request true
ended "our own writes seen again"
types Control run Request true
ended "quiet run"
