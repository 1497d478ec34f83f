package cli

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// output is standard output, or a file that takes its name when it is complete.
type output struct {
	io.Writer
	file *os.File
	// path is the name that file takes; "" where it has it already.
	path string
}

// openOutput opens path, or standard output where it is "". Where something stands under that name that is no file (a
// pipe, a terminal, /dev/null) it is written to as it is; a link is followed, and a file that is there keeps its mode.
func (p *process) openOutput(path string) (*output, error) {
	if path == "" {
		return &output{Writer: p.stdout}, nil
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	mode := os.FileMode(0o666) // less what the umask takes away
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil, withCode(exitIO, fmt.Errorf("%s is a folder: give the name of a file", path))
	case err == nil && !info.Mode().IsRegular():
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, fmt.Errorf("write to %s: %w", path, err)
		}
		return &output{Writer: file, file: file}, nil
	case err == nil:
		mode = info.Mode().Perm()
	}
	name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%08x", filepath.Base(path), rand.Uint32()))
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", path, err)
	}
	return &output{Writer: file, file: file, path: path}, nil
}

// close gives a complete file its name, and removes one that is not complete.
func (o *output) close(complete bool) error {
	if o.file == nil {
		return nil
	}
	err := o.file.Close()
	if o.path == "" {
		return err
	}
	if err != nil || !complete {
		return errors.Join(err, os.Remove(o.file.Name()))
	}
	if err := os.Rename(o.file.Name(), o.path); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", o.path, err), os.Remove(o.file.Name()))
	}
	return nil
}

// writeFile writes a file that takes its name when it is complete.
func (p *process) writeFile(path string, write func(io.Writer) error) error {
	out, err := p.openOutput(path)
	if err != nil {
		return err
	}
	err = write(out)
	return errors.Join(err, out.close(err == nil))
}
