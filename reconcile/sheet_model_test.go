package reconcile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/sandbox/gsheet"
	"rolecall/workbook"
)

// oddTitles are those that nobody but a person can label.
func oddTitles() []string {
	var out []string
	for i := range 9 {
		out = append(out, fmt.Sprintf("Gardener %c", 'A'+i))
	}
	return out
}

// team is people at the sheet, and what they have decided.
type team struct {
	*estate
	rand    *rand.Rand
	decided map[string][label.AxisCount]string // title -> the value that its contacts must have, "" where nobody has said
	checked int
	log     []string
}

func newTeam(t *testing.T, seed uint64) *team {
	titles := oddTitles()
	e := newEstate(t, people(append(titles, titles[:4]...)...), nil)
	m := &team{estate: e, rand: rand.New(rand.NewPCG(seed, 3)), decided: map[string][label.AxisCount]string{}}
	e.must(e.runs())
	return m
}

func (m *team) note(format string, args ...any) { m.log = append(m.log, fmt.Sprintf(format, args...)) }

// choice is a label's name, as in the dropdown, and its value.
func (m *team) choice(a label.Axis) (name, value string) {
	choices := [label.AxisCount][][2]string{{{"Sales", "sales"}, {"Marketing", "marketing"}, {"Engineering", "engineering"}}, {{"VP", "vp"}, {"Manager", "manager"}, {"Senior", "senior"}}}[a]
	c := choices[m.rand.IntN(len(choices))]
	return c[0], c[1]
}

func (m *team) decides(title string, a label.Axis, value string) {
	d := m.decided[title]
	d[a] = value
	m.decided[title] = d
}

// rowsOf are the rows of a tab that have an ID: their numbers in the sheet and their cells by key.
func (m *team) rowsOf(tab workbook.Tab) (numbers []int, cells []map[string]string) {
	layout, _ := workbook.LayoutOf(tab)
	header, rows := m.table(tab)
	for i, line := range rows {
		if line[column(m.t, tab, header, layout.IDColumn().Key)] == "" {
			continue
		}
		row := map[string]string{}
		for _, c := range layout.Columns {
			row[c.Key] = line[slices.Index(header, c.Header)]
		}
		numbers, cells = append(numbers, i+2), append(cells, row)
	}
	return numbers, cells
}

func (m *team) do(e gsheet.Edit) {
	m.t.Helper()
	e.Spreadsheet = m.id
	m.must(m.google.Do(e))
}

// step is one thing that somebody does, or a look or a run of rolecall, or its end and a new start.
func (m *team) step() {
	m.clock.pass(time.Duration(1+m.rand.IntN(20)) * time.Second)
	switch m.rand.IntN(14) {
	case 0, 1, 2:
		m.answer()
	case 3:
		m.fillDown()
	case 4:
		m.sort(workbook.Review, "title")
	case 5:
		m.sort(workbook.Corrections, "title")
	case 6:
		m.deleteQuestion()
	case 7, 8:
		m.retype()
	case 9:
		m.untick()
	case 10:
		m.paste()
	case 11:
		m.partialSort()
	case 12:
		m.must(m.store.Close())
		m.open()
		m.note("restart")
	case 13:
		m.note("run")
		m.must(m.runs())
	}
	if m.rand.IntN(2) == 0 {
		m.note("turn")
		m.must(m.turn())
	}
}

// answer picks a role, a seniority or both for an open question, or changes an answer given before.
func (m *team) answer() {
	numbers, cells := m.rowsOf(workbook.Review)
	if len(numbers) == 0 {
		return
	}
	i := m.rand.IntN(len(numbers))
	if cells[i]["status"] == "CLOSED" {
		return
	}
	for _, a := range label.Axes() {
		if m.rand.IntN(3) == 0 {
			continue
		}
		name, value := m.choice(a)
		m.types(workbook.Review, numbers[i], "correct_"+a.String(), name)
		if cells[i]["correct_"+a.String()] != name {
			m.says(workbook.Review, cells[i], a, value)
		}
	}
}

// says notes what somebody decided. An answer that is set and set back between two looks is not seen, and stands as it was.
func (m *team) says(tab workbook.Tab, cells map[string]string, a label.Axis, value string) {
	m.note("%s %s: %s is %s", tab, cells["title"], a, value)
	m.decides(cells["title"], a, value)
	m.settle() // what somebody wrote is looked at before somebody else says otherwise
}

// settle is three looks: an answer counts when it has stood for one more.
func (m *team) settle() {
	for range 3 {
		m.must(m.turn())
	}
}

