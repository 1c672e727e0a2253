//go:build race

package cli_test

// kills is smaller than without the race detector, which makes a program several
// times as slow and looks into no other process.
func kills() int { return 20 }
