// Command plainlinked is package plain in a program that contains all of sesctl. It shows
// the time that the packages of sesctl take at each start, used or not.
package main

import (
	"os"

	"github.com/sesctl/sesctl/bench/plain"
	"github.com/sesctl/sesctl/internal/cli"
)

func main() {
	if len(os.Args) == 1 { // never in bench, but the linker does not know that
		os.Exit(cli.RunProcess())
	}
	os.Exit(plain.Main())
}
