package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/cli"
)

// TestChineseScreens holds Chinese tables and flags to the width of the terminal. A
// Chinese character is two cells wide, and is never cut in half.
func TestChineseScreens(t *testing.T) {
	t.Parallel()
	s := screensSession(t)
	s.env["SESCTL_LANG"] = "zh-CN"
	plan := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(plan, []byte("version: 1\naccount: none\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{60, 80, 120} {
		s.change = func(env *cli.Env) { env.StdoutTerminal, env.Width, env.Now = true, width, screensTime }
		for _, screen := range []screen{
			{"history", []string{"callback", "history"}, []string{"news@mail.example.com", "每一行都是："}, ""},
			{"sender list", []string{"sender", "list"}, []string{"发信地址", "来源", "news@mail.example.com"}, ""},
			{"api columns", []string{"api", "list"}, []string{"操作", "接口"}, ""},
			{"resolve", []string{"callback", "resolve", "--all"}, []string{"news@mail.example.com", "账号级别"}, ""},
			{"rules", []string{"callback", "rules"}, []string{"url-private-host", "错误"}, ""},
			{"event types", []string{"event", "types"}, []string{"unsubscribe", "说明"}, ""},
			{"doctor", []string{"doctor"}, []string{"可用：查询发信地址列表、查询账号级别回调地址、", "写操作，未调用：创建发信地址、删除发信地址、发送邮件、", "曾经公开（2022 年）；写操作，未调用"}, ""},
			{"api list", []string{"api", "list"}, []string{"GetWebhookUrl", "推测"}, ""},
		} {
			name := fmt.Sprintf("%s at %d", screen.name, width)
			shown := stripColor(s.must(screen.args...))
			fits(t, name, shown, width)
			for _, want := range screen.whole {
				if !strings.Contains(strings.Join(strings.Fields(shown), ""), strings.Join(strings.Fields(want), "")) {
					t.Errorf("%s: no %q in\n%s", name, want, shown)
				}
			}
			if strings.ContainsRune(shown, '\uFFFD') {
				t.Errorf("%s: a character is cut in half in\n%s", name, shown)
			}
		}
		// URLs are never broken, so a plan can be wider. Its words are translated before they are folded.
		shown := stripColor(s.must("callback", "plan", "-f", plan))
		for _, want := range []string{"发信地址将收不到事件", "将收不到事件（现在是", "变更之后，事件的去向：", "校验和："} {
			if !strings.Contains(shown, want) {
				t.Errorf("plan at %d: no %q in\n%s", width, want, shown)
			}
		}
		_, flags, _ := strings.Cut(s.must("callback", "set", "--help"), "选项：\n")
		fits(t, fmt.Sprintf("flags at %d", width), flags, width)
		if !strings.Contains(flags, "--replace") || !strings.Contains(flags, "替换") {
			t.Errorf("flags at %d:\n%s", width, flags)
		}
	}
}
