package cli_test

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
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
	testscript.Main(m, map[string]func(){
		"sesctl": func() {
			if file := os.Getenv(untranslatedFile); file != "" {
				os.Exit(cli.RunUntranslated(file))
			}
			os.Exit(cli.RunProcess())
		},
	})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	untranslated := filepath.Join(t.TempDir(), "untranslated")
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
