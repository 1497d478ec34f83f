#!/bin/sh
# Speed of rolecall and of fastText on the same titles: "rolecall classify" from CSV to CSV, and "fasttext predict" with a model trained
# on the role labels of the default workbook's examples, one title a line. Each is timed as a whole, from start to end. fastText is
# timed twice: with its own number of buckets for pieces of words, 2,000,000, and with a tenth of them, which is faster.
#
#   scripts/bench-classify.sh ./rolecall TITLES.csv
#
# TITLES.csv has a column "title"; cells that hold a comma or a quotation mark are as CSV has them. Needs fasttext, GNU time as
# /usr/bin/time, and python3. On a machine that is busy read the processor time (user + system), not the time on the clock.
set -eu
binary=$1 titles=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$binary" workbook default "$work/workbook" >/dev/null
python3 - "$work" "$titles" <<'PYTHON'
import csv, glob, os, sys
work, titles = sys.argv[1:]
labels = {}
with open(os.path.join(work, "train.txt"), "w", encoding="utf-8") as out:
    for path in sorted(glob.glob(os.path.join(work, "workbook", "**", "*.csv"), recursive=True)):
        with open(path, encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                if "Job title" in row and row.get("Role"):
                    label = labels.setdefault(row["Role"], len(labels))
                    out.write(f"__label__{label} {row['Job title'].lower()}\n")
with open(titles, encoding="utf-8", newline="") as rows, open(os.path.join(work, "titles.txt"), "w", encoding="utf-8") as out:
    for row in csv.DictReader(rows):
        out.write(" ".join(row["title"].lower().split()) + "\n")
print(f"fastText learns {len(labels)} roles")
PYTHON
show='%e s on the clock, %U s user + %S s system, %M kB at most'
n=$(wc -l <"$work/titles.txt")
echo "$n titles"
for buckets in 2000000 200000; do
	fasttext supervised -input "$work/train.txt" -output "$work/model" -minn 2 -maxn 5 -dim 64 -epoch 50 -lr 0.5 -thread 2 -bucket $buckets -verbose 0
	/usr/bin/time -f "fasttext predict, $buckets buckets: $show" fasttext predict "$work/model.bin" "$work/titles.txt" >"$work/answers.txt"
done
/usr/bin/time -f "rolecall classify: $show" "$binary" classify "$titles" --out "$work/labelled.csv"
