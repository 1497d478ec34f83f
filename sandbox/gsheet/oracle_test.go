package gsheet_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"rolecall/sandbox/gsheet"
)

// recordings finds the folder of recorded answers of the real service: ROLECALL_ORACLE, or ../shared/oracle beside the
// module. They are not part of the project.
func recordings(t *testing.T) []string {
	dir := os.Getenv("ROLECALL_ORACLE")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "oracle")
	}
	files, err := filepath.Glob(filepath.Join(dir, "sheets", "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no recordings of the real service at hand: set ROLECALL_ORACLE to their folder to compare with them")
	}
	return files
}

type pair struct {
	API, Method, Path string
	Request, Response any
	Status            int
}

// chosen are the ids that every service chooses for itself; ignored is not compared.
func chosen(name string) bool {
	return slices.Contains([]string{"sheetId", "spreadsheetId", "namedRangeId", "protectedRangeId", "metadataId", "tableId", "bandedRangeId"}, name)
}

func ignored(name string) bool {
	return slices.Contains([]string{"spreadsheetUrl", "defaultFormat", "spreadsheetTheme", "autoRecalc", "timeZone", "locale",
		"importFunctionsExternalUrlAccessAllowed", "etag", "effectiveFormat", "domainUsersCanEdit", "requestingUserCanEdit"}, name)
}

// learn remembers which of our ids stands for which recorded one.
func learn(want, got any, ids map[string]any) {
	switch w := want.(type) {
	case object:
		g, _ := got.(object)
		for k, v := range w {
			x, ok := g[k]
			if !ok {
				continue
			}
			if chosen(k) {
				if key := k + mustJSON(v); ids[key] == nil {
					ids[key] = x
				}
				continue
			}
			learn(v, x, ids)
		}
	case []any:
		g, _ := got.([]any)
		for i := range min(len(w), len(g)) {
			learn(w[i], g[i], ids)
		}
	}
}

func mustJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func swapIDs(x any, ids map[string]any) any {
	switch v := x.(type) {
	case object:
		out := object{}
		for k, y := range v {
			if id, ok := ids[k+mustJSON(y)]; ok && chosen(k) {
				out[k] = id
			} else {
				out[k] = swapIDs(y, ids)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, y := range v {
			out[i] = swapIDs(y, ids)
		}
		return out
	}
	return x
}

func bare(x any) any {
	switch v := x.(type) {
	case object:
		out := object{}
		for k, y := range v {
			if _, tab := v["sheetId"]; ignored(k) || k == "title" && !tab {
				continue
			}
			if chosen(k) {
				out[k] = "id"
			} else {
				out[k] = bare(y)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, y := range v {
			out[i] = bare(y)
		}
		return out
	}
	return x
}

// The recordings read 132 times a file of the recorder's own account that no recorded request has made; Adopt answers
// those as blank spreadsheets that were shared, which is what they are. Everything else is played as it happened.
func TestAnswersAgreeWithTheRealService(t *testing.T) {
	files := recordings(t)
	all, good := 0, 0
	for _, f := range files {
		srv := gsheet.New(gsheet.Options{Adopt: true})
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		ids, paths := map[string]any{}, map[string]string{}
		lines := bufio.NewScanner(bytes.NewReader(raw))
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var p pair
			if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
				t.Fatal(err)
			}
			if p.API == "drive" {
				made, _ := p.Response.(object)
				if p.Method == "POST" && strings.HasPrefix(p.Path, "/drive/v3/files?") && p.Status == 200 && made != nil {
					_, got := play(srv, "POST", "/v4/spreadsheets", object{})
					paths[made["id"].(string)] = got["spreadsheetId"].(string)
				}
				continue
			}
			path := p.Path
			for from, to := range paths {
				path = strings.ReplaceAll(path, from, to)
			}
			status, got := play(srv, p.Method, path, swapIDs(p.Request, ids))
			all++
			if status == 200 {
				learn(p.Response, got, ids)
			}
			want, _ := p.Response.(object)
			agrees := status == p.Status && reflect.DeepEqual(bare(want), bare(got))
			if p.Status >= 400 && status == p.Status {
				agrees = want["error"].(object)["status"] == got["error"].(object)["status"]
			}
			if agrees {
				good++
			} else {
				t.Logf("%s: %s %s: recorded %d %s, answered %d %s", filepath.Base(f), p.Method, path, p.Status, mustJSON(bare(want)), status, mustJSON(bare(got)))
			}
		}
	}
	t.Logf("%d of %d recorded answers agree", good, all)
	if float64(good) < 0.97*float64(all) {
		t.Errorf("only %d of %d recorded answers agree", good, all)
	}
}

func play(srv *gsheet.Server, method, path string, body any) (int, object) {
	var raw []byte
	if body != nil {
		raw = []byte(mustJSON(body))
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(raw))
	r.Header.Set("Authorization", "Bearer play")
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, r)
	var out object
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		return w.Code, nil
	}
	return w.Code, out
}

func fetch(srv *gsheet.Server, path string) string {
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Body.String()
}
