package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A source of training data: what is credited, the folder of -data it stands in, and how it is read.
type source struct {
	credit string
	read   func(c *corpus, dir string) error
}

// sources returns what the model is trained on, in the order it is read. O*NET comes after ESCO because its crosswalk joins them.
func sources() []source {
	return []source{
		{"ESCO 1.0.3 and 1.2, European Commission", readESCO},
		{"O*NET Database, U.S. Department of Labor, Employment and Training Administration (CC BY 4.0)", readONET},
		{"ESCO to O*NET crosswalk, Nesta (MIT)", readCrosswalk},
		{"SOC 2018 direct match titles, U.S. Bureau of Labor Statistics (public domain)", readSOC},
		{"NOC 2016 titles, Government of Canada (Open Government Licence - Canada)", readNOC},
		{"ROME v3, France Travail (Licence Ouverte)", readROME},
		{"rolecall's own lists of abbreviations, functions and heads", readLists},
	}
}

// table calls row for every line after the header of a delimited file with the values of the named columns.
func table(path string, comma rune, columns []string, row func(values []string)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = comma, comma == '\t', -1, true
	head, err := r.Read()
	if err != nil {
		return fmt.Errorf("read header of %s: %w", path, err)
	}
	at := make([]int, len(columns))
	for i, name := range columns {
		at[i] = -1
		for j, h := range head {
			if strings.TrimPrefix(h, "\ufeff") == name {
				at[i] = j
			}
		}
		if at[i] < 0 {
			return fmt.Errorf("%s has no column %q", path, name)
		}
	}
	values := make([]string, len(columns))
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		for i, j := range at {
			values[i] = ""
			if j < len(record) {
				values[i] = record[j]
			}
		}
		row(values)
	}
}

func readESCO(c *corpus, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "esco", "*occupations_*.csv"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("no ESCO files esco/occupations_*.csv in %s", dir)
	}
	for _, file := range files {
		base := strings.TrimSuffix(filepath.Base(file), ".csv")
		language := base[strings.LastIndexByte(base, '_')+1:]
		err := table(file, ',', []string{"conceptUri", "iscoGroup", "preferredLabel", "altLabels"}, func(v []string) {
			node := c.node(v[0], "isco "+v[1])
			c.add(node, v[2], language)
			for alt := range strings.SplitSeq(v[3], "\n") {
				c.add(node, alt, language)
			}
		})
		if err != nil {
			return err
		}
	}
	return table(filepath.Join(dir, "esco", "isco_groups_en.csv"), ',', []string{"code", "preferredLabel"}, func(v []string) {
		if len(v[0]) == 4 {
			c.add(c.node("isco "+v[0], "isco "+v[0]), v[1], "en")
		}
	})
}

func readONET(c *corpus, dir string) error {
	at := func(code string) int32 { return c.node("onet "+code, "soc "+code[:min(7, len(code))]) }
	err := table(filepath.Join(dir, "onet", "occupation_data.txt"), '\t', []string{"O*NET-SOC Code", "Title"}, func(v []string) {
		c.add(at(v[0]), v[1], "en")
	})
	if err != nil {
		return err
	}
	err = table(filepath.Join(dir, "onet", "alternate_titles.txt"), '\t', []string{"O*NET-SOC Code", "Alternate Title", "Short Title"}, func(v []string) {
		c.addBoth(at(v[0]), v[1])
		if v[2] != "n/a" {
			c.add(at(v[0]), v[2], "en")
		}
	})
	if err != nil {
		return err
	}
	return table(filepath.Join(dir, "onet", "reported_titles.txt"), '\t', []string{"O*NET-SOC Code", "Reported Job Title"}, func(v []string) {
		c.addBoth(at(v[0]), v[1])
	})
}

// addBoth adds "Chief Diversity Officer (CDO)" as it is, without its brackets, and what the brackets hold.
func (c *corpus) addBoth(node int32, raw string) {
	c.add(node, raw, "en")
	if before, inside, ok := strings.Cut(raw, " ("); ok {
		c.add(node, before, "en")
		if inside = strings.TrimSuffix(inside, ")"); len(inside) > 6 {
			c.add(node, inside, "en")
		}
	}
}

func readCrosswalk(c *corpus, dir string) error {
	return table(filepath.Join(dir, "onet", "esco_onet_crosswalk.csv"), ',', []string{"concept_uri", "onet_code", "confidence"}, func(v []string) {
		confidence, err := strconv.ParseFloat(v[2], 64)
		esco, known := c.nodes[v[0]]
		onet, also := c.nodes["onet "+v[1]]
		if err == nil && confidence >= 0.5 && known && also {
			c.link(esco, onet)
		}
	})
}

func readSOC(c *corpus, dir string) error {
	return table(filepath.Join(dir, "other", "us_soc2018_direct_match_titles.csv"), ',', []string{"soc2018", "title"}, func(v []string) {
		node, ok := c.nodes["onet "+v[0]+".00"]
		if !ok {
			node = c.node("soc "+v[0], "soc "+v[0])
		}
		c.addBoth(node, v[1])
	})
}

func readNOC(c *corpus, dir string) error {
	return table(filepath.Join(dir, "other", "ca_noc2016_titles.csv"), ',', []string{"noc_code", "title"}, func(v []string) {
		c.add(c.node("noc "+v[0], "noc "+v[0]), v[1], "en")
	})
}

func readROME(c *corpus, dir string) error {
	err := table(filepath.Join(dir, "other", "fr_rome_codes.csv"), ',', []string{"code_rome", "libelle_rome"}, func(v []string) {
		c.add(c.node("rome "+v[0], "rome "+v[0]), v[1], "fr")
	})
	if err != nil {
		return err
	}
	return table(filepath.Join(dir, "other", "fr_rome_appellations.csv"), ',',
		[]string{"code_rome", "libelle_appellation_long", "libelle_appellation_court"}, func(v []string) {
			node := c.node("rome "+v[0], "rome "+v[0])
			c.add(node, v[1], "fr")
			c.add(node, v[2], "fr")
		})
}
