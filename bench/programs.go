package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// copies is the number of copies of each program. The number of page faults at its
// start depends on how the file was read into the page cache. That can be a tenth of
// a short command, so several copies take turns.
const copies = 5

// programs builds and starts the programs that are measured. Each copy has a folder.
type programs struct {
	folder string
	turn   int
}

// build builds all programs as "make build" does.
func (p *programs) build(ctx context.Context) error {
	for name, source := range map[string]string{"sesctl": "./cmd/sesctl", "hello": "./bench/hello", "sdkcall": "./bench/sdkcall", "plainresolve": "./bench/plainresolve", "plainlinked": "./bench/plainlinked",
		"sdkloop": "./bench/sdkloop", "bareevents": "./bench/bareevents", "peak": "./bench/peak", "sesctl-relay": "./cmd/sesctl-relay", "natsd": "./bench/natsd", "barepublish": "./bench/barepublish"} {
		linked := filepath.Join(p.folder, name)
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", linked, source)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		for i := range copies {
			if err := copyProgram(linked, p.path(i, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *programs) path(i int, name string) string {
	return filepath.Join(p.folder, strconv.Itoa(i), name)
}

func copyProgram(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o700)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// command returns a command that runs the next copy of a program. It has its own
// home and nothing of the caller's environment.
func (p *programs) command(endpoint string, name string, args ...string) *exec.Cmd {
	p.turn++
	cmd := exec.Command(p.path(p.turn%copies, name), args...)
	cmd.Env = []string{"HOME=" + p.folder, "USERPROFILE=" + p.folder,
		"TENCENTCLOUD_SECRET_ID=local", "TENCENTCLOUD_SECRET_KEY=local"}
	if endpoint != "" {
		cmd.Env = append(cmd.Env, "SESCTL_ENDPOINT="+endpoint)
	}
	return cmd
}

// timed runs a command and returns its wall time.
func timed(cmd *exec.Cmd) (time.Duration, error) {
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, out)
	}
	return time.Since(start), nil
}

// watched returns a command that runs cmd under the program peak, and a function
// that returns the peak memory of cmd, in bytes, after it has ended.
func (p *programs) watched(cmd *exec.Cmd) (*exec.Cmd, func() (int64, error)) {
	file := filepath.Join(p.folder, "peak.txt")
	watched := p.command("", "peak", append([]string{file}, cmd.Args...)...)
	watched.Env = cmd.Env
	return watched, func() (int64, error) {
		text, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		return strconv.ParseInt(string(text), 10, 64)
	}
}

// peakOf runs a command, and returns its peak memory in bytes.
func (p *programs) peakOf(cmd *exec.Cmd) (int64, error) {
	watched, peak := p.watched(cmd)
	if _, err := timed(watched); err != nil {
		return 0, err
	}
	return peak()
}

// inTurns runs a and b alternately, and returns the median wall time of each.
func inTurns(times int, a, b func() *exec.Cmd) (time.Duration, time.Duration, error) {
	var as, bs []time.Duration
	for i := range times + 3 {
		for _, c := range []struct {
			command func() *exec.Cmd
			into    *[]time.Duration
		}{{a, &as}, {b, &bs}} {
			took, err := timed(c.command())
			if err != nil {
				return 0, 0, err
			}
			if i >= 3 { // the first runs fill the caches
				*c.into = append(*c.into, took)
			}
		}
	}
	return median(as), median(bs), nil
}

func median(values []time.Duration) time.Duration {
	slices.Sort(values)
	return values[len(values)/2]
}

func ratio(a, b time.Duration) string { return fmt.Sprintf("%.2f", float64(a)/float64(b)) }

// emulator starts "sesctl emulator serve" and returns its base URL.
func (p *programs) emulator(senders ...string) (endpoint string, stop func(), err error) {
	args := []string{"emulator", "serve", "--memory", "--listen", "127.0.0.1:0"}
	for _, s := range senders {
		args = append(args, "--sender", s)
	}
	return started(p.command("", "sesctl", args...))
}

func mebibytes(n int64) string {
	if n == 0 {
		return "not known on this system"
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}
