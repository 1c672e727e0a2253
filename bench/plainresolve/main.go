// Command plainresolve is package plain alone.
package main

import (
	"os"

	"github.com/sesctl/sesctl/bench/plain"
)

func main() { os.Exit(plain.Main()) }