// fillDown answers several questions with one role.
func (m *team) fillDown() {
	numbers, cells := m.rowsOf(workbook.Review)
	if len(numbers) < 3 {
		return
	}
	i := m.rand.IntN(len(numbers) - 2)
	for k := range 3 {
		if numbers[i+k] != numbers[i]+k || cells[i+k]["status"] == "CLOSED" {
			return
		}
	}
	name, value := m.choice(label.Role)
	at := letter(column(m.t, workbook.Review, m.header(workbook.Review), "correct_role"))
	m.types(workbook.Review, numbers[i], "correct_role", name)
	m.do(gsheet.Edit{Tab: "Review", Kind: "fill-down", Range: fmt.Sprintf("%s%d:%s%d", at, numbers[i], at, numbers[i]+2)})
	for k := range 3 {
		if cells[i+k]["correct_role"] != name {
			m.note("fill-down %s: %s", cells[i+k]["title"], value)
			m.decides(cells[i+k]["title"], label.Role, value)
		}
	}
	m.settle()
}

func (m *team) header(tab workbook.Tab) []string { h, _ := m.table(tab); return h }

// sort sorts whole rows.
func (m *team) sort(tab workbook.Tab, key string) {
	header, rows := m.table(tab)
	m.note("sort %s", tab)
	m.do(gsheet.Edit{Tab: string(tab), Kind: "sort", Range: fmt.Sprintf("A2:%s%d", letter(len(header)-1), len(rows)+1), Column: letter(column(m.t, tab, header, key)), Descending: m.rand.IntN(2) == 0})
}

// partialSort sorts people's columns of Review and leaves the IDs behind, looks away for a moment, and undoes it.
func (m *team) partialSort() {
	header, rows := m.table(workbook.Review)
	from, to := column(m.t, workbook.Review, header, "decision"), column(m.t, workbook.Review, header, "reviewer_note")
	var before [][]any
	for _, row := range rows {
		var line []any
		for _, text := range row[from : to+1] {
			line = append(line, text)
		}
		before = append(before, line)
	}
	if len(before) == 0 {
		return
	}
	m.note("partial sort, undone")
	m.do(gsheet.Edit{Tab: "Review", Kind: "sort", Range: fmt.Sprintf("%s2:%s%d", letter(from), letter(to), len(rows)+1), Column: letter(column(m.t, workbook.Review, header, "correct_role"))})
	m.must(m.Poll(context.Background()))
	m.do(gsheet.Edit{Tab: "Review", Kind: "paste", Range: fmt.Sprintf("%s2", letter(from)), Values: before})
	m.settle()
}

// deleteQuestion deletes the row of a question that nobody has answered.
func (m *team) deleteQuestion() {
	numbers, cells := m.rowsOf(workbook.Review)
	for i, row := range cells {
		if row["correct_role"] == "" && row["correct_seniority"] == "" && m.rand.IntN(2) == 0 {
			m.note("delete the question %s", row["title"])
			m.do(gsheet.Edit{Tab: "Review", Kind: "delete-rows", Range: fmt.Sprintf("%d:%d", numbers[i], numbers[i])})
			return
		}
	}
}

// inForce picks a row of Corrections that is in force.
func (m *team) inForce() (row int, cells map[string]string) {
	kept, err := m.store.Corrections(context.Background())
	m.must(err)
	if len(kept) == 0 {
		return 0, nil
	}
	return m.where(workbook.Corrections, "correction_id", kept[m.rand.IntN(len(kept))].ID)
}

// retype changes a label of a correction in its row.
func (m *team) retype() {
	row, cells := m.inForce()
	if row == 0 {
		return
	}
	a := label.Axis(m.rand.IntN(label.AxisCount))
	name, value := m.choice(a)
	if cells[a.String()] == name {
		return
	}
	m.types(workbook.Corrections, row, a.String(), name)
	m.says(workbook.Corrections, cells, a, value)
}

// untick undoes a correction.
func (m *team) untick() {
	row, cells := m.inForce()
	if row == 0 || m.rand.IntN(2) == 0 {
		return
	}
	m.note("untick %s", cells["title"])
	m.do(gsheet.Edit{Tab: "Corrections", Kind: "untick", Range: fmt.Sprintf("%s%d", letter(column(m.t, workbook.Corrections, m.header(workbook.Corrections), "active")), row)})
	delete(m.decided, cells["title"])
	m.settle()
}

