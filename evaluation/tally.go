package evaluation

import (
	"cmp"
	"math"
	"slices"

	"rolecall/label"
)

const binCount = 10

// tally counts the answers of one column, over all runs.
type tally struct {
	n, right                  int
	sure, sureRight           int // given without a person
	undoubted, undoubtedRight int
	bins                      [binCount]struct {
		count, right int
		sum          float64
	}
	methods   map[label.Method]*Share
	confusion map[[2]string]int
	runs      []struct{ n, right int }
}

func (t *tally) begin() {
	if t.methods == nil {
		t.methods, t.confusion = map[label.Method]*Share{}, map[[2]string]int{}
	}
	t.runs = append(t.runs, struct{ n, right int }{})
}

// add counts one answer.
//
//	| right answer | the classifier is right when                                                                |
//	|--------------|---------------------------------------------------------------------------------------------|
//	| a label      | its best answer is that label, whether or not it is sure                                    |
//	| Other        | its best answer is "none of these", or it finds no title, or it has no answer               |
//	| -            | the same, and when it abstains, whatever it suggests: nobody could have said               |
//
// A confidence speaks of the best answer, so for the calibration a suggestion is wrong where the right answer is "-".
func (t *tally) add(f label.Finding, taxonomy label.Taxonomy, answers []string, doubt bool) {
	got := noTitle
	if f.Value != "" {
		got = taxonomy.Name(f.Value)
	}
	right, want := false, name(taxonomy, answers[0])
	for _, answer := range answers {
		if name(taxonomy, answer) == got {
			right, want = true, got
		}
	}
	t.n++
	run := &t.runs[len(t.runs)-1]
	run.n++
	method := t.methods[f.Method]
	if method == nil {
		method = &Share{Name: string(f.Method)}
		t.methods[f.Method] = method
	}
	method.Count++
	confidence := f.Confidence
	if f.Method == label.ByNonsense {
		confidence = 1 // it says for sure that there is nothing to say
	}
	called := right
	if f.Method == label.ByAbstaining && slices.Contains(answers, noTitle) {
		right, got, want = true, noTitle, noTitle
	}
	b := &t.bins[max(0, min(int(confidence*binCount), binCount-1))]
	b.count++
	b.sum += confidence
	if called {
		b.right++
	}
	sure := f.Accepted || f.Method == label.ByNonsense
	if sure {
		t.sure++
	}
	if !doubt {
		t.undoubted++
	}
	t.confusion[[2]string{want, got}]++
	if !right {
		return
	}
	t.right++
	run.right++
	method.Accuracy++
	if sure {
		t.sureRight++
	}
	if !doubt {
		t.undoubtedRight++
	}
}

// name is the term's name that an answer means; "-" where it means none.
func name(t label.Taxonomy, answer string) string {
	if term, ok := t.Lookup(answer); ok {
		return term.Name
	}
	if answer == noneFits || answer == noTitle {
		return noTitle
	}
	return answer
}

func share(a, n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(a) / float64(n)
}

// column sums the counts up.
func (t *tally) column(columnName string, taxonomy label.Taxonomy, target float64) Column {
	c := Column{Name: columnName, Measured: t.n, Accuracy: share(t.right, t.n), Undoubted: share(t.undoubtedRight, t.undoubted), Target: target,
		Precision: share(t.sureRight, t.sure), Coverage: share(t.sure, t.n)}
	for i, b := range t.bins {
		bin := Bin{From: float64(i) / binCount, To: float64(i+1) / binCount, Count: b.count, Accuracy: share(b.right, b.count)}
		if b.count > 0 {
			bin.Confidence = b.sum / float64(b.count)
			c.ECE += math.Abs(b.sum-float64(b.right)) / float64(t.n)
		}
		c.Bins = append(c.Bins, bin)
	}
	for _, m := range t.methods {
		c.Methods = append(c.Methods, Share{m.Name, m.Count, m.Accuracy / float64(m.Count)})
	}
	slices.SortFunc(c.Methods, func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	c.Spread = t.spread()
	t.confusions(&c, taxonomy)
	return c
}

// spread is the standard deviation of the runs' accuracies.
func (t *tally) spread() float64 {
	var sum, squares, n float64
	for _, r := range t.runs {
		if r.n > 0 {
			a := share(r.right, r.n)
			sum, squares, n = sum+a, squares+a*a, n+1
		}
	}
	if n < 2 {
		return 0
	}
	return math.Sqrt(max(0, (squares-sum*sum/n)/(n-1)))
}

// confusions makes the confusion matrix, in the taxonomy's order, "-" last, and the macro F1 of the labels that are right
// somewhere.
func (t *tally) confusions(c *Column, taxonomy label.Taxonomy) {
	used := map[string]bool{}
	for pair := range t.confusion {
		used[pair[0]], used[pair[1]] = true, true
	}
	for _, term := range taxonomy.Terms {
		if used[term.Name] {
			c.Confusion.Labels = append(c.Confusion.Labels, term.Name)
			delete(used, term.Name)
		}
	}
	var rest []string
	for l := range used {
		rest = append(rest, l)
	}
	slices.SortFunc(rest, func(a, b string) int {
		return cmp.Or(cmp.Compare(btoi(a == noTitle), btoi(b == noTitle)), cmp.Compare(a, b))
	})
	c.Confusion.Labels = append(c.Confusion.Labels, rest...)
	at := map[string]int{}
	for i, l := range c.Confusion.Labels {
		at[l] = i
		c.Confusion.Counts = append(c.Confusion.Counts, make([]int, len(c.Confusion.Labels)))
	}
	for pair, n := range t.confusion {
		c.Confusion.Counts[at[pair[0]]][at[pair[1]]] += n
	}
	var sum float64
	labels := 0
	for i := range c.Confusion.Labels {
		var got, want int
		for j := range c.Confusion.Labels {
			want += c.Confusion.Counts[i][j]
			got += c.Confusion.Counts[j][i]
		}
		if want > 0 {
			sum += 2 * float64(c.Confusion.Counts[i][i]) / float64(got+want)
			labels++
		}
	}
	if labels > 0 {
		c.MacroF1 = sum / float64(labels)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

type mistake struct {
	Want, Got string
	Count     int
}

// worst lists the n most frequent mistakes.
func (c Confusion) worst(n int) []mistake {
	var all []mistake
	for i, row := range c.Counts {
		for j, count := range row {
			if i != j && count > 0 {
				all = append(all, mistake{Want: c.Labels[i], Got: c.Labels[j], Count: count})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b mistake) int { return cmp.Compare(b.Count, a.Count) })
	return all[:min(n, len(all))]
}
