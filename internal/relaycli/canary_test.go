package relaycli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestURLInTheWrongPlace gives a callback URL to every flag, its variable and its key in
// the configuration, and as an argument. Errors and logs must not have its secrets.
func TestURLInTheWrongPlace(t *testing.T) {
	t.Parallel()
	const canary = "CANARY7f3a"
	const url = "https://user:" + canary + "@hooks.example.com:8080/?token=" + canary
	home := t.TempDir()
	var settings settings
	cmd := &cobra.Command{}
	settings.add(cmd)
	check := func(name string, env map[string]string, args ...string) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond) // if it serves
			defer cancel()
			status := Main(ctx, Env{Args: append([]string{"serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"}, args...),
				Stdout: &out, Stderr: &errs, Getenv: func(name string) string { return env[name] }})
			if strings.Contains(out.String()+errs.String(), canary) {
				t.Errorf("exit status %d, and it shows the secret:\n%s%s", status, out.String(), errs.String())
			}
		})
	}
	check("argument", nil, url)
	check("unknown flag", nil, "--"+url)
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		check("--"+f.Name, nil, "--path", "/ses/0123456789abcdef", "--to", "nats://127.0.0.1:1/x", "--spool", filepath.Join(home, f.Name), "--"+f.Name, url)
		check("--"+f.Name+" alone", nil, "--"+f.Name, url)
		check("variable of --"+f.Name, map[string]string{envPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_")): url})
		file := filepath.Join(home, f.Name+".yaml")
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(f.Name, "-", "_")+": "+url+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		check("key of --"+f.Name, nil, "--config", file)
	})
	t.Cleanup(func() {
		if _, err := os.Stat("https:"); err == nil {
			_ = os.RemoveAll("https:")
			t.Error("a URL became a folder")
		}
	})
}
