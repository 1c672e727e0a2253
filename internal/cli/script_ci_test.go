package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"go.yaml.in/yaml/v4"
)

// ciJob writes the shell part of a job in the CI guide, from the file that users copy,
// into job.sh: cijob FILE JOB. Steps that only a CI server can run, such as the
// checkout, are left out.
func ciJob(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cijob FILE JOB")
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "guides", "ci", args[0]))
	ts.Check(err)
	var lines []string
	switch args[0] {
	case "github-actions.yml", "github-emulator.yml":
		lines, err = githubJob(text, args[1])
	case "gitlab-ci.yml":
		lines, err = gitlabJob(text, args[1])
	default:
		lines = jenkinsStages(text, "install", args[1])
	}
	ts.Check(err)
	if len(lines) == 0 || !strings.HasPrefix(args[0], "github-") && !strings.Contains(lines[0], "sh ci/install.sh ") {
		ts.Fatalf("the job %s of %s does not begin by installing sesctl: %q", args[1], args[0], lines)
	}
	ts.Check(os.WriteFile(ts.MkAbs("job.sh"), []byte("set -e\n"+strings.Join(lines, "\n")+"\n"), 0o600))
}

func githubJob(text []byte, job string) ([]string, error) {
	var file struct {
		Jobs map[string]struct {
			Steps []struct {
				Run  string `yaml:"run"`
				Uses string `yaml:"uses"`
			} `yaml:"steps"`
		} `yaml:"jobs"`
	}
	if err := yaml.Load(text, &file); err != nil {
		return nil, err
	}
	var lines []string
	installed := false
	for _, step := range file.Jobs[job].Steps {
		installed = installed || strings.HasPrefix(step.Uses, "sesctl/sesctl@")
		if step.Run != "" && !installed {
			return nil, fmt.Errorf("the job runs %q before it installs sesctl", step.Run)
		}
		if step.Run != "" {
			lines = append(lines, step.Run)
		}
	}
	return lines, nil
}

func gitlabJob(text []byte, job string) ([]string, error) {
	var file map[string]yaml.Node
	if err := yaml.Load(text, &file); err != nil {
		return nil, err
	}
	var before struct {
		Lines []string `yaml:"before_script"`
	}
	var script struct {
		Lines []string `yaml:"script"`
	}
	defaults, own := file["default"], file[job]
	if err := defaults.Load(&before); err != nil {
		return nil, err
	}
	err := own.Load(&script)
	return append(before.Lines, script.Lines...), err
}

// jenkinsStages returns the "sh" steps of the named stages.
func jenkinsStages(text []byte, names ...string) []string {
	var lines []string
	step := regexp.MustCompile(`(?m)^\s+sh '(.*)'$`)
	for stage := range strings.SplitSeq(string(text), "stage('") {
		for _, name := range names {
			if strings.HasPrefix(stage, name+"')") {
				for _, match := range step.FindAllStringSubmatch(stage, -1) {
					lines = append(lines, match[1])
				}
			}
		}
	}
	return lines
}

// ciFiles puts the files that the guide requires into the folder of the script: the
// scripts in ci, and in tools a gh that only records its calls.
func ciFiles(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: cifiles")
	}
	ts.Check(os.MkdirAll(ts.MkAbs("ci"), 0o700))
	ts.Check(os.MkdirAll(ts.MkAbs("tools"), 0o700))
	scripts, err := filepath.Glob(filepath.Join("..", "..", "docs", "guides", "ci", "*.sh"))
	ts.Check(err)
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		ts.Check(err)
		if filepath.Base(script) == "install.sh" { // install.txtar runs it
			text = []byte("echo \"install $*\" >> \"$TOOL_LOG\"\n")
		}
		ts.Check(os.WriteFile(ts.MkAbs(filepath.Join("ci", filepath.Base(script))), text, 0o600))
	}
	text := "#!/bin/sh\necho \"gh $*\" >> \"$TOOL_LOG\"\n"
	ts.Check(os.WriteFile(ts.MkAbs(filepath.Join("tools", "gh")), []byte(text), 0o700))
	ts.Setenv("TOOL_LOG", ts.MkAbs("tools.log"))
	ts.Setenv("PATH", ts.MkAbs("tools")+string(filepath.ListSeparator)+ts.Getenv("PATH"))
}
