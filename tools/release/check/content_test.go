package check

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestArchives checks that each archive has the program, completions, man pages and
// licenses.
func TestArchives(t *testing.T) {
	t.Parallel()
	for _, program := range programs() {
		for _, platform := range platforms() {
			names, binary := []string(nil), program
			if strings.HasPrefix(platform, "windows") {
				names, binary = zipNames(t, one(t, program+"_", platform+".zip")), program+".exe"
			} else {
				names = tarNames(t, one(t, program+"_", platform+".tar.gz"))
			}
			for _, want := range []string{
				binary, "LICENSE", "THIRD-PARTY-LICENSES.txt", "CHANGELOG.md", "man/" + program + ".1", "man/" + program + "-version.1",
				"completions/" + program + ".bash", "completions/_" + program, "completions/" + program + ".fish", "completions/" + program + ".ps1",
			} {
				if !slices.Contains(names, want) {
					t.Errorf("%s %s does not have %s: %q", program, platform, want, names)
				}
			}
		}
	}
}

func zipNames(t *testing.T, file string) []string {
	t.Helper()
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var names []string
	for _, entry := range archive.File {
		names = append(names, entry.Name)
	}
	return names
}

// tarNames lists the files of a tar.gz, or of an apk, which is several tar.gz behind
// each other.
func tarNames(t *testing.T, file string) []string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(bytes.NewReader(content))
	var names []string
	for {
		part, err := gzip.NewReader(reader)
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		part.Multistream(false)
		archive := tar.NewReader(part)
		for {
			header, err := archive.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, header.Name)
		}
		if _, err := io.Copy(io.Discard, part); err != nil {
			t.Fatal(err)
		}
	}
}

// rpmPayload returns the cpio archive of an rpm, which is the gzip stream at its end.
func rpmPayload(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := bytes.Cut(content, []byte{0x1f, 0x8b, 0x08})
	if !ok {
		t.Fatalf("%s does not have a gzip stream", file)
	}
	payload, err := gzip.NewReader(bytes.NewReader(content[len(content)-len(after)-3:]))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(payload)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestForeignPackages checks what rpm and apk would install. The deb is installed by
// another test.
func TestForeignPackages(t *testing.T) {
	t.Parallel()
	for _, program := range programs() {
		for _, platform := range platforms() {
			if !strings.HasPrefix(platform, "linux") {
				continue
			}
			rpm := rpmPayload(t, one(t, program+"_", platform+".rpm"))
			apk := tarNames(t, one(t, program+"_", platform+".apk"))
			for _, want := range []string{
				"usr/bin/" + program, "usr/share/bash-completion/completions/" + program, "usr/share/zsh/site-functions/_" + program,
				"usr/share/fish/vendor_completions.d/" + program + ".fish", "usr/share/man/man1/" + program + ".1.gz",
				"usr/share/licenses/" + program + "/LICENSE", "usr/share/doc/" + program + "/THIRD-PARTY-LICENSES.txt",
			} {
				if !strings.Contains(rpm, want+"\x00") {
					t.Errorf("the rpm of %s for %s does not have %s", program, platform, want)
				}
				if !slices.Contains(apk, want) {
					t.Errorf("the apk of %s for %s does not have %s: %q", program, platform, want, apk)
				}
			}
			const unit = "usr/lib/systemd/system/sesctl-relay.service"
			if relay := program == "sesctl-relay"; strings.Contains(rpm, unit) != relay || slices.Contains(apk, unit) {
				t.Errorf("the unit of systemd is not in the rpm of the relay alone")
			}
		}
	}
}

// TestSBOM checks that each bill of materials names what is in the program.
func TestSBOM(t *testing.T) {
	t.Parallel()
	libraries := map[string]string{"sesctl": "github.com/spf13/cobra", "sesctl-relay": "github.com/nats-io/nats.go"}
	for _, program := range programs() {
		for _, platform := range platforms() {
			text, err := os.ReadFile(one(t, program+"_", "_"+platform+".cdx.json"))
			if err != nil {
				t.Fatal(err)
			}
			var bom struct {
				Format     string `json:"bomFormat"`
				Components []struct {
					Name    string `json:"name"`
					Version string `json:"version"`
					Hashes  []any  `json:"hashes"`
				} `json:"components"`
			}
			if err := json.Unmarshal(text, &bom); err != nil {
				t.Fatal(err)
			}
			library, std := false, false
			for _, c := range bom.Components {
				library = library || c.Name == libraries[program] && c.Version != "" && len(c.Hashes) == 1
				std = std || c.Name == "std" && strings.HasPrefix(c.Version, "1.")
			}
			if bom.Format != "CycloneDX" || !library || !std {
				t.Errorf("the SBOM of %s for %s does not have its library and the standard library", program, platform)
			}
		}
	}
}

// TestManifests checks that the formulas and the manifests name the archives, and give
// their checksums.
func TestManifests(t *testing.T) {
	t.Parallel()
	if os.Getenv("ONLY") != "" {
		t.Skip("formulas and manifests need every platform")
	}
	listed := sums(t, dist)
	for _, program := range programs() {
		for file, archives := range map[string][]string{
			"homebrew/Formula/" + program + ".rb": {"darwin_amd64.tar.gz", "darwin_arm64.tar.gz", "linux_amd64.tar.gz", "linux_arm64.tar.gz"},
			"scoop/bucket/" + program + ".json":   {"windows_amd64.zip", "windows_arm64.zip"},
		} {
			text, err := os.ReadFile(filepath.Join(dist, file))
			if err != nil {
				t.Error(err)
				continue
			}
			for _, archive := range archives {
				name := filepath.Base(one(t, program+"_", "_"+archive))
				at := strings.Index(string(text), "/"+name+`"`)
				if at < 0 || !strings.Contains(string(text[at:min(at+300, len(text))]), listed[name]) {
					t.Errorf("%s does not name %s with its checksum", file, name)
				}
			}
			if strings.HasSuffix(file, ".json") && !json.Valid(text) {
				t.Errorf("%s is not JSON", file)
			}
		}
	}
}

// TestVersions checks that README and CHANGELOG name the same version.
func TestVersions(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(path.Join(source, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	changes, err := os.ReadFile(path.Join(source, "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	newest := regexp.MustCompile(`(?m)^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$`).FindStringSubmatch(string(changes))
	if newest == nil {
		t.Fatal("CHANGELOG.md has no section such as \"## 0.1.0 - 2026-11-26\"")
	}
	found := regexp.MustCompile(`(?:sesctl_|sesctl:|sesctl@v)(\d+\.\d+\.\d+)`).FindAllStringSubmatch(string(readme), -1)
	if len(found) < 5 {
		t.Errorf("README.md names a version in %d places", len(found))
	}
	for _, f := range found {
		if f[1] != newest[1] {
			t.Errorf("README.md names %s, but CHANGELOG.md has %s", f[0], newest[1])
		}
	}
}
