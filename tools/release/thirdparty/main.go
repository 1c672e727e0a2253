// Command thirdparty writes what a release has of others, or has to state about it:
//
//	thirdparty licenses FILE PACKAGE PLATFORM...   the licenses of what PACKAGE is built from
//	thirdparty sbom BINARY FILE                    the bill of materials of a built program
//	thirdparty root FILE [DIRECTORY]               the files of an image besides the program
//
// None of them needs the network once the modules are there. The same input gives the
// same bytes.
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "thirdparty:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) >= 4 && args[0] == "licenses":
		modules, err := modulesOf(args[2], args[3:])
		if err != nil {
			return err
		}
		return writeLicenses(args[1], modules)
	case len(args) == 3 && args[0] == "sbom":
		return writeSBOM(args[1], args[2])
	case (len(args) == 2 || len(args) == 3) && args[0] == "root":
		return writeRoot(args[1], args[2:])
	}
	return errors.New("usage: thirdparty licenses FILE PACKAGE PLATFORM... | sbom BINARY FILE | root FILE [DIRECTORY]")
}
