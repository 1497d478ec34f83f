package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"rolecall/embedding"
	"rolecall/title"
)

// evaluate measures a model: mean average precision of TalentCLEF's validation queries in three languages, and how well a k-nearest
// neighbours vote and a linear head tell the functions of survey_function.tsv from 10 and 25 titles a class. Nothing it reads is
// trained on.
func evaluate(out io.Writer, model *embedding.Static, dir string) error {
	var mean float64
	for _, language := range []string{"english", "spanish", "german"} {
		score, err := averagePrecision(model, filepath.Join(dir, "talentclef", "validation_"+language))
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "TalentCLEF validation MAP, %s: %.4f\n", language, score)
		mean += score / 3
	}
	fmt.Fprintf(out, "TalentCLEF validation MAP, mean: %.4f\n", mean)
	titles, classes, err := surveyRows(filepath.Join(dir, "survey_function.tsv"))
	if err != nil {
		return err
	}
	for _, shots := range []int{10, 25} {
		var neighbours, linear float64
		for seed := range uint64(5) {
			n, l := probe(model, titles, classes, shots, seed)
			neighbours, linear = neighbours+n/5, linear+l/5
		}
		fmt.Fprintf(out, "survey functions, %d a class: nearest neighbours %.3f, linear head %.3f\n", shots, neighbours, linear)
	}
	return nil
}

func embedAll(model *embedding.Static, titles []string) []embedding.Vector {
	list := make([]embedding.Vector, len(titles))
	for i, t := range titles {
		list[i] = make(embedding.Vector, model.Dimension())
		model.EmbedInto(list[i], title.Normalize(t))
	}
	return list
}

func dot(a, b []float32) float32 {
	var sum float32
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

// lines reads the tab-separated lines of a file without its header, if it has one.
func lines(path string, header bool) ([][]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for line := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n") {
		rows = append(rows, strings.Split(strings.TrimRight(line, "\r"), "\t"))
	}
	if header && len(rows) > 0 {
		rows = rows[1:]
	}
	return rows, nil
}

func averagePrecision(model *embedding.Static, prefix string) (float64, error) {
	queries, err := lines(prefix+"_queries", true)
	if err != nil {
		return 0, err
	}
	corpus, err := lines(prefix+"_corpus_elements", true)
	if err != nil {
		return 0, err
	}
	judged, err := lines(prefix+"_qrels.tsv", false)
	if err != nil {
		return 0, err
	}
	relevant := map[string]map[string]bool{}
	for _, row := range judged {
		if len(row) < 4 || row[3] == "0" {
			continue
		}
		if relevant[row[0]] == nil {
			relevant[row[0]] = map[string]bool{}
		}
		relevant[row[0]][row[2]] = true
	}
	column := func(rows [][]string) (ids, titles []string) {
		for _, row := range rows {
			ids, titles = append(ids, row[0]), append(titles, row[1])
		}
		return ids, titles
	}
	queryIDs, queryTitles := column(queries)
	ids, titles := column(corpus)
	vectors := embedAll(model, titles)
	var total float64
	for q, v := range embedAll(model, queryTitles) {
		order := make([]int, len(vectors))
		scores := make([]float32, len(vectors))
		for i := range order {
			order[i], scores[i] = i, dot(v, vectors[i])
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
		wanted := relevant[queryIDs[q]]
		found, sum := 0, 0.0
		for rank, i := range order {
			if wanted[ids[i]] {
				found++
				sum += float64(found) / float64(rank+1)
			}
		}
		if len(wanted) > 0 {
			total += sum / float64(len(wanted))
		}
	}
	return total / float64(len(queryIDs)), nil
}

// surveyRows reads the titles whose function at least two people and three in four of them agree on.
func surveyRows(path string) (titles []string, classes []int, err error) {
	rows, err := lines(path, true)
	if err != nil {
		return nil, nil, err
	}
	names := map[string]int{}
	for _, row := range rows {
		people, _ := strconv.Atoi(row[2])
		agreement, _ := strconv.ParseFloat(row[3], 64)
		if people < 2 || agreement < 0.75 {
			continue
		}
		if _, ok := names[row[1]]; !ok {
			names[row[1]] = len(names)
		}
		titles, classes = append(titles, row[0]), append(classes, names[row[1]])
	}
	return titles, classes, nil
}

// probe labels all but shots titles a class from those, and returns the accuracy of two simple ways.
func probe(model *embedding.Static, titles []string, classes []int, shots int, seed uint64) (neighbours, linear float64) {
	vectors := embedAll(model, titles)
	order := rand.New(rand.NewPCG(seed, 3)).Perm(len(titles))
	count := map[int]int{}
	var train, test []int
	for _, i := range order {
		if count[classes[i]] < shots {
			count[classes[i]]++
			train = append(train, i)
		} else {
			test = append(test, i)
		}
	}
	head := fitHead(vectors, classes, train, len(count))
	for _, i := range test {
		if vote(vectors, classes, train, vectors[i], len(count)) == classes[i] {
			neighbours++
		}
		if slices.Index(head.scores(vectors[i]), slices.Max(head.scores(vectors[i]))) == classes[i] {
			linear++
		}
	}
	return neighbours / float64(len(test)), linear / float64(len(test))
}

func vote(vectors []embedding.Vector, classes, train []int, v embedding.Vector, n int) int {
	type near struct {
		class int
		score float32
	}
	list := make([]near, len(train))
	for k, i := range train {
		list[k] = near{classes[i], dot(v, vectors[i])}
	}
	slices.SortStableFunc(list, func(a, b near) int { return cmp.Compare(b.score, a.score) })
	votes := make([]float64, n)
	for _, x := range list[:min(7, len(list))] {
		votes[x.class] += math.Exp(float64(x.score) / 0.1)
	}
	return slices.Index(votes, slices.Max(votes))
}

// head is multinomial logistic regression, fitted by plain gradient descent: a measure, not a product.
type head struct{ weights [][]float64 }

func fitHead(vectors []embedding.Vector, classes, train []int, n int) head {
	d := len(vectors[0])
	h := head{make([][]float64, n)}
	for c := range h.weights {
		h.weights[c] = make([]float64, d+1)
	}
	for range 150 {
		grads := make([][]float64, n)
		for c := range grads {
			grads[c] = make([]float64, d+1)
		}
		for _, i := range train {
			scores := h.scores(vectors[i])
			top, sum := slices.Max(scores), 0.0
			for c := range scores {
				scores[c] = math.Exp(scores[c] - top)
				sum += scores[c]
			}
			for c := range scores {
				p := scores[c] / sum
				if c == classes[i] {
					p--
				}
				for k, x := range vectors[i] {
					grads[c][k] += p * float64(x)
				}
				grads[c][d] += p
			}
		}
		for c := range grads {
			for k := range grads[c] {
				h.weights[c][k] -= 20 * (grads[c][k]/float64(len(train)) + 0.0003*h.weights[c][k])
			}
		}
	}
	return h
}

func (h head) scores(v embedding.Vector) []float64 {
	scores := make([]float64, len(h.weights))
	for c, w := range h.weights {
		scores[c] = w[len(v)]
		for k, x := range v {
			scores[c] += w[k] * float64(x)
		}
	}
	return scores
}
