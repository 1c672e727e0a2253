package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	flag.Parse()
	found, err := run(os.Stdout, ".", flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "prose:", err)
	}
	if err != nil || found > 0 {
		os.Exit(1)
	}
}

// run checks the files under root, or only the ones under the named folders, and
// prints each finding. It returns the number of findings.
func run(out io.Writer, root string, folders []string) (int, error) {
	files, err := proseFiles(root, folders)
	if err != nil {
		return 0, err
	}
	rules := wordList()
	count := 0
	for _, file := range files {
		passages, err := read(root, file)
		if err != nil {
			return count, err
		}
		for _, f := range check(rules, passages) {
			count++
			fmt.Fprintf(out, "%s:%d: %q: %s\n", file, f.line, f.phrase, f.advice)
		}
	}
	return count, nil
}
