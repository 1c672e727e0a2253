//go:build !race

package cli_test

import "github.com/sesctl/sesctl/internal/seed"

// kills is how often a test kills the program at a random moment: 200 times, or 20 times
// with -short.
func kills() int { return seed.Kills(200) }
