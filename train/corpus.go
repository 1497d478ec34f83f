package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"rolecall/title"
)

// label is one job title of the training data.
type label struct {
	text     string // normalised
	node     int32
	language string
}

// corpus is the training data: nodes are occupations of one source (an ESCO concept, an O*NET code, a NOC code, a line of
// our own lists), each with its labels; links join nodes of different sources that mean the same work; groups are ISCO-08 unit groups
// and their like in other sources, wider than a node.
type corpus struct {
	labels   []label
	nodes    map[string]int32
	members  [][]int32 // node -> labels
	links    [][]int32 // node -> nodes, sorted
	group    []int32   // node -> group, -1 for none
	field    []int32   // node -> field of work, -1 for none
	fields   *fieldTable
	groups   map[string]int32
	inGroup  [][]int32 // group -> nodes
	contexts []string  // what says nothing of the work
	sources  []string
	seen     map[string]bool
	byText   map[string][]int32 // text -> nodes
}

func newCorpus() (*corpus, error) {
	fields, err := readFields()
	if err != nil {
		return nil, err
	}
	return &corpus{fields: fields, nodes: map[string]int32{}, groups: map[string]int32{}, seen: map[string]bool{}, byText: map[string][]int32{}}, nil
}

// node returns the node of a name and makes it at first sight; group may be empty.
func (c *corpus) node(name, group string) int32 {
	if id, ok := c.nodes[name]; ok {
		return id
	}
	id := int32(len(c.members))
	c.nodes[name] = id
	c.members = append(c.members, nil)
	c.links = append(c.links, nil)
	g := int32(-1)
	if group != "" {
		var ok bool
		if g, ok = c.groups[group]; !ok {
			g = int32(len(c.inGroup))
			c.groups[group] = g
			c.inGroup = append(c.inGroup, nil)
		}
		c.inGroup[g] = append(c.inGroup[g], id)
	}
	c.group = append(c.group, g)
	field := c.fields.of(name)
	if field < 0 {
		field = c.fields.of(group)
	}
	c.field = append(c.field, field)
	return id
}

// add gives a node a title as its source writes it. Texts that come to the same are kept once a node and language.
func (c *corpus) add(node int32, raw, language string) {
	text := title.Normalize(raw)
	if text == "" || len(text) > 120 {
		return
	}
	for _, part := range forms(text) {
		key := fmt.Sprintf("%d\t%s", node, part)
		if c.seen[key] {
			continue
		}
		c.seen[key] = true
		c.members[node] = append(c.members[node], int32(len(c.labels)))
		c.labels = append(c.labels, label{part, node, language})
		if known := c.byText[part]; !slices.Contains(known, node) {
			c.byText[part] = append(known, node)
		}
	}
}

// forms cuts "technischer leiter / technische leiter", the two genders of one title, and leaves "clothing / apparel designer" whole.
func forms(text string) []string {
	left, right, ok := strings.Cut(text, " / ")
	if !ok || strings.Contains(right, " / ") || len(left) < 5 || len(right) < 5 || left[:4] != right[:4] {
		return []string{text}
	}
	return []string{left, right}
}

// link joins two nodes both ways.
func (c *corpus) link(a, b int32) {
	if a == b {
		return
	}
	c.links[a] = append(c.links[a], b)
	c.links[b] = append(c.links[b], a)
}

// finish joins the nodes that share a title, unless the title is of so many nodes that it says little, and sorts the links.
func (c *corpus) finish() {
	texts := make([]string, 0, len(c.byText))
	for text := range c.byText {
		texts = append(texts, text)
	}
	sort.Strings(texts)
	for _, text := range texts {
		nodes := c.byText[text]
		if len(nodes) > 4 {
			continue
		}
		for i, a := range nodes {
			for _, b := range nodes[:i] {
				c.link(a, b)
			}
		}
	}
	for i := range c.links {
		slices.Sort(c.links[i])
		c.links[i] = slices.Compact(c.links[i])
	}
	c.seen, c.byText = nil, nil
}
