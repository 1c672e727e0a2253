package cli_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/sesctl/sesctl/"

// layers is the import rule: a package may import those of the layers below its
// own, and none of its own layer. Every package is in one, but for the
// measurements, which use what they measure.
func layers() [][]string {
	return [][]string{
		{"pkg/callback", "pkg/event"},
		{"internal/failure", "internal/sesapi", "internal/seed", "internal/yamltext", "internal/files"},
		{"internal/network"},
		{"internal/emulator/state", "internal/emulator/tc3", "internal/emulator/delivery"},
		{"internal/ses", "internal/ses/storetest", "internal/capture", "internal/emulator", "internal/webhook", "internal/manifest", "internal/journal", "internal/output", "internal/config", "internal/report"},
		{"internal/planfile", "pkg/sestest"},
		{"internal/cli", "internal/relay"},
		{"internal/relaycli"},
		{"cmd/sesctl", "cmd/sesctl-relay", "internal/gendocs", "internal/prose"},
	}
}

// owners names the packages that may import a library.
func owners() map[string][]string {
	return map[string][]string{
		"github.com/spf13/cobra":                {"internal/cli", "internal/relaycli", "internal/gendocs"},
		"github.com/tencentcloud/":              {"internal/ses"},
		"github.com/olekukonko/tablewriter":     {"internal/output"},
		"github.com/itchyny/gojq":               {"internal/output"},
		"github.com/schollz/progressbar":        {"internal/cli"},
		"go.etcd.io/bbolt":                      {"internal/emulator/state"},
		"go.yaml.in/yaml/":                      {"internal/config", "internal/manifest", "internal/output", "internal/relaycli"},
		"github.com/gofrs/flock":                {"internal/files", "internal/cli", "internal/relay"},
		"github.com/tidwall/btree":              {"internal/emulator/state"},
		"mvdan.cc/sh/":                          {"internal/capture"},
		"golang.org/x/net/idna":                 {"pkg/callback"},
		"golang.org/x/term":                     {"internal/cli"},
		"github.com/nats-io/nats.go":            {"internal/relay"},
		"github.com/nats-io/nats-server":        {},
		"github.com/twmb/franz-go/pkg/kfake":    {},
		"github.com/twmb/franz-go/":             {"internal/relay"},
		"github.com/prometheus/":                {"internal/relay"},
		"github.com/rogpeppe/go-internal/":      {},
		"pgregory.net/rapid":                    {},
		"github.com/santhosh-tekuri/jsonschema": {},
	}
}

func TestImports(t *testing.T) {
	t.Parallel()
	layerOf := map[string]int{}
	for i, layer := range layers() {
		for _, p := range layer {
			layerOf[p] = i
		}
	}
	for _, p := range listPackages(t) {
		path := strings.TrimPrefix(p.ImportPath, module)
		if path == "bench" || strings.HasPrefix(path, "bench/") {
			continue
		}
		layer, placed := layerOf[path]
		if !placed {
			t.Errorf("%s is in no layer", path)
		}
		for _, imported := range p.Imports {
			if inner, own := strings.CutPrefix(imported, module); own {
				if below, known := layerOf[inner]; placed && (!known || below >= layer) {
					t.Errorf("%s imports %s, which is not below it", path, inner)
				}
				continue
			}
			checkLibrary(t, path, imported)
		}
	}
}

func checkLibrary(t *testing.T, path, imported string) {
	t.Helper()
	for library, allowed := range owners() {
		if strings.HasPrefix(imported, library) && !slices.Contains(allowed, path) {
			t.Errorf("%s imports %s; only %v may", path, imported, allowed)
		}
	}
	domain := strings.HasPrefix(path, "pkg/")
	if domain && strings.Contains(strings.Split(imported, "/")[0], ".") && imported != "golang.org/x/net/idna" {
		t.Errorf("%s imports %s; the domain needs the standard library only", path, imported)
	}
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []goPackage
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// TestLightProgram holds what the engines of sesctl-relay need out of sesctl.
func TestLightProgram(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", module+"cmd/sesctl").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, dependency := range strings.Fields(string(out)) {
		for _, heavy := range []string{module + "internal/relay", "github.com/nats-io/", "github.com/twmb/", "github.com/prometheus/"} {
			if strings.HasPrefix(dependency, heavy) {
				t.Errorf("sesctl links %s", dependency)
			}
		}
	}
}
