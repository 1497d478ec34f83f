package store

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// ErrLocked says that another process holds the file.
var ErrLocked = errors.New("another rolecall is using this store")

// takeLock takes an exclusive flock: the kernel frees it when the process dies, so it never goes stale.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the store's lock: %w (can this user write there?)", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder := make([]byte, 100)
		n, _ := f.Read(holder)
		_ = f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock the store: %w (is it on a network file system? Move it to a local disk)", err)
		}
		return nil, fmt.Errorf("%w (held by %s): stop it first, or give this one another --store", ErrLocked, strings.TrimSpace(string(holder[:n])))
	}
	if err := signLock(f); err != nil {
		return nil, errors.Join(fmt.Errorf("write the store's lock: %w", err), f.Close())
	}
	return f, nil
}

// signLock writes into the lock who holds it.
func signLock(f *os.File) error {
	host, _ := os.Hostname()
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(f, "process %d on %s", os.Getpid(), host)
	return err
}
