package layers_test

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

func TestImports(t *testing.T) {
	t.Parallel()
	rows := map[string]int{}
	for i, row := range layers() {
		for _, p := range row {
			rows[p] = i
		}
	}
	for _, p := range listPackages(t) {
		path := strings.TrimPrefix(p.ImportPath, module)
		if slices.ContainsFunc(free(), func(folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }) {
			continue
		}
		row, placed := rows[path]
		if !placed {
			t.Errorf("%s is in no row of list_test.go", path)
		}
		for _, imported := range p.Imports {
			inner, own := strings.CutPrefix(imported, module)
			if !own {
				checkLibrary(t, path, imported)
			} else if below, known := rows[inner]; placed && (!known || below >= row) {
				t.Errorf("%s imports %s, which is not in a lower row", path, inner)
			}
		}
	}
}

func checkLibrary(t *testing.T, path, imported string) {
	t.Helper()
	for _, l := range libraries() {
		if strings.HasPrefix(imported, l.path) && !slices.Contains(l.owners, path) {
			t.Errorf("%s imports %s; only %v may", path, imported, l.owners)
		}
	}
	host, _, _ := strings.Cut(imported, "/")
	if strings.HasPrefix(path, "pkg/") && strings.Contains(host, ".") && !slices.Contains(allowed(), imported) {
		t.Errorf("%s imports %s; the packages below pkg use the standard library and %v", path, imported, allowed())
	}
}

// TestLightProgram keeps what the engines of sesctl-relay need out of sesctl.
func TestLightProgram(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", module+"cmd/sesctl").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, dependency := range strings.Fields(string(out)) {
		for _, heavy := range light() {
			if strings.HasPrefix(dependency, heavy) {
				t.Errorf("sesctl links %s", dependency)
			}
		}
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
