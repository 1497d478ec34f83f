package title

// MixedScript says of one title in full what a Reader says in Reading.Mixed.
func MixedScript(raw string) bool { return beyondLatin(raw) && mixedScript(Clean(raw)) }
