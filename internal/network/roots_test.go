package network_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/network"
)

func TestRootsReadsRegularFilesOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string, size int) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := map[string]failure.Kind{
		write("empty.pem", 0): failure.Usage, write("large.pem", 5<<20): failure.Usage,
		dir: failure.Failure, filepath.Join(dir, "none.pem"): failure.Failure,
	}
	if runtime.GOOS != "windows" {
		tests["/dev/zero"] = failure.Failure
	}
	for path, want := range tests {
		_, err := network.Roots(network.CertificateFile{}, network.CertificateFile{Path: path, From: "ca_file"})
		if err == nil || failure.KindOf(err) != want || !strings.Contains(err.Error(), "ca_file") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if roots, err := network.Roots(network.CertificateFile{}); roots != nil || err != nil {
		t.Errorf("got %v, %v", roots, err)
	}
}
