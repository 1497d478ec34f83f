package plan_test

import (
	"math/rand/v2"
	"testing"

	"rolecall/label"
	"rolecall/plan"
)

// modelStates is the number of random states that the model test looks at.
const modelStates = 400_000

// randomVersions draws one state. Ours is always of the taxonomy (a, b, c); theirs may be "zz", which is not.
func randomVersions(r *rand.Rand) plan.Versions {
	pick := func(from ...label.Value) label.Value { return from[r.IntN(len(from))] }
	v := plan.Versions{
		Base:         plan.Base{Known: r.IntN(4) > 0},
		Ours:         pick("", "a", "b", "c"),
		OursByPerson: r.IntN(2) == 0,
		Theirs:       pick("", "a", "b", "c", "zz"),
		TheirsBy:     label.EditKind(r.IntN(4)),
		TakeOver:     []label.TakeOver{"", label.TakeOverReview, label.TakeOverKeep, label.TakeOverWrite}[r.IntN(4)],
	}
	if v.Base.Known {
		v.Base.Value, v.Base.Protected = pick("", "a", "b", "c", "zz"), r.IntN(3) == 0
	}
	v.OursEmpty = v.Ours == "" && r.IntN(2) == 0
	v.TheirsUnknown = v.Theirs == "zz"
	return v
}

// follow is the world after the verb, as store and HubSpot make it.
func follow(v plan.Versions, verb plan.Verb) plan.Versions {
	switch verb {
	case plan.Adopt:
		v.Base = plan.Base{Known: true, Value: v.Theirs, Protected: v.TheirsBy == label.EditPerson}
	case plan.Push:
		v.Theirs, v.TheirsUnknown, v.TheirsBy = v.Ours, false, label.EditOurs
		v.Base = plan.Base{Known: true, Value: v.Ours}
	case plan.Pull:
		teaches := v.Base.Known && v.TheirsBy == label.EditPerson
		v.Base = plan.Base{Known: true, Value: v.Theirs, Protected: true}
		if teaches { // it holds for its contact at once, as a person's correction
			v.Ours, v.OursEmpty, v.OursByPerson = v.Theirs, false, true
		}
	}
	return v
}

// faultOf names the promise that the verb breaks; "" when it keeps them all. It is written from the promises,
// not from the table.
func faultOf(v plan.Versions, verb plan.Verb) string {
	personSaysNone := v.OursEmpty && v.OursByPerson
	lastWriteIsOurs := v.Base.Known && v.TheirsBy == label.EditOurs
	agreed := v.Base.Known && v.Base.Value == v.Theirs
	switch verb {
	case plan.Push:
		switch {
		case v.Ours == "" && !personSaysNone:
			return "blanks without a person"
		case v.Theirs == v.Ours:
			return "writes what is there"
		case v.Theirs != "" && !agreed && !lastWriteIsOurs && (v.Base.Known || v.TakeOver != label.TakeOverWrite):
			return "overwrites a value that is neither base nor ours"
		case v.Theirs == "" && v.Base.Known && v.Base.Value != "" && !lastWriteIsOurs:
			return "fills again what somebody cleared"
		case agreed && (v.Base.Protected || v.Base.Value == "") && !v.OursByPerson:
			return "a machine overwrites a protected value"
		case v.TheirsUnknown && !agreed && !lastWriteIsOurs:
			return "overwrites a value that the taxonomy does not know"
		}
	case plan.Pull:
		switch {
		case agreed:
			return "pulls although theirs did not move"
		case !v.Base.Known && v.TakeOver != label.TakeOverKeep:
			return "pulls at first sight"
		case v.TheirsUnknown || v.Theirs == "":
			return "learns what is no label"
		case lastWriteIsOurs:
			return "learns from itself"
		}
	case plan.Adopt:
		if v.Theirs != v.Ours && !lastWriteIsOurs {
			return "adopts what it did not decide"
		}
	case plan.Keep:
		switch {
		case v.Base.Known && !agreed:
			return "ignores an edit"
		case !v.Base.Known && v.Ours != "":
			return "ignores a first sight"
		case agreed && v.Ours != "" && v.OursByPerson && v.Ours != v.Theirs:
			return "ignores a person's correction"
		}
	case plan.Review:
		if agreed {
			return "asks although nothing moved"
		}
	}
	return ""
}

func TestMergeModel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	verbs := map[plan.Verb]int{}
	for range modelStates {
		v := randomVersions(r)
		verb := plan.Merge(v)
		verbs[verb]++
		if again := plan.Merge(v); again != verb {
			t.Fatalf("Merge(%+v) = %s, then %s", v, verb, again)
		}
		if fault := faultOf(v, verb); fault != "" {
			t.Fatalf("Merge(%+v) = %s: %s", v, verb, fault)
		}
		if after := follow(v, verb); verb != plan.Review {
			if next := plan.Merge(after); next != plan.Keep {
				t.Fatalf("Merge(%+v) = %s, and then Merge(%+v) = %s; want keep", v, verb, after, next)
			}
		}
	}
	for _, verb := range []plan.Verb{plan.Keep, plan.Adopt, plan.Push, plan.Pull, plan.Review} {
		if verbs[verb] < modelStates/100 {
			t.Errorf("%s came %d times in %d states; the states are too alike to prove anything", verb, verbs[verb], modelStates)
		}
	}
	t.Logf("figure: %d states, 0 broken promises (%v)", modelStates, verbs)
}

// TestMergeAnsweredReview: whatever the question was, a person's answer ends it.
func TestMergeAnsweredReview(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	asked := 0
	for range modelStates / 4 {
		v := randomVersions(r)
		if plan.Merge(v) != plan.Review {
			continue
		}
		asked++
		v.Base = plan.Base{Known: true, Value: v.Theirs} // the base moves to what the row showed
		v.Ours, v.OursByPerson = []label.Value{"", "a", "b"}[r.IntN(3)], true
		v.OursEmpty = v.Ours == ""
		for step := 0; ; step++ {
			verb := plan.Merge(v)
			if verb == plan.Keep {
				break
			}
			if verb == plan.Review || step > 1 {
				t.Fatalf("answered, and still Merge(%+v) = %s", v, verb)
			}
			v = follow(v, verb)
		}
		if v.Theirs != v.Ours {
			t.Fatalf("the answer %q never reached HubSpot: %+v", v.Ours, v)
		}
	}
	if asked == 0 {
		t.Fatal("no state led to a question")
	}
	t.Logf("figure: %d questions, all ended by their answer", asked)
}
