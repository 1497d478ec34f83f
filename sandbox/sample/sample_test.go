package sample_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"rolecall/sandbox/sample"
)

func TestWrittenTitlesAreMany(t *testing.T) {
	if n := len(sample.Titles()); n < 1300 {
		t.Errorf("%d written titles, want 1300", n)
	}
	for _, title := range sample.Titles() {
		if title == "" || !utf8.ValidString(title) || title != strings.TrimSpace(title) {
			t.Errorf("title %q", title)
		}
	}
}

func TestPortalLooksLikeOne(t *testing.T) {
	count := map[string]int{}
	emails := map[string]bool{}
	blank, n := 0, 200_000
	for c := range sample.Contacts(1, n) {
		if c.JobTitle == "" {
			blank++
		} else {
			count[c.JobTitle]++
		}
		if !strings.HasSuffix(c.Email, ".example") || strings.ContainsFunc(c.Email, func(r rune) bool { return r > 126 || r <= ' ' }) {
			t.Fatalf("address %q", c.Email)
		}
		emails[c.Email] = true
	}
	t.Logf("%d distinct titles, %d blank, CEO %d", len(count), blank, count["CEO"])
	if len(count) < 50_000 || len(count) > 75_000 {
		t.Errorf("%d distinct titles, want about 60,000", len(count))
	}
	if len(emails) != n {
		t.Errorf("%d distinct addresses of %d", len(emails), n)
	}
	if blank < n/30 || blank > n/15 {
		t.Errorf("%d blank titles", blank)
	}
	if count["CEO"] < n/200 || count["CEO"] > n/20 {
		t.Errorf("the commonest title is on %d contacts", count["CEO"])
	}
	small := map[string]bool{}
	for c := range sample.Contacts(1, 5000) {
		small[c.JobTitle] = true
	}
	t.Logf("5,000 contacts have %d titles", len(small))
	if len(small) < 1200 {
		t.Errorf("5,000 contacts have %d titles, want 1,200", len(small))
	}
}

func TestSameSeedSameContacts(t *testing.T) {
	a, b := slices.Collect(sample.Contacts(7, 300)), slices.Collect(sample.Contacts(7, 1000))
	if !slices.Equal(a, b[:300]) {
		t.Error("the first 300 of 1,000 differ from 300")
	}
	if c := slices.Collect(sample.Contacts(8, 300)); slices.Equal(a, c) {
		t.Error("another seed gives the same")
	}
	for range sample.Contacts(1, 10) {
		break
	}
}

func TestFilesOfContacts(t *testing.T) {
	for _, c := range []struct {
		name, file string
		titles     []string
		faults     []string
		err        string
	}{
		{name: "HubSpot export in its own order", file: "Record ID,First Name,Last Name,Email,Job Title,Company name\n51,Ada,L,A@example.com,\"Head of Sales, EMEA\",Acme\n", titles: []string{"51 Ada L a@example.com Head of Sales, EMEA Acme"}},
		{name: "other order and spelling, byte order mark", file: "\ufeffcompany;JOB TITLE;e-mail\r\nAcme;CEO;a@example.com\r\n", titles: []string{"0   a@example.com CEO Acme"}},
		{name: "German headings", file: "Vorname\tNachname\tStellenbezeichnung\nUwe\tK\tLeiter \"Einkauf\"\n", titles: []string{`0 Uwe K  Leiter "Einkauf" `}},
		{name: "title among other columns", file: "title\tfunction\tpeople\nCEO\tx\t3\n", titles: []string{"0    CEO "}},
		{name: "one column with heading", file: "title\nCEO, Founder\n\n\"Head, Sales\"\n", titles: []string{"0    CEO, Founder ", "0    Head, Sales "}},
		{name: "one column without heading", file: "CEO\nCFO\n", titles: []string{"0    CEO ", "0    CFO "}},
		{name: "stray quote in a list", file: "title\n\"Boss\" of it all\nCFO", titles: []string{`0    "Boss" of it all `, "0    CFO "}},
		{name: "wrong number of fields", file: "id,title\n1,CEO\n2,CFO,x\n3\n4,COO\n", titles: []string{"1    CEO ", "4    COO "}, faults: []string{"line 3 left out: it has 3 fields, the heading has 2", "line 4 left out: it has 1 fields, the heading has 2"}},
		{name: "open quote does not swallow the rest", file: "id,title\n1,\"CEO\n2,CFO\n3,COO\n", titles: []string{"2    CFO ", "3    COO "}, faults: []string{"line 2 left out: the quotes do not match"}},
		{name: "line break inside quotes", file: "id,title\n1,\"CEO\nand more\"\n2,CFO\n3,x,y\n", titles: []string{"1    CEO\nand more ", "2    CFO "}, faults: []string{"line 5 left out: it has 3 fields, the heading has 2"}},
		{name: "ids that are none or twice", file: "id,title\nx,CEO\n1,CFO\n1,COO\n", titles: []string{"0    CEO ", "1    CFO ", "0    COO "}, faults: []string{`line 2: record id "x" is no positive number: the contact gets a new one`, "line 4: record id 1 is there twice: the contact gets a new one"}},
		{name: "Latin-1", file: "id,title\n1,Gesch\xe4ftsf\xfchrer\n", titles: []string{"1    Geschäftsführer "}},
		{name: "no title column", file: "id,first name,email\n1,Ada,a@example.com\n", err: `call the right one "Job Title"`},
		{name: "empty", file: "\n\n", err: "empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, faults, err := sample.FromCSV(strings.NewReader(c.file))
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("error %v, want %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var titles, whys []string
			for _, x := range got {
				titles = append(titles, fmt.Sprint(x.ID, " ", x.FirstName, " ", x.LastName, " ", x.Email, " ", x.JobTitle, " ", x.Company))
			}
			for _, f := range faults {
				whys = append(whys, f.String())
			}
			if !slices.Equal(titles, c.titles) || !slices.Equal(whys, c.faults) {
				t.Errorf("contacts %q\nfaults %q", titles, whys)
			}
		})
	}
}

// TestRealTable reads a table named in ROLECALL_TITLES, if there is one.
func TestRealTable(t *testing.T) {
	name := os.Getenv("ROLECALL_TITLES")
	if name == "" {
		t.Skip("ROLECALL_TITLES names no file")
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, faults, err := sample.FromCSV(f)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d contacts, faults %v", len(got), faults)
}

// Every line that is not blank gives a contact or a fault.
func FuzzFilesOfContacts(f *testing.F) {
	f.Add("id,title\n1,\"CEO\n2,CFO\n")
	f.Add("title\nCEO\n\"x")
	f.Add("a\tTitle\n\"x\ty\"\t\n")
	f.Fuzz(func(t *testing.T, file string) {
		got, faults, err := sample.FromCSV(strings.NewReader(file))
		if err != nil || strings.ContainsAny(file, "\"\r") {
			return // quotes may join lines
		}
		lines := 0
		for line := range strings.SplitSeq(file, "\n") {
			if strings.TrimSpace(line) != "" {
				lines++
			}
		}
		if n := len(got); n+countLost(faults) != lines && n+countLost(faults) != lines-1 {
			t.Errorf("%d lines gave %d contacts and %d faults", lines, n, countLost(faults))
		}
	})
}

func countLost(faults []sample.Fault) (n int) {
	for _, f := range faults {
		if !f.Kept {
			n++
		}
	}
	return n
}

func BenchmarkContacts(b *testing.B) {
	b.ReportAllocs()
	for range sample.Contacts(1, b.N) {
	}
}
