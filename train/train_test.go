package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rolecall/embedding"
	"rolecall/title"
)

// tinyData writes a data folder of the real one's shape, with a few made-up rows in every file.
func tinyData(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, lines ...string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var en, de, onet, crosswalk []string
	for i, work := range []string{"accountant|Buchhalter", "nurse|Pfleger", "welder|Schweißer", "baker|Bäcker", "pilot|Pilot", "lawyer|Anwalt"} {
		english, german, _ := strings.Cut(work, "|")
		en = append(en, fmt.Sprintf("uri/%d,%d,%s,\"senior %s\n%s assistant\"", i, 2000+i/2, english, english, english))
		de = append(de, fmt.Sprintf("uri/%d,%d,%s/%sin,leitender %s", i, 2000+i/2, german, german, german))
		onet = append(onet, fmt.Sprintf("1%d-1011.00\tChief %s (CX)\tCX\t08", i, english))
		crosswalk = append(crosswalk, fmt.Sprintf("1%d-1011.00,1.0,uri/%d", i, i))
	}
	esco := "conceptUri,iscoGroup,preferredLabel,altLabels"
	write("esco/occupations_en.csv", append([]string{esco}, en...)...)
	write("esco/occupations_de.csv", append([]string{esco}, de...)...)
	write("esco/isco_groups_en.csv", "code,preferredLabel", "2000,Accounting and care", "20,Skipped")
	write("onet/occupation_data.txt", "O*NET-SOC Code\tTitle\tDescription", "10-1011.00\tAccountants\tThey count.")
	write("onet/alternate_titles.txt", append([]string{"O*NET-SOC Code\tAlternate Title\tShort Title\tSource(s)"}, onet...)...)
	write("onet/reported_titles.txt", "O*NET-SOC Code\tReported Job Title\tShown in My Next Move", "11-1011.00\tWard Nurse\tY")
	write("onet/esco_onet_crosswalk.csv", append([]string{"onet_code,confidence,concept_uri"}, crosswalk...)...)
	write("other/us_soc2018_direct_match_titles.csv", "soc2018,soc_title,title,illustrative", "12-1011,Welders,Arc welder,")
	write("other/ca_noc2016_titles.csv", "noc_code,title", "0011,Baker", "0011,Pastry baker")
	write("other/fr_rome_codes.csv", "code_rome,libelle_rome", "D1102,Boulangerie")
	write("other/fr_rome_appellations.csv", "code_rome,libelle_appellation_long,libelle_appellation_court", "D1102,Boulanger / Boulangère,Boulanger")
	return dir
}

func tinyOptions(threads int) options {
	return options{seed: 7, threads: threads, dimension: 16, slots: 3000, atLeast: 1, epochs: 2, batch: 8, tau: 0.1, rate: 0.05,
		dropout: 0.1, typos: 0.2, context: 0.2, linked: 0.2, grouped: 0.2, fielded: 0.5}
}

