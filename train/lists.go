package main

import (
	"embed"
	"fmt"
	"strings"

	"rolecall/title"
)

//go:embed lists
var lists embed.FS

// repeats is how often a title of our own lists is trained in a pass, because there are few of them and people write them most.
const repeats = 3

// readLists reads our own lists: synonyms.txt, one work a line, its names parted by "="; functions.txt and heads.txt, which are
// put together into titles.
func readLists(c *corpus, _ string) error {
	err := listLines("synonyms.txt", func(number int, line string) error {
		node, line, err := c.ours("synonyms.txt", number, line)
		if err != nil {
			return err
		}
		for name := range strings.SplitSeq(line, "=") {
			c.add(node, name, ours)
		}
		return nil
	})
	if err != nil {
		return err
	}
	heads := map[string][]string{}
	err = listLines("heads.txt", func(number int, line string) error {
		language, templates, ok := strings.Cut(line, ": ")
		if !ok {
			return fmt.Errorf("heads.txt:%d: no language", number)
		}
		heads[language] = strings.Split(templates, " = ")
		return nil
	})
	if err != nil {
		return err
	}
	return listLines("functions.txt", func(number int, line string) error {
		node, line, err := c.ours("functions.txt", number, line)
		if err != nil {
			return err
		}
		for part := range strings.SplitSeq(line, "; ") {
			language, names, ok := strings.Cut(part, ": ")
			if !ok || heads[language] == nil {
				return fmt.Errorf("functions.txt:%d: %q has no language that heads.txt knows", number, part)
			}
			for name := range strings.SplitSeq(names, ", ") {
				for _, template := range heads[language] {
					c.addHead(node, template, name)
				}
			}
		}
		return nil
	})
}

// ours makes the node of a line of one of our lists, whose field of work may stand before a ">", and returns the rest of the line.
func (c *corpus) ours(list string, number int, line string) (int32, string, error) {
	node := c.node(fmt.Sprintf("%s %d", list, number), "")
	if name, rest, ok := strings.Cut(line, " > "); ok {
		field, err := c.fields.named(name)
		if err != nil {
			return 0, "", fmt.Errorf("%s:%d: %w", list, number, err)
		}
		c.field[node], line = field, rest
	}
	return node, line, nil
}

// readContexts reads context.txt as it is matched.
func readContexts() ([]string, error) {
	var list []string
	err := listLines("context.txt", func(_ int, line string) error {
		if text := title.Normalize(line); text != "" {
			list = append(list, text)
		}
		return nil
	})
	return list, err
}

// addHead puts a name into a template of its kind.
func (c *corpus) addHead(node int32, template, name string) {
	first, compound := strings.CutSuffix(name, "-")
	switch {
	case compound && strings.Contains(template, "{c}"):
		c.add(node, strings.ReplaceAll(template, "{c}", first), ours)
	case !compound && strings.Contains(template, "{f}"):
		c.add(node, strings.ReplaceAll(template, "{f}", name), ours)
	}
}

// listLines calls line for each line of a list that is neither empty nor a comment.
func listLines(name string, line func(number int, text string) error) error {
	text, err := lists.ReadFile("lists/" + name)
	if err != nil {
		return err
	}
	for i, s := range strings.Split(string(text), "\n") {
		if s == "" || strings.HasPrefix(s, "#") {
			continue
		}
		if err := line(i+1, s); err != nil {
			return err
		}
	}
	return nil
}
