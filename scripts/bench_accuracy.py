"""Measures fastText and scikit-learn on the splits that "rolecall eval --splits" wrote and prints a line a column.

usage: bench_accuracy.py SET SHOTS REPORT.json SPLITS_DIR
"""
import csv
import glob
import json
import os
import statistics
import subprocess
import sys
import tempfile

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC


def read(path):
    with open(path, newline="", encoding="utf-8") as f:
        rows = [(title, answers.split("|")) for title, answers in csv.reader(f, delimiter="\t")]
    return [r[0] for r in rows], [r[1] for r in rows]


def features():
    return make_union(
        TfidfVectorizer(analyzer="word", ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )


def accuracy(predicted, answers):
    return sum(p in a for p, a in zip(predicted, answers)) / len(answers)


def linear(model, train, test):
    pipeline = make_pipeline(features(), model)
    pipeline.fit(train[0], [a[0] for a in train[1]])
    return accuracy(pipeline.predict(test[0]), test[1])


def fasttext(train, test):
    names = sorted({a for answers in train[1] for a in answers})
    with tempfile.TemporaryDirectory() as work:
        with open(os.path.join(work, "train"), "w", encoding="utf-8") as f:
            for title, answers in zip(*train):
                f.write(f"__label__{names.index(answers[0])} {' '.join(title.lower().split())}\n")
        with open(os.path.join(work, "test"), "w", encoding="utf-8") as f:
            f.writelines(" ".join(title.lower().split()) + "\n" for title in test[0])
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
        subprocess.run(["fasttext", "supervised", "-input", os.path.join(work, "train"), "-output", os.path.join(work, "model"), "-epoch", "50", "-lr", "0.5",
                        "-wordNgrams", "2", "-minn", "2", "-maxn", "5", "-dim", "50", "-bucket", "200000", "-thread", "1"], **quiet)
        out = subprocess.run(["fasttext", "predict", os.path.join(work, "model.bin"), os.path.join(work, "test")], capture_output=True, text=True, check=True).stdout
    predicted = [names[int(line.removeprefix("__label__"))] if line else "" for line in out.split("\n")[: len(test[0])]]
    return accuracy(predicted, test[1])


def main():
    name, shots, report, splits = sys.argv[1:]
    with open(report, encoding="utf-8") as f:
        columns = {c["name"]: c["accuracy"] for c in json.load(f)["columns"]}
    for column, ours in columns.items():
        scores = {"fasttext": [], "svm": [], "logreg": [], "bayes": []}
        for path in sorted(glob.glob(os.path.join(glob.escape(splits), glob.escape(column) + "-*-train.tsv"))):
            train, test = read(path), read(path.replace("-train.tsv", "-test.tsv"))
            scores["fasttext"].append(fasttext(train, test))
            scores["svm"].append(linear(LinearSVC(C=1.0), train, test))
            scores["logreg"].append(linear(LogisticRegression(C=10, max_iter=1000), train, test))
            scores["bayes"].append(linear(ComplementNB(), train, test))
        means = " ".join(f"{statistics.mean(s):9.3f}" for s in scores.values())
        print(f"{name:26} {column:12} {shots:>5}  {ours:9.3f} {means}", flush=True)


main()
