package store_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/store"
)

// crashBatch is the number of contacts that the child writes in one round.
const crashBatch = 20

// round does what a run does to crashBatch contacts: mirror, settle, post, send, confirm. Each step is
// one transaction; say is told after each that has been committed.
func round(ctx context.Context, s *store.Store, n int, say func(step string)) error {
	var contacts []label.Contact
	var writes []plan.OutboxRow
	for i := range crashBatch {
		id := n*crashBatch + i + 1
		contacts = append(contacts, contact(id, fmt.Sprintf("Title %d", id), "", t0))
		writes = append(writes, write(int64(n+1), id, fmt.Sprintf("title %d", id), "", "x"))
	}
	if _, err := s.SaveContacts(ctx, contacts); err != nil {
		return err
	}
	say("saved")
	posted, err := s.Post(ctx, writes, t0)
	if err != nil {
		return err
	}
	say("posted")
	if err := s.MarkInFlight(ctx, posted); err != nil {
		return err
	}
	say("sent")
	if err := s.Confirm(ctx, posted, make([]time.Time, len(posted))); err != nil {
		return err
	}
	say("confirmed")
	return nil
}

// writeForever is the child's part: it writes until it is killed, and says what was committed.
func writeForever(path string) int {
	ctx := context.Background()
	s, err := store.Open(ctx, path)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	for n := 0; ; n++ {
		if err := round(ctx, s, n, func(step string) { fmt.Println(n, step) }); err != nil {
			fmt.Println(err)
			return 1
		}
	}
}

// rounds checks that no transaction is half there, and returns how many rounds have reached each step.
func rounds(tb testing.TB, path string) map[string]int {
	tb.Helper()
	db := look(tb, path)
	if got := mustScan[string](tb, db, `PRAGMA integrity_check`); got != "ok" {
		tb.Fatalf("integrity_check = %q", got)
	}
	out := map[string]int{}
	for step, query := range map[string]string{
		"saved":     `SELECT count(*) FROM contact`,
		"posted":    `SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM journal)`,
		"sent":      `SELECT (SELECT count(*) FROM outbox WHERE state = 'inflight') + (SELECT count(*) FROM journal)`,
		"confirmed": `SELECT count(*) FROM journal`,
	} {
		n := mustScan[int](tb, db, query)
		if n%crashBatch != 0 {
			tb.Errorf("%s: %d rows; half a transaction is there", step, n)
		}
		out[step] = n / crashBatch
	}
	bases := mustScan[int](tb, db, `SELECT count(*) FROM base WHERE value = 'x'`)
	labels := mustScan[int](tb, db, `SELECT count(*) FROM contact WHERE role = 'x'`)
	if want := out["confirmed"] * crashBatch; bases != want || labels != want {
		tb.Errorf("%d journal rows, %d bases, %d labels; want them equal", want, bases, labels)
	}
	return out
}

// TestKill: kill -9 at random moments of a loop of writes. What the child said was committed is there,
// what it did not finish is not, and the store opens again at once.
func TestKill(t *testing.T) {
	kills := 40
	if testing.Short() {
		kills = 8
	}
	r := rand.New(rand.NewPCG(11, 12))
	committed := 0
	for kill := range kills {
		path := filepath.Join(t.TempDir(), fmt.Sprintf("%d.db", kill))
		cmd := child(t, "write", path)
		pipe, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		said := map[string]int{}
		// The moment is a random number of committed steps and then a random number of microseconds.
		stop := 1 + r.IntN(60)
		lines := bufio.NewScanner(pipe)
		read := func() bool {
			if !lines.Scan() {
				return false
			}
			_, step, _ := strings.Cut(lines.Text(), " ")
			said[step]++
			return true
		}
		for range stop {
			if !read() {
				t.Fatalf("the child ended by itself: %s", lines.Text())
			}
		}
		<-time.After(time.Duration(r.IntN(3000)) * time.Microsecond)
		must(t, cmd.Process.Kill())
		for read() {
		}
		_ = cmd.Wait()

		s, err := store.Open(context.Background(), path) // recovers the WAL, as the next start does
		must(t, err)
		must(t, s.Check(context.Background()))
		there := rounds(t, path)
		for step, n := range said {
			committed += n
			if there[step] < n || there[step] > n+1 {
				t.Errorf("kill %d: %d rounds were %s, %d are there", kill, n, step, there[step])
			}
		}
		must(t, s.Close())
	}
	t.Logf("figure: %d kills, %d committed transactions, 0 lost, 0 half", kills, committed)
}
