package cli_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// status runs a program and compares its exit status: status 3 sesctl …
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status CODE PROGRAM [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// serve starts "sesctl emulator serve" with the given arguments. It sets
// $SESCTL_ENDPOINT and the key pair in the environment of the following commands. The
// stderr of the emulator is the file emulator.log.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("serve cannot be negated")
	}
	program, err := exec.LookPath("sesctl")
	ts.Check(err)
	cmd := exec.Command(program, append([]string{"emulator", "serve", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(buildEnv(), "HOME="+ts.Getenv("HOME"), "XDG_CONFIG_HOME="+ts.Getenv("XDG_CONFIG_HOME"),
		"XDG_STATE_HOME="+ts.Getenv("XDG_STATE_HOME"), "SESCTL_CONFIG="+ts.Getenv("SESCTL_CONFIG"),
		"SESCTL_PROFILE="+ts.Getenv("SESCTL_PROFILE"))
	cmd.Dir = ts.MkAbs(".")
	log, err := os.Create(ts.MkAbs("emulator.log"))
	ts.Check(err)
	cmd.Stderr = log
	stdout, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		end(cmd)
		_ = cmd.Wait()
		_ = log.Close()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		ts.Fatalf("the emulator printed nothing: %v\n%s", err, ts.ReadFile("emulator.log"))
	}
	ts.Setenv("SESCTL_ENDPOINT", strings.TrimSpace(line))
	ts.Setenv("TENCENTCLOUD_SECRET_ID", "local")
	ts.Setenv("TENCENTCLOUD_SECRET_KEY", "local")
	ts.Setenv("EMULATOR_PID", strconv.Itoa(cmd.Process.Pid))
}

// jsonValue compares a value in the JSON of the last stdout or stderr:
// json stdout 0.source account
func jsonValue(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: json stdout|stderr PATH VALUE")
	}
	var value any
	decoder := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	decoder.UseNumber()
	ts.Check(decoder.Decode(&value))
	for key := range strings.SplitSeq(args[1], ".") {
		if key == "" {
			continue
		}
		switch v := value.(type) {
		case []any:
			i, err := strconv.Atoi(key)
			if key == "length" {
				value = json.Number(strconv.Itoa(len(v)))
				continue
			}
			if err != nil || i >= len(v) {
				ts.Fatalf("no element %s in %s", key, args[1])
			}
			value = v[i]
		case map[string]any:
			inner, found := v[key]
			if !found && args[2] != "(absent)" {
				ts.Fatalf("no key %s in %s", key, args[1])
			}
			value = inner
			if !found {
				value = "(absent)"
			}
		default:
			ts.Fatalf("%s: %v holds nothing", args[1], value)
		}
	}
	if got := fmt.Sprint(value); got != args[2] {
		ts.Fatalf("%s is %q, want %q", args[1], got, args[2])
	}
}

// expand replaces $NAME in a file with the variables of the script.
func expand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: expand FILE")
	}
	text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// mode compares the permissions of a file, if the system has permissions: mode 600 FILE
func mode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode OCTAL FILE")
	}
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[0] && runtime.GOOS != "windows" {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}
