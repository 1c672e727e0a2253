package cli_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"go.yaml.in/yaml/v4"
)

// releases serves a folder over HTTP as the page of releases, and sets
// $SESCTL_RELEASES to it. It notes each request in requests.log.
func releases(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: releases FOLDER")
	}
	folder, log := ts.MkAbs(args[0]), ts.MkAbs("requests.log")
	files := http.FileServer(http.Dir(folder))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if file, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
			file.WriteString(r.URL.Path + "\n")
			file.Close()
		}
		files.ServeHTTP(w, r)
	}))
	ts.Defer(server.Close)
	ts.Setenv("SESCTL_RELEASES", server.URL)
	script, err := filepath.Abs(filepath.Join("..", "..", "docs", "guides", "ci", "install.sh"))
	ts.Check(err)
	ts.Setenv("INSTALL", script)
}

// action writes the shell part of the action for GitHub into action.sh, with the
// inputs that are given as NAME=VALUE. What GitHub does between the steps is done by
// the script: the outputs of a step are read before the next one.
func action(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: action [NAME=VALUE...]")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	ts.Check(err)
	text, err := os.ReadFile(filepath.Join(root, "action.yml"))
	ts.Check(err)
	var file struct {
		Runs struct {
			Steps []struct {
				Env map[string]string `yaml:"env"`
				Run string            `yaml:"run"`
			} `yaml:"steps"`
		} `yaml:"runs"`
	}
	ts.Check(yaml.Load(text, &file))
	values := map[string]string{
		"github.action_path": root, "inputs.version || github.action_ref": "", "inputs.sha256": "",
		"steps.folders.outputs.version": "$version", "steps.folders.outputs.path": "$path", "steps.folders.outputs.downloads": "$downloads",
	}
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		if name == "version" {
			name = "version || github.action_ref"
		}
		values["inputs."+name] = value
	}
	var script strings.Builder
	expression := regexp.MustCompile(`\$\{\{ (.*?) \}\}`)
	for _, step := range file.Runs.Steps {
		if step.Run == "" {
			continue
		}
		script.WriteString(": >>\"$GITHUB_OUTPUT\"\n. \"$GITHUB_OUTPUT\"\n(\n")
		for _, name := range slices.Sorted(maps.Keys(step.Env)) {
			value := expression.ReplaceAllStringFunc(step.Env[name], func(found string) string {
				replaced, ok := values[expression.FindStringSubmatch(found)[1]]
				if !ok {
					ts.Fatalf("action.yml uses %s, which this test does not know", found)
				}
				return replaced
			})
			script.WriteString("export " + name + "=\"" + value + "\"\n")
		}
		script.WriteString(step.Run + ")\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs("action.sh"), []byte("set -e\n"+script.String()), 0o600))
}
