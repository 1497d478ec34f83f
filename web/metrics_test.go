package web_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"rolecall/plan"
)

func TestMetricsAreNamedWellAndCount(t *testing.T) {
	s, metrics := site(t, ordinary(), nil)
	metrics.RunEnded(report(plan.Done, 1, ""))
	metrics.RunEnded(report(plan.Held, 1, ""))
	metrics.SweepFound(4)
	metrics.BackedUp()
	metrics.Call("batch update", 207, time.Second)
	metrics.Event("rate limited")
	w := get(t, s, "GET", "/metrics")
	body, err := io.ReadAll(w.Body)
	if err != nil || w.Code != 200 {
		t.Fatalf("%d %v %s", w.Code, err, body)
	}
	for _, want := range []string{`rolecall_run_total{result="done"} 1`, `rolecall_guard_holds_total 1`, `rolecall_contacts{state="labelled"} 4321`, `rolecall_labels{kind="role",label="sales"} 800`,
		`rolecall_outbox_rows{state="pending"} 3`, `rolecall_review_rows{state="open"} 300`, `rolecall_reconcile_missed_total 4`, `rolecall_api_requests_total{api="hubspot",code="207",op="batch update"} 1`,
		`rolecall_writes_total{result="written"} 14`, `rolecall_build_info{model="model-1",version="v1"} 1`, `rolecall_last_success_timestamp_seconds{stage="backup"}`} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	problems, err := promlint.New(strings.NewReader(string(body))).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "rolecall_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	failing, _ := site(t, &rooms{fail: errors.New("disk full")}, nil)
	if w := get(t, failing, "GET", "/metrics"); w.Code != 500 {
		t.Errorf("a store that cannot be read gives %d", w.Code)
	}
}

func TestEveryOutcomeHasASeriesFromTheStart(t *testing.T) {
	s, _ := site(t, ordinary(), nil)
	body := get(t, s, "GET", "/metrics").Body.String()
	for _, result := range []string{"done", "nothing_to_do", "partial", "held", "failed"} {
		if !strings.Contains(body, `rolecall_run_total{result="`+result+`"} 0`) {
			t.Errorf("no series for %s", result)
		}
	}
}
