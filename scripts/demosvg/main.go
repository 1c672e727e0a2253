// Command demosvg records scripts/demo.sh as a picture of a terminal:
//
//	demosvg [-check] SCRIPT FILE
//
// It runs SCRIPT with sh, and writes what it prints to FILE as an animated SVG. What
// differs from run to run is replaced, so the picture changes only if the demo does.
// With -check it writes nothing, and fails if FILE differs.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
)

func main() {
	check := flag.Bool("check", false, "only compare")
	flag.Parse()
	if err := run(*check, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "demosvg:", err)
		os.Exit(1)
	}
}

func run(check bool, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: demosvg [-check] SCRIPT FILE")
	}
	script, file := args[0], args[1]
	printed, err := exec.Command("sh", script).CombinedOutput()
	if err != nil {
		return fmt.Errorf("run %s: %w\n%s", script, err, printed)
	}
	picture := draw(steady(string(printed)))
	if !check {
		return os.WriteFile(file, picture, 0o644)
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !bytes.Equal(kept, picture) {
		return fmt.Errorf("%s does not show what %s prints: run \"make docs\"", file, script)
	}
	return nil
}
