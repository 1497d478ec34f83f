package title_test

import (
	"os"
	"strings"
	"testing"

	"rolecall/title"
)

// Every row of the tables must do what it says, and say it once.
func TestTablesHold(t *testing.T) {
	for _, file := range []string{"abbreviations.txt", "gender.txt"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for line := range strings.SplitSeq(string(text), "\n") {
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			left, right, ok := strings.Cut(line, " = ")
			if !ok {
				t.Errorf("%s: %q has no =", file, line)
			}
			want := title.Normalize("x " + right + " x")
			if strings.ContainsAny(line, "@|/()") {
				t.Errorf("%s: a separator in %q", file, line)
			}
			for short := range strings.SplitSeq(left, ", ") {
				if seen[short] {
					t.Errorf("%s: %q stands twice", file, short)
				}
				seen[short] = true
				if got := title.Normalize("x " + short + " x"); got != want {
					t.Errorf("%s: %q becomes %q, its right side %q", file, short, got, want)
				}
			}
		}
	}
}
