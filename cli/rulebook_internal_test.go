package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rolecall/workbook"
)

// folder is the directory of a workbook as a ControlPlane that is only read.
type folder string

func (f folder) Read(context.Context, ...workbook.Tab) (workbook.Snapshot, error) {
	return workbook.ReadDir(string(f), now())
}

func (f folder) Write(context.Context, workbook.Writes) (workbook.Written, error) {
	return workbook.Written{}, fmt.Errorf("nothing is written here")
}

func TestRowsThatDoNothingAreNamed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "workbook")
	call(t, "", []string{"workbook", "default", dir}).want(t, exitOK)
	add := func(file, lines string) {
		t.Helper()
		f, err := os.OpenFile(filepath.Join(dir, file), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(lines); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	explain := func() called { return call(t, "", []string{"explain", "VP of Sales", "--workbook", dir}) }
	if got := explain(); got.err != "" {
		t.Errorf("the default workbook has something to mend: %s", got.err)
	}
	add("roles.csv", "RO-90,管理,TRUE,FALSE,,,\nRO-91,Odd Jobs,TRUE,TRUE,odd_jobs,,\nRO-92,Other Jobs,TRUE,TRUE,other_jobs,,\n")
	add("examples.csv", "E-9001,Keeper of Bees,管理,,en\nE-9002,Keeper of Owls,Sales,,en\nE-9003,Keeper of Owls,Sales,,en\n")
	wrong := []string{
		`ERROR: role "管理" is not on the Roles tab`,
		"WAITING: type a HubSpot value",
		"WARN: Fallback is ticked on row",
	}
	got := explain()
	got.want(t, exitOK, wrong...)
	for i := range wrong[1:] {
		if strings.Index(got.err, wrong[i]) > strings.Index(got.err, wrong[i+1]) {
			t.Errorf("the worst does not come first:\n%s", got.err)
		}
	}
	if strings.Contains(got.err, "Owls") || strings.Contains(got.err, "the same title") {
		t.Errorf("a title that stands twice is told: %s", got.err)
	}

	// check says the same, and only the error is a fault.
	var out bytes.Buffer
	faults := 0
	if _, ok := checkSheet(t.Context(), &out, &app{sheet: folder(dir)}, func(string, string) { faults++ }); !ok || faults != 1 {
		t.Errorf("check: %v, %d faults", ok, faults)
	}
	for _, text := range wrong[1:] {
		if !strings.Contains(out.String(), "warning  sheet, Roles, row ") || !strings.Contains(out.String(), text) {
			t.Errorf("check does not say %q:\n%s", text, out.String())
		}
	}

	// Errors are not crowded out.
	add("rules.csv", strings.Repeat(",TRUE,,whole word,keeper of bees,,Sales,,,\n", 2*rowsShown))
	got = explain()
	got.want(t, exitOK, wrong[0], "more rows are to be mended")
	if n := strings.Count(got.err, ", row "); n != rowsShown {
		t.Errorf("%d rows are listed", n)
	}
}
