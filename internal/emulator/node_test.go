//go:build node

package emulator_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
)

// TestOfficialNodeSDK needs Node. Run "npm ci" in testdata/node before it.
func TestOfficialNodeSDK(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("the Node SDK is not tested: there is no node on the PATH")
	}
	folder := filepath.Join("testdata", "node")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "tencentcloud-sdk-nodejs-ses")); err != nil {
		t.Skip("the Node SDK is not tested: run \"npm ci\" in internal/emulator/testdata/node first")
	}
	e := open(t, emulator.Options{Now: time.Now})
	cmd := exec.CommandContext(t.Context(), node, "drive.js", start(t, e))
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
