package cli

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// steps shows how far long steps are, on a terminal only.
type steps struct {
	out  io.Writer
	bar  *progressbar.ProgressBar
	name string
}

func newSteps(out io.Writer) *steps { return &steps{out: out} }

// step tells how much of a step is done; how much there will be is not known beforehand.
func (s *steps) step(name string, done int) {
	if !isTerminal(s.out) {
		return
	}
	if name != s.name {
		s.done()
		s.name = name
		s.bar = progressbar.NewOptions(-1, progressbar.OptionSetWriter(s.out), progressbar.OptionSetDescription(name), progressbar.OptionShowCount(),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	_ = s.bar.Set(done) // a bar that cannot be drawn is no reason to stop
}

func (s *steps) done() {
	if s.bar != nil {
		_ = s.bar.Finish()
		s.bar, s.name = nil, ""
	}
}
