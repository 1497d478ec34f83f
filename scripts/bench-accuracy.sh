#!/bin/sh
# Accuracy of rolecall, fastText and scikit-learn on the same titles: k labelled titles of each label are learnt from, the others are
# the test, five draws. rolecall gets the k titles as rows of its Corrections tab, in a workbook without rules and examples.
#
#   scripts/bench-accuracy.sh ./rolecall EVALDIR [SET...]
#
# Needs Debian's python3-sklearn and fasttext. A set is a file in EVALDIR without .tsv; without any: the three that docs/accuracy.md has.
set -eu
exec "${PYTHON:-/usr/bin/python3}" "$(dirname "$0")/bench_accuracy.py" "$@"
