#!/bin/sh
# Runs every test that docs/RELIABILITY.md names and prints its table anew, with what the tests say of themselves
# ("figure: ..."). Fails when a test fails, or is named there and does not exist.
#
# A row names its tests in the second column: `package: TestOne`, `TestTwo`; the package counts until another is named.
set -eu
cd "$(dirname "$0")/.."
page=docs/RELIABILITY.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# promise <tab> package <tab> test, one line a test
awk -F'|' '/^\| / && $3 ~ /`.*Test/ {
	promise = $2; gsub(/^ +| +$/, "", promise)
	n = split($3, part, "`")
	for (i = 2; i <= n; i += 2) {
		name = part[i]
		if (split(name, at, ": ") == 2) { package = at[1]; name = at[2] }
		print promise "\t" package "\t" name
	}
}' "$page" > "$work/list"
[ -s "$work/list" ] || { echo "$page names no tests" >&2; exit 1; }

status=0
for package in $(cut -f2 "$work/list" | sort -u); do
	tests=$(awk -F'\t' -v p="$package" '$2 == p {print $3}' "$work/list" | sort -u | paste -sd'|' -)
	go test -count=1 -v -run "^($tests)\$" "./$package" > "$work/out" 2>&1 || { status=1; grep -v '^=== ' "$work/out" >&2 || true; }
	# package <tab> test <tab> result <tab> figure; a test's own lines come before its verdict or after its "=== RUN"
	awk -v p="$package" '
		/^=== (RUN|CONT|NAME)/ { split($3, top, "/"); now = top[1] }
		/figure: / { f = $0; sub(/.*figure: /, "", f); figure[now] = figure[now] (figure[now] == "" ? "" : "; ") f }
		/^--- (PASS|FAIL|SKIP): / { result[$3] = $2; sub(":", "", result[$3]) }
		END { for (t in result) print p "\t" t "\t" result[t] "\t" figure[t] }
	' "$work/out" >> "$work/results"
done

echo "| Promise | Test | Result | Figure |"
echo "|---|---|---|---|"
while IFS="$(printf '\t')" read -r promise package name; do
	line=$(awk -F'\t' -v p="$package" -v t="$name" '$1 == p && $2 == t {print $3 "\t" $4}' "$work/results")
	[ -n "$line" ] || { line="MISSING"; status=1; }
	result=${line%%"$(printf '\t')"*}
	figure=${line#"$result"}
	echo "| $promise | $package: $name | $result |${figure#"$(printf '\t')"} |"
done < "$work/list"
exit "$status"
