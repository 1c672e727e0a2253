package cli_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/cli"
)

// TestHugeURLs checks that a URL that is too long is refused with a short message,
// before anything is contacted.
func TestHugeURLs(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was sent", r.Header.Get("X-Tc-Action"))
	}))
	defer server.Close()
	const start = "https://hooks.example.com:8080/ses?token=s3cret"
	huge := start + strings.Repeat("s3cret", 10<<20/6)
	file := filepath.Join(t.TempDir(), "url.txt")
	if err := os.WriteFile(file, []byte(huge), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, want string
		args       []string
	}{
		{"a file", "url.txt is not a URL: it has more than 65536 bytes", []string{"--url-file", file}},
		{"standard input", "standard input is not a URL: it has more than 65536 bytes", []string{"--url-file", "-"}},
		{"an argument", "the limit is 65536", []string{huge[:100_000]}}, // a system does not allow much longer ones
	} {
		for _, target := range [][]string{{"--account"}, {"--sender", "news@mail.example.com"}} {
			s := newSession(t)
			s.env["SESCTL_LOCAL"], s.env["SESCTL_ENDPOINT"] = "", server.URL
			s.env["TENCENTCLOUD_SECRET_ID"], s.env["TENCENTCLOUD_SECRET_KEY"] = "local", "local"
			s.change = func(env *cli.Env) { env.Stdin = strings.NewReader(huge) }
			status, stdout, stderr := s.run(t.Context(), append(append([]string{"callback", "set"}, target...), test.args...)...)
			if status != 2 || stdout != "" || !strings.Contains(stderr, test.want) {
				t.Errorf("%s: exit status %d, want 2: %.500q", test.name, status, stderr)
			}
			if len(stderr) > 1000 || strings.Contains(stderr, "s3cret") {
				t.Errorf("%s: a message of %d bytes: %.500q", test.name, len(stderr), stderr)
			}
		}
	}
}

// TestCompletionOfASilentEndpoint checks that a completion ends long before the timeout
// of a command, and prints nothing.
func TestCompletionOfASilentEndpoint(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	for _, args := range [][]string{{"callback", "get", "--sender", ""}, {"callback", "resolve", ""}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			s.env["SESCTL_LOCAL"], s.env["SESCTL_ENDPOINT"] = "", "http://"+listener.Addr().String()
			s.env["TENCENTCLOUD_SECRET_ID"], s.env["TENCENTCLOUD_SECRET_KEY"] = "local", "local"
			start := time.Now()
			status, stdout, stderr := s.run(t.Context(), append([]string{"__complete"}, args...)...)
			if took := time.Since(start); took > 15*time.Second { // a command takes 30
				t.Errorf("it took %s", took)
			}
			if status != 0 || stdout != ":4\n" { // 4 means "no file names either"
				t.Errorf("exit status %d, it offers %q", status, stdout)
			}
			if strings.TrimSpace(stderr) != "Completion ended with directive: ShellCompDirectiveNoFileComp" {
				t.Errorf("stderr is %q", stderr)
			}
		})
	}
}
