// Command zhdocs checks the Chinese documents against the English ones. Every English
// page for users must have a Chinese page, with the same commands and with links
// between the two. A Chinese page ends with a checksum of the English page from which
// it was written, so a page that has fallen behind is found.
//
//	zhdocs           check, and print each finding; exit status 1 if there are any
//	zhdocs -accept   write the checksums of today's English pages into the Chinese pages
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
