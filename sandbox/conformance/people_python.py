#!/usr/bin/python3
"""Works in rolecall's workbook as people do, through Google's Python client.

people_python.py BASE_URL SPREADSHEET_ID '{"role": "...", ...}' [sheets-api.json]

Columns are found by their headers, rows by what stands in them. What it answered in Review is printed as JSON.
Exits 3 when the client is not installed.
"""
import json
import os
import subprocess
import sys

try:
    import httplib2
    from googleapiclient.discovery import build_from_document
except ImportError:
    print("python3-googleapi is not installed")
    sys.exit(3)

if len(sys.argv) < 4:
    print("usage: people_python.py BASE_URL SPREADSHEET_ID TASK [sheets-api.json]")
    sys.exit(2)
BASE, ID, WANT = sys.argv[1].rstrip("/"), sys.argv[2], json.loads(sys.argv[3])


class Bearer(httplib2.Http):
    """Sends a fixed token with every request."""

    def request(self, uri, method="GET", body=None, headers=None, **more):
        headers = dict(headers or {}, authorization="Bearer people")
        return super().request(uri, method, body=body, headers=headers, **more)


def document():
    """The discovery document, that of the Go client where Debian leaves the Python client's out."""
    path = sys.argv[4] if len(sys.argv) > 4 else None
    if path is None:
        go = subprocess.run(["go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api"], cwd=os.path.dirname(os.path.abspath(__file__)), capture_output=True, text=True, check=True)
        path = os.path.join(go.stdout.strip(), "sheets", "v4", "sheets-api.json")
    with open(path, encoding="utf-8") as f:
        doc = json.load(f)
    doc["rootUrl"] = doc["baseUrl"] = BASE + "/"
    doc.pop("mtlsRootUrl", None)
    return doc


values = build_from_document(document(), http=Bearer()).spreadsheets().values()


def read(tab):
    headers, *rows = values.get(spreadsheetId=ID, range=tab + "!A1:Z").execute()["values"]
    return headers, [dict(zip(headers, row)) for row in rows]


def put(tab, headers, line, cells):
    data = [{"range": "%s!%s%d" % (tab, chr(65 + headers.index(h)), line), "values": [[v]]} for h, v in cells.items()]
    values.batchUpdate(spreadsheetId=ID, body={"valueInputOption": "USER_ENTERED", "data": data}).execute()


def append(tab, cells):
    """Types a new row below the table, the cells of other columns left alone."""
    headers, rows = read(tab)
    last = max((i for i, row in enumerate(rows) if any(row.values())), default=-1)
    put(tab, headers, last + 3, cells)


append("Roles", {"Role": WANT["role"], "Active": True})
append("Rules", {"On": True, "Priority": 5, "Match": "whole word", "Text": WANT["ruleText"], "Set role": WANT["role"]})
append("Corrections", {"Job title": WANT["title"], "Role": WANT["correctRole"], "Seniority": WANT["correctSeniority"]})

headers, rows = read("Review")
at = next(i for i, row in enumerate(rows) if row.get("Job title") == WANT["reviewTitle"])
put("Review", headers, at + 2, {"Decision": "fix", "Correct role": WANT["reviewRole"], "Correct seniority": WANT["reviewSeniority"]})
review = rows[at]["Review ID"]

headers, rows = read("Control")
put("Control", headers, next(i for i, row in enumerate(rows) if row.get("Action") == "Run now") + 2, {"Request": True})
print(json.dumps({"review": review}))
