//go:build !race

package reconcile_test

// underRace says that the race detector is on, under which a long test takes ten times as long and finds nothing that the short ones of its
// kind do not.
const underRace = false
