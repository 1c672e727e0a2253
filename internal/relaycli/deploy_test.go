package relaycli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v4"
)

const deployFolder = "../../deploy/relay"

func deployFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(deployFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documents returns the documents of a YAML file.
func documents(t *testing.T, text string) (all []map[string]any) {
	t.Helper()
	for part := range strings.SplitSeq(text, "\n---\n") {
		var document map[string]any
		if err := yaml.Load([]byte(part), &document); err != nil {
			t.Fatal(err)
		}
		all = append(all, document)
	}
	return all
}

// reads checks that the program accepts a configuration. Values that come from
// secrets are in the given environment.
func reads(t *testing.T, config string, env map[string]string) {
	t.Helper()
	// The path comes from a file that the test does not have.
	config = regexp.MustCompile(`(?m)^path_file: .*`).ReplaceAllString(config, "path: /ses/0123456789abcdef")
	var s settings
	cmd := &cobra.Command{Use: "serve"}
	s.add(cmd)
	if err := cmd.ParseFlags([]string{"--config", write(t, config)}); err != nil {
		t.Fatal(err)
	}
	o, err := s.read(cmd, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if o.Spool == "" || o.DeadLetter == nil || o.Metrics == "" {
		t.Errorf("it has no spool, no dead letters or no metrics: %+v", o)
	}
}

func TestKubernetesConfiguration(t *testing.T) {
	t.Parallel()
	for _, document := range documents(t, deployFile(t, "kubernetes.yaml")) {
		if document["kind"] == "ConfigMap" {
			reads(t, document["data"].(map[string]any)["relay.yaml"].(string), nil)
			return
		}
	}
	t.Error("there is no ConfigMap")
}

func TestComposeConfiguration(t *testing.T) {
	t.Parallel()
	services := documents(t, deployFile(t, "compose.yaml"))[0]["services"].(map[string]any)
	env := map[string]string{"SESCTL_RELAY_SPOOL": "/var/lib/sesctl-relay"} // as in the image
	for name, value := range services["relay"].(map[string]any)["environment"].(map[string]any) {
		env[name] = value.(string)
	}
	delete(env, "SESCTL_RELAY_PATH_FILE")
	env["SESCTL_RELAY_PATH"] = "/ses/0123456789abcdef"
	reads(t, "", env)
	if !strings.Contains(deployFile(t, "Dockerfile"), "ENV SESCTL_RELAY_SPOOL=/var/lib/sesctl-relay\n") {
		t.Error("the image names no spool")
	}
}

func TestUnit(t *testing.T) {
	t.Parallel()
	unit := deployFile(t, "sesctl-relay.service")
	env := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^Environment=(\w+)=(.*)$`).FindAllStringSubmatch(unit, -1) {
		env[m[1]] = m[2]
	}
	if env["SESCTL_RELAY_PATH_FILE"] != "%d/path" {
		t.Errorf("the path comes from %s", env["SESCTL_RELAY_PATH_FILE"])
	}
	delete(env, "SESCTL_RELAY_PATH_FILE")
	reads(t, "path: /ses/0123456789abcdef\n"+deployFile(t, "relay.yaml"), env)
	args := regexp.MustCompile(`(?m)^ExecStart=(\S+) (.*)$`).FindStringSubmatch(unit)
	if args == nil {
		t.Fatal("there is no ExecStart")
	}
	root := Root(Env{})
	cmd, rest, err := root.Find(strings.Fields(args[2]))
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err != nil || cmd.Name() != "serve" {
		t.Errorf("ExecStart: %v, %v", cmd.Name(), err)
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze")
	}
	// systemd-analyze requires that the program exists.
	program, err := exec.LookPath("true")
	if err != nil {
		t.Skip("there is no program to name")
	}
	copied := filepath.Join(t.TempDir(), "sesctl-relay.service")
	if err := os.WriteFile(copied, []byte(strings.Replace(unit, args[1], program, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(analyze, "verify", "--man=no", copied).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

// TestDockerfile checks that the image copies the sources of the program, and does
// not run as root.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	text := deployFile(t, "Dockerfile")
	for _, m := range regexp.MustCompile(`(?m)^COPY (\w+) (\w+)$`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join("..", "..", m[1])); err != nil {
			t.Error(err)
		}
		if !strings.Contains(deployFile(t, "Dockerfile.dockerignore"), "\n!"+m[1]+"\n") {
			t.Errorf("%s is ignored", m[1])
		}
	}
	if !regexp.MustCompile(`(?m)^USER [1-9]\d*:[1-9]\d*$`).MatchString(text) {
		t.Error("the image runs as root")
	}
	stages := strings.Split(text, "\nFROM ")
	if strings.Contains(stages[len(stages)-1], "\nRUN ") {
		t.Error("the last stage has no shell to run anything with")
	}
}
