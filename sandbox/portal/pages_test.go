package portal_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// browse fetches a page, or posts a form when there is one.
func (w *world) browse(path string, form url.Values, headers ...string) (int, string, http.Header) {
	w.t.Helper()
	method, body := "GET", io.Reader(nil)
	if form != nil {
		method, body = "POST", strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, w.url+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := w.http.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, string(raw), resp.Header
}

func TestPersonFindsAContact(t *testing.T) {
	w := newWorld(t, 120, nil)
	w.defineRole()
	if err := w.s.EditAsUser("101", 7, map[string]string{"job_role": "sales"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path  string
		has   []string
		lacks string
	}{
		{"/contacts", []string{"120 contacts", "1–50 of 120", "Next", "Ada0 Lovelace", "User 7"}, "Previous"},
		{"/contacts?page=3", []string{"101–120 of 120", "Previous"}, "Next"},
		{"/contacts?q=vp+mktg", []string{"of 24"}, "Head of Sales"},
		{"/contacts?role=sales", []string{"1–1 of 1", "Ada0"}, "Ada1 "},
		{"/contacts?role=-&q=ada1%40", []string{"1–1 of 1"}, "Ada0 "},
		{"/contacts?q=nobody", []string{"No contact matches"}, "Ada0"},
		{"/contacts?page=99", []string{"No contact matches"}, ""},
		{"/contacts?live=1", []string{`http-equiv="refresh"`, "Stop refreshing"}, ""},
		{"/contacts/101", []string{"Head of Sales", "CRM_UI userId:7", "Record 101", "Privacy delete"}, ""},
	} {
		status, body, h := w.browse(c.path, nil)
		if status != 200 {
			t.Errorf("%s: status %d", c.path, status)
		}
		for _, word := range c.has {
			if !strings.Contains(body, word) {
				t.Errorf("%s lacks %q", c.path, word)
			}
		}
		if c.lacks != "" && strings.Contains(body, c.lacks) {
			t.Errorf("%s has %q", c.path, c.lacks)
		}
		if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || strings.Contains(body, "<script") || strings.Contains(body, "http://") {
			t.Errorf("%s may load from outside", c.path)
		}
	}
	if status, body, _ := w.browse("/contacts/7", nil); status != 404 || !strings.Contains(body, "no contact with record id 7") {
		t.Errorf("missing contact: %d", status)
	}
}

func TestPersonEditsAContact(t *testing.T) {
	w := newWorld(t, 3, nil)
	w.defineRole()
	status, body, _ := w.browse("/contacts/101", url.Values{"title": {"Head of Sales"}, "was_title": {"Head of Sales"}, "role": {"legal"}, "was_role": {""}})
	if status != 200 || !strings.Contains(body, "Saved.") {
		t.Fatalf("status %d", status)
	}
	h := w.s.History("101", "job_role")
	if len(h) != 1 || h[0].Value != "legal" || h[0].Source.Type != "CRM_UI" || h[0].Source.ID != "userId:28604240" {
		t.Errorf("%+v", h)
	}
	if n := len(w.s.History("101", "jobtitle")); n != 1 {
		t.Errorf("the untouched title has %d versions", n)
	}
	if status, body, _ := w.browse("/contacts/101", url.Values{"role": {"chef"}, "was_role": {"legal"}}); status != 422 || !strings.Contains(body, "not one of the allowed options") {
		t.Errorf("bad option: %d", status)
	}
	if _, body, _ := w.browse("/contacts/101/merge", url.Values{"other": {"151"}}); !strings.Contains(body, "Merged.") {
		t.Error("merge failed")
	}
	if _, body, _ := w.browse("/contacts/151", nil); !strings.Contains(body, "Record 101") {
		t.Error("the old id does not lead to the survivor")
	}
	if _, body, _ := w.browse("/contacts/201/archive", url.Values{}); !strings.Contains(body, "Restore") {
		t.Error("archive failed")
	}
	if _, body, _ := w.browse("/contacts/201/restore", url.Values{}); !strings.Contains(body, "Restored.") {
		t.Error("restore failed")
	}
	w.browse("/contacts/201/privacy-delete", url.Values{})
	if _, ok := w.s.Record("201"); !ok {
		t.Error("deleted without being sure")
	}
	w.browse("/contacts/201/privacy-delete", url.Values{"sure": {"yes"}})
	if _, ok := w.s.Record("201"); ok {
		t.Error("privacy delete left the record")
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	w := newWorld(t, 1, nil)
	for _, h := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		if status, _, _ := w.browse("/contacts/101/archive", url.Values{}, h...); status != 403 {
			t.Errorf("%v: status %d, want 403", h, status)
		}
		if status, _, _ := w.browse("/admin/people", url.Values{}, h...); status != 403 {
			t.Errorf("admin %v: status %d, want 403", h, status)
		}
	}
	if w.s.Len() != 1 {
		t.Error("another site archived a contact")
	}
}

func TestTitleIsShownAsText(t *testing.T) {
	w := newWorld(t, 1, nil)
	if err := w.s.EditAsUser("101", 1, map[string]string{"jobtitle": `<script>alert("x")</script>`}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"/contacts", "/contacts/101"} {
		if _, body, _ := w.browse(p, nil); strings.Contains(body, "<script") {
			t.Errorf("%s runs a title", p)
		}
	}
}