func TestTrainingIsTheSameForASeedWithAnyNumberOfThreads(t *testing.T) {
	dir := tinyData(t)
	public := sources()[:len(sources())-1] // without our own lists, which are the bulk of the tiny data
	train := func(o options) []byte {
		t.Helper()
		file, err := build(dir, public, o, io.Discard, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	first := train(tinyOptions(1))
	if !bytes.Equal(first, train(tinyOptions(1))) {
		t.Error("two runs with one thread differ")
	}
	if !bytes.Equal(first, train(tinyOptions(2))) {
		t.Error("a run with two threads differs")
	}
	other := tinyOptions(1)
	other.seed++
	// The last of the rows, before the checksum: the header names the seed and differs anyway.
	last := func(file []byte) []byte { return file[len(file)-sha256.Size-10_000 : len(file)-sha256.Size] }
	if bytes.Equal(last(first), last(train(other))) {
		t.Error("the seed makes no difference")
	}
	model, err := embedding.ParseStatic(first)
	if err != nil {
		t.Fatal(err)
	}
	if h := model.Header(); h.Seed != 7 || h.Dimension != 16 || len(h.Data) != len(public) || h.Normalizer != title.Version {
		t.Errorf("header %+v", h)
	}
}

func TestTrainingBringsNamesOfOneWorkTogether(t *testing.T) {
	o := tinyOptions(1)
	o.atLeast, o.batch = 2, 64
	file, err := build(tinyData(t), sources(), o, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	model, err := embedding.ParseStatic(file)
	if err != nil {
		t.Fatal(err)
	}
	vecs := embedAll(model, []string{"VP Marketing", "Marketingleiter", "Leiter Einkauf", "Head of Procurement"})
	if near, far := dot(vecs[0], vecs[1]), dot(vecs[1], vecs[2]); near < far+0.3 {
		t.Errorf("same function %.2f, same head %.2f", near, far)
	}
	if near, far := dot(vecs[2], vecs[3]), dot(vecs[0], vecs[3]); near < far+0.3 {
		t.Errorf("same function %.2f, another %.2f", near, far)
	}
}

func TestDataThatIsMissingIsToldByName(t *testing.T) {
	dir := tinyData(t)
	if err := os.Remove(filepath.Join(dir, "other", "ca_noc2016_titles.csv")); err != nil {
		t.Fatal(err)
	}
	_, err := build(dir, sources(), tinyOptions(1), io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "ca_noc2016_titles.csv") || !strings.Contains(err.Error(), "docs/model.md") {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "other", "ca_noc2016_titles.csv"), []byte("code,name\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = build(dir, sources(), tinyOptions(1), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), `"noc_code"`) {
		t.Errorf("error %v", err)
	}
}

func TestOnlyFeaturesWithARowAreCounted(t *testing.T) {
	c := &corpus{}
	for _, text := range strings.Fields("accountant nurse welder baker pilot lawyer") {
		c.labels = append(c.labels, label{text: text, language: "en"})
	}
	_, all := vocabulary(c, 3000, 1)
	rows, few := vocabulary(c, 16, 1)
	found := map[uint64]bool{}
	for _, l := range c.labels {
		for _, f := range embedding.AppendFeatures(nil, l.text) {
			if rows.Find(f) >= 0 {
				found[f] = true
			}
		}
	}
	if few >= all || few == 0 || len(found) != few {
		t.Errorf("%d features have a row of 3000, %d one of 16, but %d are found", all, few, len(found))
	}
}

func TestHelpIsNoFailure(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"-help"}, io.Discard, &out); err != nil || !strings.Contains(out.String(), "-data") {
		t.Errorf("%v, and it says %s", err, out.String())
	}
	if err := run([]string{"-hlep"}, io.Discard, io.Discard); err == nil {
		t.Error("a flag that does not exist is accepted")
	}
}

func TestTyposKeepAWordKnown(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	changed := 0
	for range 200 {
		got := typo("marketing manager", rng)
		if got != "marketing manager" {
			changed++
		}
		if n := len(got) - len("marketing manager"); n < -1 || n > 1 {
			t.Fatalf("%q", got)
		}
	}
	if changed < 100 {
		t.Errorf("%d of 200 changed", changed)
	}
	if typo("VP", rng) != "VP" {
		t.Error("a short word was changed")
	}
}

func TestFieldOfACode(t *testing.T) {
	fields := &fieldTable{names: []string{"finance", "safety", "care"}, byCode: map[string]int32{"isco:12": 0, "isco:1211": 2, "soc:11-3051.01": 1, "soc:11-30": 0, "noc:0": 2}}
	for name, want := range map[string]int32{
		"isco 1219":        0,
		"isco 1211":        2,  // the longest code counts
		"isco 13":          -1, // none
		"onet 11-3051.01":  1,
		"onet 11-3051.02":  0,
		"soc 11-3051":      0,
		"noc 0012":         2,
		"rome K2108":       -1,
		"functions.txt 12": -1,
		"":                 -1,
	} {
		if got := fields.of(name); got != want {
			t.Errorf("%q is of field %d, want %d", name, got, want)
		}
	}
	if _, err := fields.named("fishing"); err == nil || !strings.Contains(err.Error(), `"fishing"`) {
		t.Errorf("error %v", err)
	}
}

func TestFieldsOfTheListsAreRead(t *testing.T) {
	c, err := newCorpus()
	if err != nil {
		t.Fatal(err)
	}
	if err := readLists(c, ""); err != nil {
		t.Fatal(err)
	}
	with := map[int32]bool{}
	for _, f := range c.field {
		with[f] = true
	}
	if len(with) < 25 {
		t.Errorf("%d fields in our lists", len(with))
	}
	for _, l := range c.labels {
		if strings.Contains(l.text, ">") {
			t.Fatalf("%q holds the mark of its field", l.text)
		}
	}
}

func TestFieldsDrawTitlesApart(t *testing.T) {
	apart := func(fielded float64) float32 {
		o := tinyOptions(1)
		o.atLeast, o.batch, o.fielded, o.epochs = 2, 64, fielded, 1
		file, err := build(tinyData(t), sources(), o, io.Discard, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		model, err := embedding.ParseStatic(file)
		if err != nil {
			t.Fatal(err)
		}
		vecs := embedAll(model, []string{"Tax Manager", "Audit Manager", "UX Manager"})
		return dot(vecs[0], vecs[1]) - dot(vecs[0], vecs[2])
	}
	if without, with := apart(0), apart(4); with < without+0.05 {
		t.Errorf("two works of one field are nearer than of two by %.2f, without fields by %.2f", with, without)
	}
}