// paste adds a block of corrections below the others.
func (m *team) paste() {
	header := m.header(workbook.Corrections)
	from, role := column(m.t, workbook.Corrections, header, "title"), column(m.t, workbook.Corrections, header, "role")
	if role != from+1 {
		m.t.Fatalf("role does not stand beside title: %v", header)
	}
	titles := oddTitles()
	first := m.rand.IntN(len(titles) - 1)
	var block [][]any
	for _, title := range titles[first : first+2] {
		name, value := m.choice(label.Role)
		block = append(block, []any{title, name})
		m.note("paste %s: %s", title, value)
		m.decides(title, label.Role, value)
	}
	m.do(gsheet.Edit{Tab: "Corrections", Kind: "paste", Range: fmt.Sprintf("%s%d", letter(from), m.below(workbook.Corrections)), Values: block})
	m.settle()
}

// rest lets everything come to rest and checks what must hold then.
func (m *team) rest() {
	m.t.Helper()
	for range 3 {
		m.must(m.runs())
	}
	m.google.ResetLog()
	rep, err := m.RunOnce(context.Background(), 2)
	m.must(err)
	m.must(m.turn())
	if g := m.google.Stats(); rep.Outcome != plan.Nothing || g.Writes != 0 {
		m.fail("at rest a run was %s and wrote %d times: %v", rep.Outcome, g.Writes, g.Kinds)
	}
	m.checkDecisions()
	m.checkReview()
	m.checkCorrections()
}

func (m *team) fail(format string, args ...any) {
	m.t.Helper()
	m.t.Fatalf("%s\nafter %v", fmt.Sprintf(format, args...), m.log)
}

// checkDecisions: every contact has what somebody decided for its title.
func (m *team) checkDecisions() {
	for i, title := range append(oddTitles(), oddTitles()[:4]...) {
		id := strconv.Itoa(101 + i)
		got := m.labels(id)
		for _, a := range label.Axes() {
			if want := m.decided[title][a]; want != "" {
				m.checked++
				if got[a] != want {
					m.fail("%s of contact %s (%s) is %q, want %q", a, id, title, got[a], want)
				}
			}
		}
	}
}

// checkReview: every row shows its own question and its own state.
func (m *team) checkReview() {
	published, err := m.store.PublishedReviews(context.Background())
	m.must(err)
	byID := map[string]label.ReviewRow{}
	for _, row := range published {
		byID[row.ID] = row
	}
	_, cells := m.rowsOf(workbook.Review)
	for _, row := range cells {
		want, ok := byID[row["review_id"]]
		if !ok || row["title"] != want.Title || row["status"] != string(want.State) {
			m.fail("the row %s shows %q, %s; it is %q, %s", row["review_id"], row["title"], row["status"], want.Title, want.State)
		}
		delete(byID, row["review_id"])
	}
	if len(byID) > 0 {
		m.fail("questions without a row: %v", byID)
	}
}

// checkCorrections: every correction in force has one row, and no title has two in force.
func (m *team) checkCorrections() {
	kept, err := m.store.Corrections(context.Background())
	m.must(err)
	_, cells := m.rowsOf(workbook.Corrections)
	rows, titles := map[string]int{}, map[string]int{}
	for _, row := range cells {
		rows[row["correction_id"]]++
	}
	for _, c := range kept {
		titles[c.TitleKey]++
		if rows[c.ID] != 1 || titles[c.TitleKey] != 1 {
			m.fail("correction %s of %q: %d rows, %d of its title in force", c.ID, c.Title, rows[c.ID], titles[c.TitleKey])
		}
	}
}

// TestSheetModel plays random people at all the tabs that they decide in, between looks, runs and restarts. No decision
// may be lost, no correction stand twice, no state on another's row, and what is at rest stays at rest.
// ROLECALL_SHEET_SEQUENCES sets how many sequences; docs/RELIABILITY.md tells of more.
func TestSheetModel(t *testing.T) {
	sequences := 10
	if n, err := strconv.Atoi(os.Getenv("ROLECALL_SHEET_SEQUENCES")); err == nil {
		sequences = n
	}
	const perTeam = 5 // sequences in one sheet, one after the other
	checked := 0
	for seed := range (sequences + perTeam - 1) / perTeam {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			m := newTeam(t, uint64(seed))
			for range min(perTeam, sequences) {
				for range 3 + m.rand.IntN(5) {
					m.step()
				}
				m.rest()
			}
			checked += m.checked
		})
	}
	t.Logf("figure: %d sequences, %d checks of decisions", sequences, checked)
}
