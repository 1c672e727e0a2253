package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/cli"
)

// moreScreensSession has two profiles, a declaration that differs from the account,
// and a file of events, all of them with long names.
func moreScreensSession(t *testing.T) *session {
	s := screensSession(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"config.yaml": "profiles:\n  default: {}\n  production-of-marketing:\n    region: ap-hongkong\n" +
			"    endpoint: https://ses.intl.tencentcloudapi.com\n    credentials: {source: tccli, name: marketing}\n    allowed_ports: [443, 8080, 8443]\n",
		"callbacks.yaml": "version: 1\naccount: https://hooks.example.com:8080" + longEnd + "/new?token=s3cret\n",
		"events.jsonl": `{"event":"bounce","email":"someone-with-a-name@customer.cn","from":"` + longSender + `","bulkId":"qcloud-ses-1-20220601","timestamp":1654072861,"bounceType":"soft_bounce","reason":"the mailbox of 公司 is full"}` + "\n" +
			`{"event":"click","email":"jane@example.com","from":"news@mail.example.com","bulkId":"qcloud-ses-2-20220601","timestamp":1654072862,"url":"https://www.example.com/a/long/page?token=s3cret"}` + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.env["SESCTL_CONFIG"] = filepath.Join(dir, "config.yaml")
	s.env["FILES"] = dir
	return s
}

func moreScreens(s *session) []screen {
	file := func(name string) string { return filepath.Join(s.env["FILES"], name) }
	const profile = "production-of-marketing"
	return []screen{
		{"audit", []string{"callback", "audit", "-f", file("callbacks.yaml"), "--check", "--no-post", "--fail-on", "error", "--timeout", "2"},
			[]string{"news@mail.example.com", "account", "drift", "unmanaged"}, ""},
		{"diagnose", []string{"callback", "diagnose", "news@mail.example.com", "--no-post", "--timeout", "2"}, []string{"news@mail.example.com", "effective", "history"}, ""},
		{"profile list", []string{"profile", "list"}, []string{profile, "default"}, ""},
		{"profile show", []string{"profile", "show"}, []string{"region", "credentials", "allowed ports"}, ""},
		{"profile show NAME", []string{"profile", "show", profile}, []string{"ap-hongkong", "ses.intl.tencentcloudapi.com"}, ""},
		{"api list", []string{"api", "list"}, []string{"GetWebhookUrl", "ListEmailAddress"}, ""},
		{"doctor", []string{"doctor"}, []string{"credentials", "endpoint"}, ""},
		{"event list", []string{"event", "list", file("events.jsonl")}, []string{"someone-with-a-name@customer.cn", "jane@example.com", longSender, "bounce"}, ""},
		{"event show", []string{"event", "show", file("events.jsonl"), "1"}, []string{"someone-with-a-name@customer.cn"}, ""},
		{"plan", []string{"callback", "plan", "-f", file("callbacks.yaml")}, []string{"account", "news@mail.example.com"}, ""},
	}
}

// TestMoreScreens holds the other commands that people read to the width of their
// terminals.
func TestMoreScreens(t *testing.T) {
	t.Parallel()
	s := moreScreensSession(t)
	for _, width := range []int{60, 80, 120} {
		s.change = func(env *cli.Env) { env.StdoutTerminal, env.Width, env.Now = true, width, screensTime }
		for _, screen := range moreScreens(s) {
			name := fmt.Sprintf("%s at %d", screen.name, width)
			status, shown, stderr := s.run(t.Context(), screen.args...)
			if status != 0 && status != 3 {
				t.Fatalf("%s: exit status %d\n%s", name, status, stderr)
			}
			shown = stripColor(shown)
			fitsByWords(t, name, shown, width)
			for _, want := range screen.whole {
				if !strings.Contains(shown, want) {
					t.Errorf("%s: no %q in\n%s", name, want, shown)
				}
			}
			if strings.Contains(shown, "s3cret") || strings.Contains(shown, "…\n") {
				t.Errorf("%s: a secret, or a URL without its end, in\n%s", name, shown)
			}
		}
	}
}
