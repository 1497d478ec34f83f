package reconcile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"rolecall/classifier"
	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/plan"
	"rolecall/reconcile"
	"rolecall/sandbox/portal"
	"rolecall/sandbox/sample"
	"rolecall/store"
	"rolecall/workbook"
)

// inProcess answers requests without a socket, so that ten thousand sequences take minutes.
type inProcess struct{ handler http.Handler }

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	var died any
	func() {
		defer func() { died = recover() }() // http.ErrAbortHandler: the connection broke
		t.handler.ServeHTTP(w, r)
	}()
	if died != nil {
		return nil, fmt.Errorf("connection reset by peer")
	}
	return w.Result(), nil
}

// byTable labels titles by a table: the model test is about the cycle, not about titles.
type byTable struct {
	table map[string][label.AxisCount]label.Value
	book  label.Rulebook
}

func (f *byTable) Labeller(_ context.Context, book label.Rulebook, _ bool) (reconcile.Labeller, error) {
	return &byTable{f.table, book}, nil
}
func (f *byTable) ModelID() string                                  { return "table" }
func (f *byTable) Quality() (q [label.AxisCount]classifier.Quality) { return q }
func (f *byTable) Explain(context.Context, string) (e classifier.Explanation, err error) {
	return e, nil
}
func (f *byTable) Evidence(ctx context.Context, title string) (label.Decision, error) {
	d, err := f.Classify(ctx, []string{title})
	return d[0], err
}

func (f *byTable) Classify(_ context.Context, titles []string) ([]label.Decision, error) {
	out := make([]label.Decision, len(titles))
	for i, t := range titles {
		for _, a := range label.Axes() {
			out[i].Findings[a] = label.Finding{Method: label.ByAbstaining}
			if v := f.table[t][a]; v != "" {
				out[i].Findings[a] = label.Finding{Value: v, Accepted: true, Method: label.ByNeighbors, Confidence: 0.97}
			}
			for _, c := range f.book.Corrections {
				if c.Active && c.Scope == label.ScopeTitle && c.Title == t && c.Labels[a].Given {
					out[i].Findings[a] = label.Finding{Value: c.Labels[a].Value, Accepted: true, Method: label.ByCorrection, Confidence: 1, RuleID: c.ID}
				}
			}
		}
	}
	return out, nil
}

var modelTitles = map[string][label.AxisCount]label.Value{
	"Software Engineer": {"engineering", "professional"},
	"Head of Sales":     {"sales", "director"},
	"VP Marketing":      {"marketing", "vp"},
	"Gardener":          {},
	"Sales Wizard":      {"sales", ""},
}

