package main

import (
	"os"

	"github.com/sesctl/sesctl/internal/cli"
)

func main() {
	os.Exit(cli.RunProcess())
}
