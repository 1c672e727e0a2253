//go:build race

package cli_test

// kills is smaller with the race detector, which makes a program several times slower
// and does not check other processes.
func kills() int { return 20 }
