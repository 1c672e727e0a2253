//go:build !race

package cli_test

// kills is how often a test kills the program at a random moment.
func kills() int { return 200 }
