package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// output is standard output, or a file that takes its name when it is complete.
type output struct {
	io.Writer
	file *os.File
	path string
}

func (p *process) openOutput(path string) (*output, error) {
	if path == "" {
		return &output{Writer: p.stdout}, nil
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", path, err)
	}
	return &output{Writer: file, file: file, path: path}, nil
}

func (o *output) close(complete bool) error {
	if o.file == nil {
		return nil
	}
	err := o.file.Close()
	if err != nil || !complete {
		return errors.Join(err, os.Remove(o.file.Name()))
	}
	if err := errors.Join(os.Chmod(o.file.Name(), 0o644), os.Rename(o.file.Name(), o.path)); err != nil {
		return fmt.Errorf("write %s: %w", o.path, err)
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
