#!/usr/bin/python3
"""Drives Google's Python client against a server: python_sheets.py http://127.0.0.1:PORT [sheets-api.json]

The second argument is the discovery document; without it the one that
the client ships is used, or that of the Go module google.golang.org/api.
Prints one line for each check and "N passed, N failed"; exits 1 when one failed, 3 when the client is not installed.
"""
import json
import os
import subprocess
import sys

try:
    import googleapiclient
    import httplib2
    from googleapiclient.discovery import build_from_document
    from googleapiclient.errors import HttpError
except ImportError:
    print("python3-googleapi is not installed")
    sys.exit(3)

passed = failed = 0


def check(name):
    def run(f):
        global passed, failed
        try:
            f()
            passed += 1
            print("ok  ", name)
        except Exception as e:  # noqa: BLE001 - each check reports for itself
            failed += 1
            print("FAIL", name + ":", repr(e))
        return f
    return run


def refused(status, words, request):
    try:
        request.execute()
    except HttpError as e:
        assert e.resp.status == status, e
        assert words in str(e), e
        return
    raise AssertionError("status %d was expected" % status)


class Bearer(httplib2.Http):
    """Sends a fixed token with every request."""

    def request(self, uri, method="GET", body=None, headers=None, **more):
        headers = dict(headers or {}, authorization="Bearer conformance")
        return super().request(uri, method, body=body, headers=headers, **more)


def document(base, path):
    if path is None:
        path = os.path.join(os.path.dirname(googleapiclient.__file__), "discovery_cache", "documents", "sheets.v4.json")
    if not os.path.exists(path):  # Debian leaves the documents out; the module of the Go client has the same one
        go = subprocess.run(["go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api"], cwd=os.path.dirname(os.path.abspath(__file__)), capture_output=True, text=True)
        path = os.path.join(go.stdout.strip(), "sheets", "v4", "sheets-api.json")
    with open(path, encoding="utf-8") as f:
        doc = json.load(f)
    doc["rootUrl"] = doc["baseUrl"] = base + "/"
    doc.pop("mtlsRootUrl", None)
    return doc


if len(sys.argv) < 2:
    print("usage: python_sheets.py BASE_URL [sheets-api.json]")
    sys.exit(2)
BASE = sys.argv[1].rstrip("/")
sheets = build_from_document(document(BASE, sys.argv[2] if len(sys.argv) > 2 else None), http=Bearer()).spreadsheets()
made = sheets.create(body={"properties": {"title": "Python"}, "sheets": [{"properties": {"sheetId": 101, "title": "Corrections"}}]}).execute()
ID = made["spreadsheetId"]


@check("create answers the tabs")
def _():
    assert [s["properties"]["title"] for s in made["sheets"]] == ["Corrections"], made


@check("write and read values")
def _():
    body = {"values": [["title", "role"], ["Head of Growth", "=1+1"], [None, 2.5]]}
    done = sheets.values().update(spreadsheetId=ID, range="Corrections!A1", valueInputOption="USER_ENTERED", body=body).execute()
    assert done["updatedCells"] == 5, done
    got = sheets.values().get(spreadsheetId=ID, range="Corrections!A1:B", valueRenderOption="UNFORMATTED_VALUE").execute()
    assert got["values"] == [["title", "role"], ["Head of Growth", 2], ["", 2.5]], got
    assert got["range"] == "Corrections!A1:B1000", got


@check("append and page")
def _():
    sheets.values().append(spreadsheetId=ID, range="Corrections!A1:B", valueInputOption="RAW", body={"values": [["t%d" % i, i] for i in range(120)]}).execute()
    seen = []
    for start in range(1, 200, 50):
        seen += sheets.values().get(spreadsheetId=ID, range="Corrections!B%d:B%d" % (start, start + 49)).execute().get("values", [])
    assert len(seen) == 123, len(seen)


@check("batchUpdate answers one reply a request")
def _():
    got = sheets.batchUpdate(spreadsheetId=ID, body={"requests": [
        {"addSheet": {"properties": {"sheetId": 7, "title": "New tab"}}},
        {"repeatCell": {"range": {"sheetId": 7, "endRowIndex": 1}, "cell": {"userEnteredFormat": {"textFormat": {"bold": True}}}, "fields": "userEnteredFormat.textFormat.bold"}},
        {"findReplace": {"find": "t1", "replacement": "first", "matchEntireCell": True, "sheetId": 101}},
    ]}).execute()
    assert got["replies"][0]["addSheet"]["properties"]["sheetId"] == 7, got
    assert got["replies"][1] == {}, got
    assert got["replies"][2]["findReplace"]["occurrencesChanged"] == 1, got


@check("grid data with a field mask")
def _():
    got = sheets.get(spreadsheetId=ID, ranges=["Corrections!B2"], fields="sheets(data(rowData(values(userEnteredValue,effectiveValue))))").execute()
    cell = got["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    assert cell == {"userEnteredValue": {"formulaValue": "=1+1"}, "effectiveValue": {"numberValue": 2}}, got


@check("data filters")
def _():
    got = sheets.values().batchGetByDataFilter(spreadsheetId=ID, body={"dataFilters": [{"gridRange": {"sheetId": 101, "endRowIndex": 1}}]}).execute()
    assert got["valueRanges"][0]["valueRange"]["values"] == [["title", "role"]], got


@check("documented errors")
def _():
    refused(404, "Requested entity was not found.", sheets.get(spreadsheetId="no-such-file"))
    refused(400, "Unable to parse range: Nope!A1", sheets.values().get(spreadsheetId=ID, range="Nope!A1"))
    refused(400, "Unknown name", sheets.batchUpdate(spreadsheetId=ID, body={"requests": [{"addSheet": {"colour": 1}}]}))
    refused(400, "No grid with id: 9", sheets.batchUpdate(spreadsheetId=ID, body={"requests": [{"deleteSheet": {"sheetId": 9}}]}))


print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed else 0)
