#!/usr/bin/env bash
# Accuracy of rolecall, fastText and three linear models of scikit-learn on the same titles, one table:
#   bench-accuracy.sh PATH_OF_ROLECALL DIR_OF_LABELLED_TITLES
# Needs Debian's packages fasttext and python3-sklearn. Every set is drawn with 10 and 25 titles a label and five seeds.
set -euo pipefail
program=$(realpath "${1:?usage: bench-accuracy.sh PATH_OF_ROLECALL DIR}")
data=$(realpath "${2:?usage: bench-accuracy.sh PATH_OF_ROLECALL DIR}")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%-26s %-12s %5s  %9s %9s %9s %9s %9s\n' set column shots rolecall fasttext svm logreg bayes
for file in survey_function rootstrap_level german_ads_category postings_function; do
	[ -f "$data/$file.tsv" ] || continue
	for shots in 10 25; do
		"$program" eval --labels "$data/$file.tsv" --shots "$shots" --seeds 5 --json --splits "$work/$file-$shots" > "$work/report.json"
		/usr/bin/python3 "$here/bench_accuracy.py" "$file" "$shots" "$work/report.json" "$work/$file-$shots"
	done
done
