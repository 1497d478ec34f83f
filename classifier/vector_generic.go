//go:build !amd64

package classifier

// canScan reports whether sums of bytes are quicker than sums of numbers on this machine.
func canScan() bool { return false }

// canDot reports whether the machine sums products of bytes in one instruction.
func canDot() bool { return false }

func scan(*pruned, *queryBatch, int) {}

func reach(x []float32, floor float32) uint32 { return reachInGo(x, floor) }

func dotRows(dots []float32, m *matrix, query []float32, places []int32) []float32 {
	return dotRowsInGo(dots, m, query, places)
}

func exps(dst []float64, z []float32, less float32) { expsInGo(dst, z, less) }

func sendFor([]float32, int, int, []int32) {}

func addRows(dst, weights []float32, stride int, places []int32, values []float32) {
	addRowsInGo(dst, weights, stride, places, values)
}

func stepRow(row, gradient []float32, keep, move float32) { stepRowInGo(row, gradient, keep, move) }
