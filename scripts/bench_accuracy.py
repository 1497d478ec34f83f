"""Accuracy of rolecall and of four well-known tools on the same draws; see bench-accuracy.sh."""
import csv, json, os, random, statistics, subprocess, sys, tempfile

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

SETS = {"survey_function": ("function", (10, 25)), "rootstrap_level": ("level", (10, 25)), "german_ads_category": ("category", (25,))}
SEEDS = 5
TOOLS = ("TF-IDF 1-NN", "TF-IDF + logistic", "TF-IDF + SVM", "fastText", "rolecall")


def rows(path, column):
    with open(path, encoding="utf-8", newline="") as f:
        for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            if int(r.get("people") or 2) < 2 or float(r.get("agreement") or 1) < 0.75:
                continue
            if r["title"].strip() and r[column].strip():
                yield r["title"].strip(), r[column].strip()


def draw(data, k, seed):
    data = sorted(data)
    random.Random(seed).shuffle(data)
    taken, train, test = {}, [], []
    for title, label in data:
        if taken.get(label, 0) < k:
            taken[label] = taken.get(label, 0) + 1
            train.append((title, label))
        else:
            test.append((title, label))
    return train, test


def sklearn_scores(train, test):
    vec = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    x, y = vec.fit_transform([t for t, _ in train]), [l for _, l in train]
    z, want = vec.transform([t for t, _ in test]), [l for _, l in test]
    for name, model in (("TF-IDF 1-NN", KNeighborsClassifier(1, metric="cosine")), ("TF-IDF + logistic", LogisticRegression(C=10, max_iter=1000)), ("TF-IDF + SVM", LinearSVC(C=0.5))):
        got = model.fit(x, y).predict(z)
        yield name, sum(a == b for a, b in zip(got, want)) / len(want)


def fasttext_score(train, test, folder):
    ids = {l: i for i, l in enumerate(sorted({l for _, l in train + test}))}
    path = os.path.join(folder, "train.txt")
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(f"__label__{ids[l]} {t.lower()}\n" for t, l in train)
    model = os.path.join(folder, "model")
    options = "-minn 2 -maxn 5 -dim 64 -epoch 50 -lr 0.5 -thread 1 -bucket 200000 -verbose 0".split()
    subprocess.run(["fasttext", "supervised", "-input", path, "-output", model, *options], check=True, capture_output=True)
    text = "".join(t.lower() + "\n" for t, _ in test)
    out = subprocess.run(["fasttext", "predict", model + ".bin", "-"], input=text, check=True, capture_output=True, text=True).stdout.split("\n")
    return sum(got == f"__label__{ids[l]}" for got, (_, l) in zip(out, test)) / len(test)


def table(path, header, lines):
    with open(path, "w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows([header, *lines])


def rolecall_score(binary, train, test, folder):
    book = os.path.join(folder, "workbook")
    subprocess.run([binary, "workbook", "default", book], check=True, capture_output=True)
    labels = sorted({l for _, l in train + test})
    table(os.path.join(book, "roles.csv"), ["Role ID", "Role", "Active", "Fallback", "HubSpot value", "Description", "Example titles"],
          [[f"RO-{i + 1:02d}", l, "TRUE", "FALSE", f"v{i + 1}", "", ""] for i, l in enumerate(labels)])
    keep_header(os.path.join(book, "rules.csv"))
    keep_header(os.path.join(book, "examples.csv"))
    with open(os.path.join(book, "corrections.csv"), encoding="utf-8", newline="") as f:
        header = next(csv.reader(f))
    lines = []
    for i, (t, l) in enumerate(train):
        row = {"Correction ID": f"C-{i + 1:06d}", "Active": "TRUE", "Job title": t, "Role": l, "Applies to": "this exact title"}
        lines.append([row.get(h, "") for h in header])
    table(os.path.join(book, "corrections.csv"), header, lines)
    path = os.path.join(folder, "test.csv")
    table(path, ["title", "role"], test)
    out = subprocess.run([binary, "eval", "--labels", path, "--workbook", book, "--json"], check=True, capture_output=True, text=True).stdout
    return json.loads(out)["columns"][0]["accuracy"]


def keep_header(path):
    with open(path, encoding="utf-8", newline="") as f:
        header = next(csv.reader(f))
    table(path, header, [])


def main(binary, folder, *names):
    print(f"{'':28}" + "".join(f"{t:>19}" for t in TOOLS))
    for name in names or SETS:
        column, shots = SETS[name]
        data = list(rows(os.path.join(folder, name + ".tsv"), column))
        for k in shots:
            scores = {t: [] for t in TOOLS}
            for seed in range(SEEDS):
                train, test = draw(data, k, seed)
                with tempfile.TemporaryDirectory() as work:
                    for tool, score in sklearn_scores(train, test):
                        scores[tool].append(score)
                    scores["fastText"].append(fasttext_score(train, test, work))
                    scores["rolecall"].append(rolecall_score(binary, train, test, work))
            print(f"{name + ', ' + str(k) + ' a label':28}" + "".join(f"{statistics.mean(scores[t]):13.3f} ±{statistics.pstdev(scores[t]):.3f}" for t in TOOLS), flush=True)


main(*sys.argv[1:])
