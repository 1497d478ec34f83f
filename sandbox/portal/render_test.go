package portal

import (
	"encoding/json"
	"testing"
	"time"
)

func TestTimesAreWrittenAsTheStandardLibraryWould(t *testing.T) {
	for _, ms := range []int64{0, 1, -1, 999, 1000, 1764061200000, 1764061200120, 951782400007, 253402300799999, -62167219200000, 1 << 60} {
		layout := "2006-01-02T15:04:05.000Z"
		if ms%1000 == 0 {
			layout = "2006-01-02T15:04:05Z"
		}
		want := time.UnixMilli(ms).UTC().Format(layout)
		if ms == 1<<60 {
			want = time.UnixMilli(ms).UTC().Format(time.RFC3339)
		}
		if got := iso(ms); got != want {
			t.Errorf("%d: %s, want %s", ms, got, want)
		}
	}
}

func FuzzStrings(f *testing.F) {
	for _, s := range []string{"", "Leiter \"Einkauf\"", "a\\b\n\t\x00\x1f", "💡 <script>", "\xff\xfebroken", "\u2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(appendString(nil, s), &got); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		std, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var want string
		if err := json.Unmarshal(std, &want); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%q came back as %q, want %q", s, got, want)
		}
	})
}