// world is one model test: a portal, a rolecall, and what people have said.
type world struct {
	*house
	t     *testing.T
	rand  *rand.Rand
	path  string
	users map[plan.Key]string // what a person chose in HubSpot and nothing since may overrule
	seen  map[plan.Key]string // what the portal showed at the last run that went through
	kept  int                 // people's edits checked
	said  int                 // contacts of which it was checked what is said beside the labels
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{t: t, rand: rand.New(rand.NewPCG(seed, 1)), users: map[plan.Key]string{}, seen: map[plan.Key]string{}, path: filepath.Join(t.TempDir(), "rolecall.db")}
	w.house = &house{sheet: newGrid(t), clock: &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}}
	w.sheet.tables[workbook.Examples] = nil
	w.sheet.tables[workbook.Rules] = nil
	w.portal = portal.New(portal.Options{Now: w.clock.Now, Rand: rand.New(rand.NewPCG(seed, 2))})
	var titles []string
	for range 24 {
		titles = append(titles, w.title())
	}
	if _, err := w.portal.Add(func(yield func(sample.Contact) bool) {
		for _, c := range people(titles...) {
			if !yield(c) {
				return
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	w.sheet.person(t, workbook.Settings, "id", "S-01", map[string]workbook.Cell{"value": "apply"})
	w.open()
	if err := w.store.SaveSetting(context.Background(), "backfill_approved", "yes"); err != nil {
		t.Fatal(err)
	}
	return w
}

// open starts a process on the store that is there.
func (w *world) open() {
	var err error
	if w.store, err = store.Open(context.Background(), w.path); err != nil {
		w.t.Fatal(err)
	}
	limits := hubspot.DefaultLimits()
	limits.Tries, limits.Waits = 2, 3
	w.crm, err = hubspot.New(hubspot.Options{BaseURL: "http://127.0.0.1:1", Auth: hubspot.Static(hubspot.NewSecret("demo")), HTTP: &http.Client{Transport: inProcess{w.portal}}, Now: w.clock.Now,
		Sleep: func(_ context.Context, d time.Duration) error { w.clock.pass(d); return nil }, Limits: limits, Log: zerolog.Nop(),
		Journal: func(id label.ContactID, a label.Axis) (label.Value, time.Time, bool) {
			v, at, ok, err := w.store.LastWrite(context.Background(), id, a)
			return v, at, ok && err == nil
		}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Reconciler = reconcile.New(reconcile.Options{Sheet: w.sheet, CRM: w.crm, State: w.store, Now: w.clock.Now, Log: zerolog.Nop(), Fitter: &byTable{table: modelTitles}, Chunk: 7})
}

// restart ends the process, as a crash does between two statements, and starts another.
func (w *world) restart() {
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.open()
}

func (w *world) title() string {
	names := []string{"Software Engineer", "Head of Sales", "VP Marketing", "Gardener", "Sales Wizard"}
	return names[w.rand.IntN(len(names))]
}

// trace tells of the one contact that ROLECALL_TRACE names.
func (w *world) trace(format string, args ...any) {
	w.t.Helper()
	if id := os.Getenv("ROLECALL_TRACE"); id != "" && strings.Contains(fmt.Sprintf(format, args...), id) {
		w.t.Logf("%s "+format, append([]any{w.clock.Now().Format("02 15:04:05")}, args...)...)
	}
}

// traceRun tells what the traced contact looks like after a run.
func (w *world) traceRun(rep plan.Report, err error) {
	id := os.Getenv("ROLECALL_TRACE")
	if id == "" {
		return
	}
	rec, _ := w.portal.Record(id)
	rows, _ := w.store.PlanRows(context.Background(), "", "", 1000)
	w.trace("%s after %s %v: %v / %v; %v", id, rep.RunID, err, rec.Properties["jobtitle"], [2]string{rec.Properties["job_role"], rec.Properties["job_seniority"]}, rep.Planned)
	for _, r := range rows {
		if string(r.ContactID) == id {
			w.trace("%s dirty: %+v", id, r)
		}
	}
	questions, _ := w.store.Questions(context.Background())
	w.trace("%s questions: %+v", id, questions)
}

// contact picks a contact that is there.
func (w *world) contact() string {
	for {
		rec, ok := w.portal.Record(strconv.Itoa(101 + w.rand.IntN(24)))
		if ok && rec.State == "live" {
			return rec.ID
		}
	}
}

// shows is what the portal shows of a contact's property now.
func (w *world) shows(id, property string) string {
	rec, _ := w.portal.Record(id)
	return rec.Properties[property]
}

func (w *world) value(a label.Axis) string {
	return [label.AxisCount][]string{{"engineering", "sales", "marketing", "product"}, {"vp", "director", "manager", "senior"}}[a][w.rand.IntN(4)]
}

// step does one random thing that people, programs or fate do.
func (w *world) step() {
	a := label.Axis(w.rand.IntN(label.AxisCount))
	property := "job_" + a.String()
	id := w.contact()
	key := plan.Key{ContactID: label.ContactID(id), Axis: a}
	w.clock.pass(time.Duration(1+w.rand.IntN(600)) * time.Second)
	what := w.rand.IntN(12)
	w.trace("step %d on %s %s (shows %q)", what, id, property, w.shows(id, property))
	switch what {
	case 0, 1, 2:
		v := w.value(a)
		if w.shows(id, property) == v {
			return // choosing what is there already leaves no trace in HubSpot: no edit
		}
		if w.portal.EditAsUser(id, 7, map[string]string{property: v}) == nil {
			w.users[key] = v
			if w.seen[key] == v {
				delete(w.users, key) // changed and changed back between two readings: no reading can tell
			}
		}
	case 3:
		if w.portal.ImportEdit(id, map[string]string{property: w.value(a)}) == nil {
			delete(w.users, key)
		}
	case 4:
		if w.portal.WorkflowEdit(id, map[string]string{property: w.value(a)}) == nil {
			delete(w.users, key)
		}
	case 5:
		if w.portal.EditAsUser(id, 7, map[string]string{"jobtitle": w.title()}) == nil {
			w.forget(id)
		}
	case 6:
		if w.portal.Clear(id, 7, property) == nil {
			delete(w.users, key)
		}
	case 7:
		other := w.contact()
		if other != id && w.rand.IntN(4) == 0 {
			if _, err := w.portal.Merge(id, other); err == nil {
				w.forget(id)
				w.forget(other)
			}
		}
	case 8:
		w.portal.SetIndexLag(time.Duration(w.rand.IntN(120))*time.Second, 30*time.Second)
	case 9:
		kinds := []portal.Fault{
			{Match: "batch/update", Kind: "apply-then-lose", Times: 1}, {Match: "batch/update", Kind: "lose-before", Times: 1},
			{Match: ".*", Kind: "status", Status: 503, Times: 2}, {Match: ".*", Kind: "truncate", Times: 1}, {Match: ".*", Kind: "html", Times: 1, Status: 502},
		}
		f := kinds[w.rand.IntN(len(kinds))]
		f.After = w.rand.IntN(4)
		if err := w.portal.AddFault(f); err != nil {
			w.t.Fatal(err)
		}
	case 10:
		w.restart()
	case 11:
		w.answerReview()
	}
}

// forget ends what is known of a contact's labels: its title changed, or it became another's.
func (w *world) forget(id string) {
	for _, a := range label.Axes() {
		delete(w.users, plan.Key{ContactID: label.ContactID(id), Axis: a})
	}
}

// answerReview decides a random open row. A person's later word about the title may overrule edits of contacts with it.
func (w *world) answerReview() {
	rows := w.sheet.rows(workbook.Review)
	if len(rows) == 0 {
		return
	}
	row := rows[w.rand.IntN(len(rows))]
	cells := map[string]workbook.Cell{"correct_role": []string{"Sales", "Marketing", "Engineering"}[w.rand.IntN(3)]}
	if w.rand.IntN(2) == 0 {
		cells = map[string]workbook.Cell{"correct_seniority": []string{"VP", "Manager"}[w.rand.IntN(2)]}
	}
	w.sheet.person(w.t, workbook.Review, "id", row.ID, cells)
	title := workbook.TextOf(row.Cells["title"])
	w.trace("answer for %s: %v (contact %s)", title, cells, os.Getenv("ROLECALL_TRACE"))
	w.portal.Records(func(r portal.Record) bool {
		if r.Properties["jobtitle"] == title {
			defer w.forget(r.ID)
		}
		return true
	})
}

// run does a run that may fail, and checks that it wrote nothing twice with differing values.
func (w *world) tryRun() {
	w.portal.ResetStats()
	w.clock.pass(time.Duration(1+w.rand.IntN(1800)) * time.Second)
	rep, err := w.RunOnce(context.Background(), reconcile.Apply)
	w.traceRun(rep, err)
	if err == nil { // a fault may fail it; the next one heals
		w.look()
	}
	w.checkWrites()
}

// look notes what the portal shows.
func (w *world) look() {
	w.portal.Records(func(r portal.Record) bool {
		for _, a := range label.Axes() {
			w.seen[plan.Key{ContactID: label.ContactID(r.ID), Axis: a}] = r.Properties["job_"+a.String()]
		}
		return true
	})
}

func (w *world) checkWrites() {
	seen := map[[2]string]string{}
	for _, x := range w.portal.Stats(true, "").Writes {
		k := [2]string{x.Contact, x.Property}
		if was, ok := seen[k]; ok && was != x.Value && (x.Property == "job_role" || x.Property == "job_seniority") {
			w.t.Fatalf("contact %s: %s written as %s and as %s in one run", x.Contact, x.Property, was, x.Value)
		}
		seen[k] = x.Value
	}
}

// quiet lets everything come to rest and checks what must hold then.
func (w *world) quiet() {
	ctx := context.Background()
	w.portal.ClearFaults()
	w.portal.SetIndexLag(0, 0)
	for i := range 4 {
		w.clock.pass(30 * time.Minute)
		w.portal.ResetStats()
		rep, err := w.RunOnce(ctx, reconcile.Apply)
		w.traceRun(rep, err)
		if err != nil {
			w.t.Fatalf("quiet run %d: %v", i, err)
		}
		if rep.Outcome == plan.Held {
			w.t.Fatalf("quiet run %d held: %s", i, rep.Message)
		}
		w.checkWrites()
		w.look()
	}
	if n := w.portal.Stats(false, "").Values; n != 0 {
		w.t.Fatalf("the last quiet run wrote %d values", n)
	}
	var ids []label.ContactID
	w.portal.Records(func(r portal.Record) bool {
		if r.State == "live" {
			ids = append(ids, label.ContactID(r.ID))
		}
		return true
	})
	if err := w.store.MarkDirty(ctx, ids); err != nil {
		w.t.Fatal(err)
	}
	rep, err := w.RunOnce(ctx, reconcile.Preview)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, v := range []plan.Verb{plan.Push, plan.Pull, plan.Adopt, plan.Attribute} {
		if n := rep.Planned[v.String()]; n != 0 {
			w.t.Fatalf("after quiet the merge still says %s for %d labels: %+v", v, n, rep.Groups)
		}
	}
	w.checkBeside(ids)
	for key, want := range w.users {
		rec, ok := w.portal.Record(string(key.ContactID))
		if !ok || rec.State != "live" {
			continue
		}
		w.kept++
		if got := rec.Properties["job_"+key.Axis.String()]; got != want {
			w.t.Fatalf("a person set %s of contact %s to %s, now it is %q; history %+v", key.Axis, key.ContactID, want, got, w.portal.History(string(key.ContactID), "job_"+key.Axis.String()))
		}
	}
}

// TestModel plays random sequences of runs, people's edits, imports, merges, lag, faults and restarts.
// After each sequence both sides must be what the merge table demands, and no person's edit may be lost.
// ROLECALL_SEQUENCES sets how many; docs/RELIABILITY.md tells of 10,000.
func TestModel(t *testing.T) {
	sequences := 60
	if n, err := strconv.Atoi(os.Getenv("ROLECALL_SEQUENCES")); err == nil {
		sequences = n
	}
	const perWorld = 25 // sequences in one portal, one after the other
	kept, said := 0, 0
	for seed := range (sequences + perWorld - 1) / perWorld {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			w := newWorld(t, uint64(seed))
			w.tryRun()
			for range min(perWorld, sequences) {
				for range 3 + w.rand.IntN(6) {
					w.step()
					if w.rand.IntN(3) == 0 {
						w.tryRun()
					}
				}
				w.quiet()
			}
			kept, said = kept+w.kept, said+w.said
			if err := w.store.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
	t.Logf("figure: %d sequences, %d checks of people's edits, %d of what is said beside labels", sequences, kept, said)
	if kept == 0 || said == 0 {
		t.Error("no person's edit was ever checked")
	}
}
