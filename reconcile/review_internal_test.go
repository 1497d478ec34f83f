package reconcile

import (
	"context"
	"maps"
	"slices"
	"testing"

	"rolecall/label"
)

// conflicted is a State of conflicts about titles, of which some have just gone.
type conflicted struct {
	State
	about []string
	gone  map[string]bool
}

func (c conflicted) Questions(context.Context) (out []label.Question, err error) {
	for _, key := range c.about {
		out = append(out, label.Question{TitleKey: key, Asked: [label.AxisCount]bool{true, false}, Contacts: 3})
	}
	return out, nil
}

func (c conflicted) Title(_ context.Context, key string) (label.TitleRow, bool, error) {
	if c.gone[key] {
		return label.TitleRow{}, false, nil
	}
	return label.TitleRow{Key: key, Title: key}, true, nil
}

func TestATitleThatHasGoneTakesNoOtherConflictAlong(t *testing.T) {
	for name, tc := range map[string]struct {
		gone []string
		want []string
	}{
		"none has gone":     {nil, []string{"baker", "cook", "waiter"}},
		"the first has":     {[]string{"baker"}, []string{"cook", "waiter"}},
		"one in the middle": {[]string{"cook"}, []string{"baker", "waiter"}},
		"all have":          {[]string{"baker", "cook", "waiter"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			state := conflicted{about: []string{"baker", "cook", "waiter"}, gone: map[string]bool{}}
			for _, key := range tc.gone {
				state.gone[key] = true
			}
			asked := map[string]label.ReviewItem{}
			if err := New(Options{State: state}).conflicts(context.Background(), nil, asked); err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(maps.Keys(asked)); !slices.Equal(got, tc.want) {
				t.Errorf("conflicts are about %q, want %q", got, tc.want)
			}
		})
	}
}
