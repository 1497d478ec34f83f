//go:build race

package reconcile_test

const underRace = true
