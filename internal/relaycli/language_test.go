package relaycli_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/sesctl/sesctl/internal/relaycli"
)

// TestChinese runs commands in Chinese: help, wrong usage, and an unknown language.
func TestChinese(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args   []string
		locale string
		status int
		want   string
	}{
		{[]string{"serve", "--help"}, "zh_CN.UTF-8", 0, "用法："},
		{[]string{"serve", "--help"}, "zh_CN.UTF-8", 0, "接收事件的监听地址 HOST:PORT；SES 只调用端口 8080、8081 和 8082（默认 \":8080\"）"},
		{[]string{"serve", "--help"}, "zh_CN.UTF-8", 0, "sesctl-relay serve [选项]"},
		{nil, "zh_CN.UTF-8", 0, "用 \"sesctl-relay [命令] --help\" 查看"},
		{[]string{"serve", "--help", "--lang", "en"}, "zh_CN.UTF-8", 0, "Usage:"},
		{[]string{"--lang", "zh-CN", "bogus"}, "", 2, "提示：用法见 'sesctl-relay --help'"},
		{[]string{"--lang", "fr", "version"}, "zh_CN.UTF-8", 2, `--lang "fr" is not a language of sesctl: use en or zh-CN`},
		{[]string{"bogus"}, "fr_FR.UTF-8", 2, "hint: see 'sesctl-relay --help'"},
	} {
		var out bytes.Buffer
		status := relaycli.Main(t.Context(), relaycli.Env{Args: test.args, Stdout: &out, Stderr: &out,
			Getenv: func(name string) string { return map[string]string{"LANG": test.locale}[name] }})
		if status != test.status || !strings.Contains(out.String(), test.want) {
			t.Errorf("%q in %q: exit status %d, and no %q in\n%s", test.args, test.locale, status, test.want, out.String())
		}
	}
}

// TestWidth checks that help and the table of a check fit the terminal. Examples are not
// broken, because users copy them.
func TestWidth(t *testing.T) {
	t.Parallel()
	const width = 60
	for _, test := range []struct {
		args          []string
		locale, begin string
	}{
		{[]string{"serve", "--help"}, "zh_CN.UTF-8", "选项：\n"},
		{[]string{"serve", "--help"}, "en_GB.UTF-8", "Flags:\n"},
		{[]string{"--help"}, "en_GB.UTF-8", "Available Commands:\n"},
		{[]string{"check", "--path", "/ses/x", "--to", "nats://127.0.0.1:1/a"}, "zh_CN.UTF-8", "检查项"},
	} {
		var out, errors bytes.Buffer
		relaycli.Main(t.Context(), relaycli.Env{Args: test.args, Stdout: &out, Stderr: &errors, Width: width,
			Getenv: func(name string) string { return map[string]string{"LANG": test.locale}[name] }})
		if !strings.Contains(out.String(), test.begin) {
			t.Fatalf("%q: no %q in\n%s", test.args, test.begin, out.String())
		}
		for line := range strings.SplitSeq(out.String(), "\n") {
			if cells := twwidth.Width(line); cells > width && !strings.HasPrefix(line, "  sesctl-relay ") {
				t.Errorf("%q: %d cells: %s", test.args, cells, line)
			}
		}
	}
}
