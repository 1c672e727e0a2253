// Command bench measures sesctl, each figure against something that was measured
// in the same run, in turns, so that a machine that is shared and noisy distorts
// both alike. It prints medians and ratios and judges nothing.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// row is one line of the table.
type row struct{ what, measured, against, ratio, goal string }

func run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "sesctl-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	sesctl, err := filepath.Abs("bin/sesctl")
	if err != nil {
		return err
	}
	built := programs{folder: folder, sesctl: sesctl}
	if err := built.build(ctx); err != nil {
		return err
	}
	var rows []row
	for _, measure := range []func(context.Context, programs) ([]row, error){measureStart, measureResolve, measureAll, measureEmulator, measurePlan, measureApply,
		measureListen, measureTrigger, measureCheck, measureListenMemory} {
		more, err := measure(ctx, built)
		if err != nil {
			return err
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
