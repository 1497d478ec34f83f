package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
)

// written puts text into path, whole or broken off.
func written(path, text string, whole bool) error {
	return (&process{}).writeFile(path, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		if !whole {
			err = errors.Join(err, errors.New("broken off"))
		}
		return err
	})
}

func TestAnOutputFileIsWholeOrAsItWas(t *testing.T) {
	old := syscall.Umask(0o027)
	defer syscall.Umask(old)
	for _, test := range []struct {
		situation string
		before    os.FileMode // of the file that is there; 0 for none
		whole     bool
		mode      os.FileMode // afterwards; 0 for none
		text      string
	}{
		{"new", 0, true, 0o640, "new"},
		{"new, broken off", 0, false, 0, ""},
		{"a private one is there", 0o600, true, 0o600, "new"},
		{"one is there, broken off", 0o600, false, 0o600, "old"},
	} {
		t.Run(test.situation, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "out.csv")
			if test.before != 0 {
				if err := os.WriteFile(path, []byte("old"), test.before); err != nil {
					t.Fatal(err)
				}
			}
			if err := written(path, "new", test.whole); (err == nil) != test.whole {
				t.Errorf("the error is %v", err)
			}
			text, _ := os.ReadFile(path)
			info, err := os.Stat(path)
			if string(text) != test.text || (err == nil) != (test.mode != 0) || err == nil && info.Mode().Perm() != test.mode {
				t.Errorf("it holds %q, %v, %v", text, info, err)
			}
			if entries, _ := os.ReadDir(dir); len(entries) > 1 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
}

// A file renamed over /dev/null or a pipe would take its place.
func TestWhatIsNoFileIsWrittenToAndNotReplaced(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	read := make(chan string, 1)
	go func() {
		text, _ := os.ReadFile(pipe)
		read <- string(text)
	}()
	if err := written(pipe, "new", true); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(pipe); err != nil || info.Mode().Type() != os.ModeNamedPipe {
		t.Fatalf("the pipe is %v, %v", info, err)
	}
	if text := <-read; text != "new" {
		t.Errorf("the pipe gave %q", text)
	}
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(target, nil, 0o600), os.Symlink(target, link), written(link, "new", true)); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(target); string(text) != "new" {
		t.Errorf("the link's file holds %q", text)
	}
	if err := written(dir, "new", true); err == nil || !strings.Contains(err.Error(), "is a folder") || exitCode(err) != exitIO {
		t.Errorf("a folder: %v", err)
	}
}

func TestATableThatBreaksOffLeavesNoFile(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.csv")
	table := io.MultiReader(strings.NewReader("title,x\nCEO,1\n"), iotest.ErrReader(errors.New("the disk is gone")))
	var errs strings.Builder
	code := run(t.Context(), []string{"classify", "-", "--out", out, "--workbook", smallWorkbook(t)}, table, io.Discard, &errs, func(string) string { return "" })
	if code == exitOK || !strings.Contains(errs.String(), "the disk is gone") {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
	if exists(out) {
		t.Error("half a table took the name of the whole")
	}
}
