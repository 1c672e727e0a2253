// Package check checks what "make snapshot" built: it installs the packages into a
// clean root, runs the programs and images there, and builds everything a second time
// in another folder. If $ONLY names a platform, only that platform was built.
package check

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const (
	source = "../../.."
	dist   = source + "/dist"
)

func programs() []string { return []string{"sesctl", "sesctl-relay"} }

// platforms returns the platforms that were built, as the names of files have them.
func platforms() []string {
	if only := os.Getenv("ONLY"); only != "" {
		return []string{strings.ReplaceAll(only, "/", "_")}
	}
	return []string{"linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64", "windows_arm64"}
}

// here is the platform of this machine, or skips the test if it was not built.
func here(t *testing.T) string {
	t.Helper()
	name := runtime.GOOS + "_" + runtime.GOARCH
	if runtime.GOOS != "linux" || !slices.Contains(platforms(), name) {
		t.Skipf("%s was not built, or cannot be installed", name)
	}
	return name
}

// sums reads the checksums of a release by the name of the file.
func sums(t *testing.T, folder string) map[string]string {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, "checksums.txt"))
	if err != nil {
		t.Fatalf("%v: run \"make snapshot\" first", err)
	}
	defer file.Close()
	found := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		sum, name, _ := strings.Cut(lines.Text(), "  ")
		found[name] = sum
	}
	return found
}

// one returns the only file of dist that begins and ends so.
func one(t *testing.T, prefix, suffix string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dist, prefix+"*"+suffix))
	if err != nil || len(found) != 1 {
		t.Fatalf("want one file %s*%s: %v %v", prefix, suffix, found, err)
	}
	return found[0]
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// asRoot runs a command as root, or skips the test if this user cannot become root
// without a password.
func asRoot(t *testing.T, args ...string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		if err := exec.CommandContext(t.Context(), "sudo", "-n", "true").Run(); err != nil {
			t.Skip("only root can install packages and change the root folder")
		}
		args = append([]string{"sudo", "-n"}, args...)
	}
	return run(t, args[0], args[1:]...)
}

// rootFolder returns an empty folder that root may fill.
func rootFolder(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "root")
	asRoot(t, "mkdir", folder)
	// The test is over then, so t.Context is too.
	t.Cleanup(func() {
		args := []string{"rm", "-rf", folder}
		if os.Geteuid() != 0 {
			args = append([]string{"sudo", "-n"}, args...)
		}
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	return folder
}

func suffixes(platform string) []string {
	switch {
	case strings.HasPrefix(platform, "linux"):
		return []string{".tar.gz", ".deb", ".rpm", ".apk", ".cdx.json"}
	case strings.HasPrefix(platform, "windows"):
		return []string{".zip", ".cdx.json"}
	}
	return []string{".tar.gz", ".cdx.json"}
}

// TestChecksums checks that the list of checksums is right and complete.
func TestChecksums(t *testing.T) {
	t.Parallel()
	listed := sums(t, dist)
	want := 0
	for _, program := range programs() {
		for _, platform := range platforms() {
			for _, suffix := range suffixes(platform) {
				want++
				path := one(t, program+"_", "_"+platform+suffix)
				if listed[filepath.Base(path)] != checksum(t, path) {
					t.Errorf("checksums.txt does not have the checksum of %s", path)
				}
			}
		}
	}
	if len(listed) != want {
		t.Errorf("checksums.txt has %d files, want %d", len(listed), want)
	}
}

func checksum(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
