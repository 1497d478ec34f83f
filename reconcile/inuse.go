package reconcile

import (
	"errors"
	"fmt"
	"strings"

	"rolecall/embedding"
	"rolecall/label"
	"rolecall/workbook"
)

// inUse is what the "In use now" cells hold, by setting ID: the values of the Settings, with what only the labeller knows of some.
//
//	| row              | while the labeller  | In use now                                                      |
//	|------------------|---------------------|-----------------------------------------------------------------|
//	| target precision | answers from 0.77   | 95 %, from a confidence of 0.77 on                              |
//	| target precision | reaches it nowhere  | 95 %, not reached yet: only corrections and rules decide        |
//	| language model   | is of it            | openai:small                                                    |
//	| language model   | stands in for it    | built-in, because openai:small cannot be used now: service away |
//	| one of them      | is not there yet    | what was found last, if that was of the same value              |
//	| any other        | -                   | the value                                                       |
//
// The last row but one keeps a start, when nothing has been fitted yet, from writing what the first run puts right again.
func (r *Reconciler) inUse(run *run) map[string]string {
	settings := run.reading.Rulebook.Settings
	cells := workbook.InUse(settings)
	last := func(id string) string { return run.reading.writes.last(workbook.Settings, id, "in_use_now") }
	for _, a := range label.Axes() {
		id := workbook.PrecisionID(a)
		known := r.labeller != nil && r.fitted.TargetPrecision[a] == settings.TargetPrecision[a]
		if known {
			cells[id] += thresholdText(r.labeller.Quality()[a].Threshold)
		} else if was := last(id); strings.HasPrefix(was, cells[id]+",") {
			cells[id] = was
		}
	}
	id := workbook.LanguageModelID
	instead := builtInName + ", because " + cells[id] + " cannot be used now: "
	if r.labeller == nil || r.fitted.Embedder != settings.Embedder {
		if was := last(id); strings.HasPrefix(was, instead) {
			cells[id] = was
		}
	} else if away, ok := absent(r.labeller); ok {
		cells[id] = instead + away.reason()
	}
	return cells
}

// thresholdText says from which confidence on labels are given without a person, behind the precision that it follows from.
func thresholdText(threshold float64) string {
	if threshold >= 1 {
		return ", not reached yet: only corrections and rules decide"
	}
	return fmt.Sprintf(", from a confidence of %.2f on", threshold)
}

// reason is why the embedder cannot be had, in a few words; sentence has all of them.
func (a absence) reason() string {
	var remote *embedding.RemoteError
	if errors.As(a.cause, &remote) {
		return string(remote.Fault)
	}
	return a.cause.Error()
}
