// Command peak runs a command, and writes its peak memory in bytes to a file:
//
//	peak FILE COMMAND ARGUMENT...
//
// On Linux the peak of a process includes the memory of the process that started it.
// So a small program must start the command that is measured.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
)

func main() {
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	err := cmd.Start()
	if err == nil {
		go func() {
			for s := range interrupts {
				_ = cmd.Process.Signal(s) // it may have ended
			}
		}()
		err = cmd.Wait()
	}
	if cmd.ProcessState != nil {
		peak := strconv.FormatInt(peakMemory(cmd.ProcessState), 10)
		if failed := os.WriteFile(os.Args[1], []byte(peak), 0o600); err == nil {
			err = failed
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "peak:", err)
		os.Exit(1)
	}
}
