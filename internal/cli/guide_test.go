package cli_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// TestEventsGuide runs the shell parts of the guide to events, one after the
// other, as they stand but for the port.
func TestEventsGuide(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the guide is written for a Unix shell")
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "guides", "events.md"))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)
	listener.Close()
	script := "set -e\n"
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	for _, block := range blocks {
		script += block[1]
	}
	if len(blocks) < 4 {
		t.Fatalf("the guide has %d shell parts", len(blocks))
	}
	script = strings.ReplaceAll(script, "127.0.0.1:8080", "127.0.0.1:"+port)
	script = strings.ReplaceAll(script, "event listen", "event listen --listen 127.0.0.1:"+port)
	home := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Dir, cmd.Env = home, cleanEnv(home)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
