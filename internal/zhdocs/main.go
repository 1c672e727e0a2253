package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	accept := flag.Bool("accept", false, "write the checksums of the English pages, after the Chinese ones were brought up to date")
	flag.Parse()
	pages, err := list(".")
	if err == nil && *accept {
		err = acceptAll(".", pages)
	}
	var findings []string
	if err == nil {
		findings, err = check(".", pages)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "zhdocs:", err)
		os.Exit(1)
	}
	for _, f := range findings {
		fmt.Println(f)
	}
	if len(findings) > 0 {
		os.Exit(1)
	}
}
