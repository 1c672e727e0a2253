package check

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestReproducible builds the same commit in a clone in another folder, in another time
// zone and with another home, and compares every byte that a release would publish.
func TestReproducible(t *testing.T) {
	t.Parallel()
	if info, err := os.Stat(filepath.Join(source, ".git")); err != nil || !info.IsDir() {
		t.Skip("this is not a clone, so Go does not record the same version in the programs")
	}
	if out := run(t, "git", "-C", source, "status", "--porcelain"); out != "" {
		t.Fatalf("the clone has changes, so its programs have another version:\n%s", out)
	}
	clone := filepath.Join(t.TempDir(), "another", "folder")
	run(t, "git", "clone", "--quiet", source, clone)
	cache, modules := strings.TrimSpace(run(t, "go", "env", "GOCACHE")), strings.TrimSpace(run(t, "go", "env", "GOMODCACHE"))
	cmd := exec.CommandContext(t.Context(), "make", "-C", clone, "snapshot", "ONLY="+os.Getenv("ONLY"))
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "TZ=Asia/Shanghai", "GOCACHE="+cache, "GOMODCACHE="+modules)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	first, second := published(t, dist), published(t, filepath.Join(clone, "dist"))
	for _, name := range slices.Sorted(maps.Keys(first)) {
		if second[name] != first[name] {
			t.Errorf("%s has other bytes in the other folder", name)
		}
	}
	if len(first) != len(second) {
		t.Errorf("%d files here, %d in the other folder", len(first), len(second))
	}
}

// published returns the checksums of what a release publishes: the files beside
// checksums.txt, the formulas and manifests, and what the images are made of.
func published(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{"checksums.txt": checksum(t, filepath.Join(folder, "checksums.txt"))}
	for name := range sums(t, folder) {
		found[name] = checksum(t, filepath.Join(folder, name))
	}
	for _, below := range []string{"images", "homebrew", "scoop"} {
		err := filepath.WalkDir(filepath.Join(folder, below), func(path string, entry fs.DirEntry, err error) error {
			if os.IsNotExist(err) && os.Getenv("ONLY") != "" {
				return nil
			}
			if err == nil && !entry.IsDir() {
				found[strings.TrimPrefix(path, folder)] = checksum(t, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}
