package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rolecall/workbook"
)

// pages are the documents of the repository: those at its root and those below docs.
func pages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			out[path] = string(raw)
		}
	}
	if len(out) < 10 {
		t.Fatalf("only %d pages were found", len(out))
	}
	return out
}

func TestLinksOfThePagesLeadSomewhere(t *testing.T) {
	seen := 0
	for path, text := range pages(t) {
		for _, link := range regexp.MustCompile(`\]\(([^)#\s]+)`).FindAllStringSubmatch(text, -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			seen++
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), link[1])); err != nil {
				t.Errorf("%s leads to %s, which is not there", path, link[1])
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d links were followed", seen)
	}
}

func TestEveryPictureIsShown(t *testing.T) {
	all := ""
	for _, text := range pages(t) {
		all += text
	}
	pictures, err := filepath.Glob("docs/img/*.png")
	if err != nil || len(pictures) == 0 {
		t.Fatalf("%d pictures, %v", len(pictures), err)
	}
	for _, path := range pictures {
		if !strings.Contains(all, "img/"+filepath.Base(path)) {
			t.Errorf("no page shows %s", path)
		}
	}
}

func TestThePageOfSettingsHasEverySetting(t *testing.T) {
	page := pages(t)[filepath.Join("docs", "settings.md")]
	for _, s := range workbook.SettingRows() {
		if !regexp.MustCompile(`[|>] ?` + regexp.QuoteMeta(s.Name) + `( \||<br>)`).MatchString(page) {
			t.Errorf("docs/settings.md does not explain %s", s.Name)
		}
	}
}

// Two pages, as somebody reads who works in the sheet beside other work.
func TestTheMarketersGuideIsShort(t *testing.T) {
	if n := len(strings.Fields(pages(t)[filepath.Join("docs", "marketers.md")])); n > 1100 {
		t.Errorf("it has %d words", n)
	}
}
