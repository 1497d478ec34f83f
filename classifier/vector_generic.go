//go:build !amd64

package classifier

// canScan reports whether sums of bytes are quicker than sums of numbers on this machine.
func canScan() bool { return false }

func scan(*pruned, *question) {}

func (t *table) addRows(dst []float32, places []int32, values []float32) {
	t.addRowsInGo(dst, places, values)
}
