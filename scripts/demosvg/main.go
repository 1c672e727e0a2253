// Command demosvg records scripts/demo.sh as a picture of a terminal:
//
//	demosvg [-check] [-lang LANGUAGE] SCRIPT FILE
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
	language := flag.String("lang", "en", "the `LANGUAGE` of the demo: en or zh-CN")
	flag.Parse()
	if err := run(*check, *language, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "demosvg:", err)
		os.Exit(1)
	}
}

func run(check bool, language string, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: demosvg [-check] [-lang LANGUAGE] SCRIPT FILE")
	}
	script, file := args[0], args[1]
	demo := exec.Command("sh", script)
	demo.Env = append(os.Environ(), "SESCTL_LANG="+language)
	printed, err := demo.CombinedOutput()
	if err != nil {
		return fmt.Errorf("run %s: %w\n%s", script, err, printed)
	}
	picture := draw(steady(string(printed)), language)
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
