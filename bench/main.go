package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// row is one line of the table.
type row struct{ what, measured, against, ratio, goal string }

type measurement struct {
	name    string
	measure func(context.Context, *programs) ([]row, error)
}

// measurements returns all measurements in the order of the table.
func measurements() []measurement {
	return []measurement{
		{"start", measureStart}, {"resolve", measureResolve}, {"all", measureAll}, {"list", measureList}, {"emulator", measureEmulator},
		{"email", measureEmail}, {"email-state", measureEmailState}, {"plan", measurePlan}, {"apply", measureApply}, {"listen", measureListen}, {"trigger", measureTrigger},
		{"check", measureCheck}, {"memory", measureListenMemory},
		{"relay", measureRelay}, {"relay-spool", measureRelaySpool}, {"relay-memory", measureRelayMemory}, {"page", measurePage},
	}
}

func run(ctx context.Context, names []string) error {
	var known []string
	for _, m := range measurements() {
		known = append(known, m.name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return fmt.Errorf("no measurement %q; the measurements are: %s", name, strings.Join(known, ", "))
		}
	}
	folder, err := os.MkdirTemp("", "sesctl-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	built := &programs{folder: folder}
	if err := built.build(ctx); err != nil {
		return err
	}
	var rows []row
	for _, m := range measurements() {
		if len(names) > 0 && !slices.Contains(names, m.name) {
			continue
		}
		more, err := m.measure(ctx, built)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		rows = append(rows, more...)
		fmt.Fprint(os.Stderr, ".")
	}
	fmt.Fprintln(os.Stderr)
	printRows(rows)
	return nil
}

func printRows(rows []row) {
	rows = append([]row{{"what", "measured", "against", "ratio", "goal"}}, rows...)
	format := ""
	for _, cell := range []func(row) string{
		func(r row) string { return r.what }, func(r row) string { return r.measured },
		func(r row) string { return r.against }, func(r row) string { return r.ratio },
	} {
		width := 0
		for _, r := range rows {
			width = max(width, len([]rune(cell(r))))
		}
		format += fmt.Sprintf("%%-%ds  ", width)
	}
	for _, r := range rows {
		fmt.Println(strings.TrimRight(fmt.Sprintf(format+"%s", r.what, r.measured, r.against, r.ratio, r.goal), " "))
	}
}
