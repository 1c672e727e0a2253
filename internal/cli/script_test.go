package cli_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sesctl/sesctl/internal/cli"
)

// The scripts run the program, as cmd/sesctl does, in processes of their own. It
// acts on the embedded emulator or on one that the script serves.
func TestMain(m *testing.M) {
	// Most tests here wait for other programs. So on a small machine more of them run
	// at the same time than it has processors; -parallel overrides this.
	if err := flag.Set("test.parallel", strconv.Itoa(max(4, runtime.GOMAXPROCS(0)))); err != nil {
		panic(err)
	}
	// nohup makes this process ignore SIGHUP, and its programs would inherit that. A
	// program inherits the default for a signal that is caught.
	if signal.Ignored(syscall.SIGHUP) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	testscript.Main(m, map[string]func(){
		"sesctl": func() {
			if file := os.Getenv(untranslatedFile); file != "" {
				os.Exit(cli.RunUntranslated(file))
			}
			os.Exit(cli.RunProcess())
		},
		"inject": inject,
	})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	untranslated := filepath.Join(t.TempDir(), "untranslated")
	if err := os.WriteFile(untranslated, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { checkUntranslated(t, untranslated) })
	listening := listeners{running: map[*testscript.TestScript]map[string]*listener{}}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "", // rewrites what cmp compares with
		Setup: func(env *testscript.Env) error {
			env.Setenv(untranslatedFile, untranslated)
			return setup(env)
		},
		Condition: condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":   status,
			"serve":    serve,
			"faulty":   faulty,
			"json":     jsonValue,
			"expand":   expand,
			"mode":     mode,
			"cijob":    ciJob,
			"releases": releases,
			"action":   action,
			"cifiles":  ciFiles,
			"receiver": receiver,
			"sendmail": sendmail,
			"listen":   listening.listen,
			"ended":    listening.ended,
			"request":  request,
		},
	})
}

// condition reports whether this system lets a script inject errors of a disk (inject),
// inject them into chosen calls (trace), or mount a file system for itself (mount).
func condition(name string) (bool, error) {
	switch name {
	case "inject":
		return exec.Command("inject", "check").Run() == nil, nil
	case "trace":
		return exec.Command("strace", "-o", os.DevNull, "true").Run() == nil, nil
	case "mount":
		return exec.Command("unshare", "-rm", "mount", "-t", "tmpfs", "none", "/tmp").Run() == nil, nil
	}
	return false, fmt.Errorf("unknown condition %s", name)
}

// scriptVariables are the variables that sesctl reads. Scripts begin without them.
func scriptVariables() []string {
	return []string{
		"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN", "TENCENTCLOUD_REGION",
		"TCCLI_PROFILE", "TENCENTCLOUD_CREDENTIALS_FILE", "SSL_CERT_FILE", "NO_COLOR", "GITHUB_ACTIONS",
		"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "NO_PROXY", "no_proxy",
		"SESCTL_LOCAL", "SESCTL_CONFIG", "SESCTL_PROFILE", "SESCTL_ENDPOINT", "SESCTL_OUTPUT", "SESCTL_LOCAL_STATE",
		"SESCTL_LANG", "LC_ALL", "LC_MESSAGES", "LANG",
	}
}

// setup gives each script its own home folder, and no variables of the caller.
func setup(env *testscript.Env) error {
	for _, name := range scriptVariables() {
		env.Setenv(name, "")
	}
	for _, variable := range buildEnv() {
		name, value, _ := strings.Cut(variable, "=")
		env.Setenv(name, value)
	}
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("USERPROFILE", env.WorkDir)
	env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
	env.Setenv("XDG_STATE_HOME", env.WorkDir+"/state")
	return nil
}
