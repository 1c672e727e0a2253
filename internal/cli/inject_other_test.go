//go:build !linux

package cli_test

import "os"

// inject needs Linux.
func inject() { os.Exit(99) }
