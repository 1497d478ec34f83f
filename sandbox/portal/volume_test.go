package portal_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"rolecall/sandbox/portal"
	"rolecall/sandbox/sample"
)

// discard is a ResponseWriter that keeps nothing but the status.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(s int)           { d.status = s }

func serve(b testing.TB, s *portal.Server, method, path, body string) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer x")
	w := &discard{header: http.Header{}}
	s.ServeHTTP(w, r)
	if w.status != 200 {
		b.Fatalf("%s %s: status %d", method, path, w.status)
	}
}

func filled(b testing.TB, n int) *portal.Server {
	s := portal.New(portal.Options{})
	if _, err := s.Add(sample.Contacts(1, n)); err != nil {
		b.Fatal(err)
	}
	return s
}

// contactsOf says how many contacts the benchmarks use: ROLECALL_CONTACTS, or 200,000.
func contactsOf(b testing.TB) int {
	if text := os.Getenv("ROLECALL_CONTACTS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	return 200_000
}

func BenchmarkListPage(b *testing.B) {
	n := contactsOf(b)
	s := filled(b, n)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		serve(b, s, "GET", fmt.Sprintf("/crm/objects/2026-09/contacts?limit=100&properties=jobtitle,hs_role,hs_seniority&after=%d", 101+50*(i*100%n)), "")
	}
}

func BenchmarkSearchByChange(b *testing.B) {
	s := filled(b, contactsOf(b))
	now := time.Now().UnixMilli()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		serve(b, s, "POST", "/crm/objects/2026-09/contacts/search", fmt.Sprintf(
			`{"filterGroups":[{"filters":[{"propertyName":"lastmodifieddate","operator":"GTE","value":"%d"}]}],"sorts":["lastmodifieddate"],"properties":["jobtitle"],"limit":200,"after":"%d"}`,
			now-int64(i%1000)*86_400_000, i%50*196))
	}
}

// A month-end window of one timestamp, read by id: the hardest page of a keyset.
func BenchmarkSearchOneTimestampByID(b *testing.B) {
	n := contactsOf(b)
	s := filled(b, n)
	s.MonthEndTouch(1)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		serve(b, s, "POST", "/crm/objects/2026-09/contacts/search", fmt.Sprintf(
			`{"filterGroups":[{"filters":[{"propertyName":"lastmodifieddate","operator":"GT","value":"%d"},{"propertyName":"hs_object_id","operator":"GT","value":"%d"}]}],"sorts":["hs_object_id"],"properties":["jobtitle"],"limit":200}`,
			time.Now().Add(-time.Hour).UnixMilli(), 101+50*(i*200%n)))
	}
}

func BenchmarkBatchUpdate(b *testing.B) {
	n := contactsOf(b)
	s := filled(b, n)
	rng := rand.New(rand.NewPCG(1, 2))
	b.ReportAllocs()
	for b.Loop() {
		var rows []string
		first := rng.IntN(n - 100)
		for k := range 100 {
			rows = append(rows, fmt.Sprintf(`{"id":"%d","properties":{"hs_seniority":"%s","city":"%d"}}`, 101+50*(first+k), []string{"vp", "entry"}[rng.IntN(2)], rng.IntN(9)))
		}
		serve(b, s, "POST", "/crm/objects/2026-09/contacts/batch/update", `{"inputs":[`+strings.Join(rows, ",")+`]}`)
	}
}

func BenchmarkBatchReadWithHistory(b *testing.B) {
	n := contactsOf(b)
	s := filled(b, n)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		var rows []string
		for k := range 50 {
			rows = append(rows, fmt.Sprintf(`{"id":"%d"}`, 101+50*((i*50+k)%n)))
		}
		serve(b, s, "POST", "/crm/objects/2026-09/contacts/batch/read", `{"properties":["jobtitle"],"propertiesWithHistory":["hs_role","hs_seniority"],"inputs":[`+strings.Join(rows, ",")+`]}`)
	}
}

// BenchmarkMemory reports what a contact costs at rest, and after both labels
// were written to it once.
func BenchmarkMemory(b *testing.B) {
	n := contactsOf(b)
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	for b.Loop() {
		before := heap()
		s := portal.New(portal.Options{WriteLog: -1})
		if _, err := s.Add(sample.Contacts(1, n)); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric((heap()-before)/float64(n), "B/contact")
		for i := 0; i < n; i += 100 {
			var rows []string
			for k := i; k < min(i+100, n); k++ {
				rows = append(rows, fmt.Sprintf(`{"id":"%d","properties":{"hs_seniority":"vp","hs_role":"sales"}}`, 101+50*k))
			}
			serve(b, s, "POST", "/crm/objects/2026-09/contacts/batch/update", `{"inputs":[`+strings.Join(rows, ",")+`]}`)
		}
		b.ReportMetric((heap()-before)/float64(n), "B/labelled")
		runtime.KeepAlive(s)
	}
}

func BenchmarkSave(b *testing.B) {
	s := filled(b, contactsOf(b))
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Save(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
