package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"rolecall/store"
)

// TestMain lets the test binary stand in for a second process: see child.
func TestMain(m *testing.M) {
	if role := os.Getenv("STORE_TEST_CHILD"); role != "" {
		os.Exit(childMain(role, os.Getenv("STORE_TEST_PATH")))
	}
	os.Exit(m.Run())
}

// child is this test binary as another process with a part to play.
func child(tb testing.TB, role, path string) *exec.Cmd {
	tb.Helper()
	cmd := exec.CommandContext(context.Background(), os.Args[0])
	cmd.Env = append(os.Environ(), "STORE_TEST_CHILD="+role, "STORE_TEST_PATH="+path)
	return cmd
}

func childMain(role, path string) int {
	switch role {
	case "open":
		s, err := store.Open(context.Background(), path)
		if err != nil {
			fmt.Println(err)
			if errors.Is(err, store.ErrLocked) {
				return 75
			}
			return 1
		}
		_ = s.Close()
		return 0
	case "write":
		return writeForever(path)
	}
	return 2
}

func TestOpen(t *testing.T) {
	ctx := context.Background()
	t.Run("an empty folder", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "new folder ü%?#", "rolecall.db")
		s := mustOpen(t, path)
		must(t, s.SaveSetting(ctx, "a", "b"))
		must(t, s.Check(ctx))
		must(t, s.Close())
		again := mustOpen(t, path)
		if got, err := again.Setting(ctx, "a"); err != nil || got != "b" {
			t.Errorf("Setting after opening again = %q, %v", got, err)
		}
		if again.Path() != path {
			t.Errorf("Path = %q; want %q", again.Path(), path)
		}
	})
	for _, tc := range []struct {
		name  string
		path  func(dir string) string
		wants []string
	}{
		{"no name", func(string) string { return "" }, []string{"no file name"}},
		{"a directory", func(dir string) string { return dir }, []string{"is a folder", "give a file name"}},
		{"not a SQLite file", func(dir string) string {
			path := filepath.Join(dir, "x.db")
			must(t, os.WriteFile(path, []byte(strings.Repeat("this is a letter ", 500)), 0o600))
			return path
		}, []string{"not a database", "no SQLite file?"}},
		{"a folder that is a file", func(dir string) string {
			must(t, os.WriteFile(filepath.Join(dir, "f"), nil, 0o600))
			return filepath.Join(dir, "f", "x.db")
		}, []string{"make the folder of the store"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := store.Open(ctx, tc.path(t.TempDir()))
			if err == nil {
				_ = s.Close()
				t.Fatal("it opened")
			}
			for _, want := range tc.wants {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}

func TestOpenANewerSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	must(t, mustOpen(t, path).Close())
	if _, err := look(t, path).Exec(`PRAGMA user_version = 99`); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(context.Background(), path)
	var newer *store.NewerSchemaError
	if !errors.As(err, &newer) || newer.Have != 99 || !strings.Contains(err.Error(), "start the newer rolecall") {
		t.Fatalf("Open = %v; want a NewerSchemaError with a mend", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the newer store was touched: %v", err)
	}
}

// TestOpenWithoutPermission runs as an ordinary user, for root may write anywhere.
func TestOpenWithoutPermission(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("changes the file system's user of one thread, which is Linux' own")
	}
	dir := t.TempDir()
	must(t, os.Chmod(filepath.Dir(dir), 0o755))
	must(t, os.Chmod(dir, 0o755))
	full, readOnly := filepath.Join(dir, "full"), filepath.Join(dir, "ro.db")
	must(t, os.Mkdir(full, 0o555))
	must(t, mustOpen(t, readOnly).Close())
	must(t, os.Chmod(readOnly, 0o444))
	must(t, os.Chmod(readOnly+".lock", 0o666))
	for name, path := range map[string]string{"a folder that cannot be written": filepath.Join(full, "x.db"), "a read-only file": readOnly} {
		t.Run(name, func(t *testing.T) {
			got := make(chan error, 1)
			go func() {
				runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
				if os.Getuid() == 0 {
					if err := syscall.Setfsuid(65534); err != nil {
						got <- err
						return
					}
				}
				s, err := store.Open(context.Background(), path)
				if err == nil {
					_ = s.Close()
				}
				got <- err
			}()
			if err := <-got; !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "can this user write there?") {
				t.Errorf("Open = %v; want permission denied with a mend", err)
			}
		})
	}
}

// TestSecondProcessIsTurnedAway: two daemons never write one store.
func TestSecondProcessIsTurnedAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rolecall.db")
	s := mustOpen(t, path)
	out, err := child(t, "open", path).Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 75 {
		t.Fatalf("the second process: %v, %s; want exit 75", err, out)
	}
	for _, want := range []string{"another rolecall is using this store", fmt.Sprintf("held by process %d on ", os.Getpid()), "stop it first"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the second process says %q; want %q in it", out, want)
		}
	}
	must(t, s.Close())
	if out, err := child(t, "open", path).Output(); err != nil {
		t.Errorf("after Close the second process: %v, %s", err, out)
	}
}

// TestFileModes: nobody else on the machine can read any of it, whatever the umask.
func TestFileModes(t *testing.T) {
	for _, mask := range []int{0, 0o022} {
		t.Run(fmt.Sprintf("umask %03o", mask), func(t *testing.T) {
			old := syscall.Umask(mask)
			defer syscall.Umask(old)
			dir := t.TempDir()
			path := filepath.Join(dir, "deeper", "rolecall.db")
			s := mustOpen(t, path)
			must(t, s.SaveSetting(context.Background(), "a", "b"))
			must(t, s.Backup(context.Background(), path+".bak"))
			files, err := os.ReadDir(filepath.Dir(path))
			must(t, err)
			seen := map[string]bool{}
			for _, f := range files {
				info, err := f.Info()
				must(t, err)
				seen[strings.TrimPrefix(f.Name(), "rolecall.db")] = true
				if info.Mode().Perm() != 0o600 {
					t.Errorf("%s is %o; want 600", f.Name(), info.Mode().Perm())
				}
			}
			for _, suffix := range []string{"", "-wal", "-shm", ".lock", ".bak"} {
				if !seen[suffix] {
					t.Errorf("rolecall.db%s is not there; the test proves nothing of it", suffix)
				}
			}
			if fi, err := os.Stat(filepath.Dir(path)); err != nil || fi.Mode().Perm() != 0o700 {
				t.Errorf("the folder is %v, %v; want 700", fi.Mode(), err)
			}
		})
	}
}
