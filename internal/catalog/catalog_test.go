package catalog

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// example returns a catalogue of a few entries.
func example(t *testing.T) *Catalog {
	t.Helper()
	known := map[string]string{
		"cannot read %s: %w":                 "无法读取 %s：%w",
		"cannot read %s":                     "读不了 %s",
		"no such file or directory":          "没有这个文件或文件夹",
		"unknown command %q for %q":          "%[2]q 没有命令 %[1]q",
		"%d senders":                         "%d 个发信地址",
		"%s in %s":                           "%[2]s 里的 %[1]s",
		"%d %% of %d callbacks":              "%[2]d 个回调的 %[1]d%%",
		"see '%s --help'":                    "见 '%s --help'",
		"hint":                               "提示",
		"interrupted":                        "已中断",
		"waits for its translator":           "",
		"the URL is invalid %s: %s (%s)":     "%s 无效：%s（%s）",
		"it has %s (%U) in it":               "其中有 %s（%U）",
		"waits for %s":                       "",
		"first line\n\n  second":             "第一行\n\n  第二行",
		"first line\n\n%s":                   "首行\n\n%s",
		"first line":                         "只有一行",
		"created callback of %s":             "已创建 %s 的回调",
		"the account has no sender address":  "账号没有发信地址",
		"the account has no sender %s":       "账号没有发信人 %s",
		"the callback is %s and was %s":      "回调是 %s，原来是 %s",
		"nothing was changed":                "没有任何改动",
		"line %d: it is not %s":              "第 %d 行：不是 %s",
		"the service answered":               "服务返回了",
		"(request %s)":                       "（请求 %s）",
		"these steps failed: %s":             "失败的步骤：%+s",
		"(%d a second)":                      "（每秒 %d 个）",
		"%s or %s":                           "%s 或 %s",
		"invalid URL %s: %s (%s)":            "%s 无效：%s（%s）",
		"the same value twice: %[1]s, %[1]s": "两次 %[1]s、%[1]s",
	}
	return newCatalog([]area{area(sorted(known))}, area(sorted(map[string]string{"none": "无", "yes": "是", "failed": "失败", "hint": "提示", "check": "检查", "check column": "检查项"})))
}

func TestText(t *testing.T) {
	t.Parallel()
	c := example(t)
	for english, want := range map[string]string{
		"":                          "",
		"42":                        "42",
		"no such file or directory": "没有这个文件或文件夹",
		"cannot read a.yaml: no such file or directory":   "无法读取 a.yaml：没有这个文件或文件夹",
		"cannot read a.yaml":                              "读不了 a.yaml",
		"hint: see 'sesctl --help'\n":                     "提示：见 'sesctl --help'\n",
		`unknown command "x" for "sesctl"`:                `"sesctl" 没有命令 "x"`,
		"unknown command x for sesctl":                    "unknown command x for sesctl",
		"12 senders":                                      "12 个发信地址",
		"some senders":                                    "some senders",
		"12 senders in cn":                                "cn 里的 12 个发信地址",
		"30 % of 10 callbacks":                            "10 个回调的 30%",
		"first line\n\n  second":                          "第一行\n\n  第二行",
		"first line":                                      "只有一行",
		"first line\n\nsecond: the end":                   "首行\n\nsecond: the end",
		"created callback of a@b.com: https://x/ (y)":     "已创建 a@b.com 的回调：https://x/ (y)",
		"interrupted; nothing was changed":                "已中断；没有任何改动",
		"interrupted, nothing was changed":                "已中断，没有任何改动",
		"interrupted (nothing was changed)":               "已中断（没有任何改动）",
		"  interrupted\n":                                 "  已中断\n",
		"waits for its translator":                        "waits for its translator",
		"waits for me":                                    "waits for me",
		"the account has no sender address":               "账号没有发信地址",
		"the account has no sender x":                     "账号没有发信人 x",
		"the callback is a and b and was none":            "回调是 a and b，原来是 none",
		"the same value twice: x, x":                      "两次 x、x",
		"the same value twice: x, y":                      "the same value twice: x、y",
		"it went away (7 a second), 3 senders":            "it went away（每秒 7 个），3 个发信地址",
		"the action is not found in x or y":               "the action is not found in x or y",
		"x or y":                                          "x 或 y",
		"x, y and z":                                      "x、y 和 z",
		"x, y or z":                                       "x、y 或 z",
		"x, two words":                                    "x, two words",
		"invalid URL x: interrupted (a); interrupted (b)": "x 无效：已中断（a）；已中断（b）",
		"news@mail.example.com; interrupted":              "news@mail.example.com；已中断",
		"none":                                            "none",
		"/home/用户/interrupted: no such file or directory": "/home/用户/interrupted：没有这个文件或文件夹",
		"a.yaml:4:26: interrupted":                        "a.yaml:4:26: 已中断",
		"127.0.0.1:80: interrupted":                       "127.0.0.1:80：已中断",
		"the account has no sender 8080 (url-port)":       "账号没有发信人 8080（url-port）",
		"x (interrupted)":                                 "x（已中断）",
		"failed: a@b.com: interrupted":                    "失败：a@b.com：已中断",
		"interrupted; the service answered Code.X: interrupted; it is (interrupted) (interrupted)": "已中断；服务返回了 Code.X: interrupted; it is (interrupted) (interrupted)",
		"interrupted; the service answered X: interrupted (request 7)":                             "已中断；服务返回了 X: interrupted（请求 7）",
		"  a@b.com, c@d.com: interrupted":                                                          "  a@b.com、c@d.com：已中断",
		"these steps failed: check, dns":                                                           "失败的步骤：检查、dns",
		`line 1: it is not "a"; line 2: it is not "b"`:                                             `第 1 行：不是 "a"；第 2 行：不是 "b"`,
		"sesctl: a@b.com": "sesctl: a@b.com",
		`the URL is invalid x: it has "y" (U+FF1A) in it (rule)`: `x 无效：其中有 "y"（U+FF1A）（rule）`,
	} {
		if got := c.Text(english); got != want {
			t.Errorf("%q becomes %q, want %q", english, got, want)
		}
	}
}

func TestWord(t *testing.T) {
	t.Parallel()
	c := example(t)
	for english, want := range map[string]string{"none": "无", " yes": " 是", "interrupted": "已中断", "3 senders": "3 个发信地址", "other": "other"} {
		if got := c.Word(english); got != want {
			t.Errorf("%q becomes %q, want %q", english, got, want)
		}
	}
}

func TestFlagDefault(t *testing.T) {
	t.Parallel()
	c := For(Chinese)
	for line, want := range map[string]string{
		"      --timeout duration   the limit (default 30s)":    "      --timeout duration   the limit（默认 30s）",
		"      --path string        a (path) (default \"a)b\")": "      --path string        a (path)（默认 \"a)b\"）",
		"      --quiet              no default (default)":       "      --quiet              no default (default)",
		"      --quiet              print less":                 "      --quiet              print less",
	} {
		if got := c.FlagDefault(line); got != want {
			t.Errorf("%q becomes %q, want %q", line, got, want)
		}
		if got := For(English).FlagDefault(line); got != line {
			t.Errorf("%q becomes %q in English", line, got)
		}
	}
}

func TestHeading(t *testing.T) {
	t.Parallel()
	c := example(t)
	for english, want := range map[string]string{"check": "检查项", "none": "无", "dns": "dns"} {
		if got := c.Heading(english); got != want {
			t.Errorf("%q becomes %q, want %q", english, got, want)
		}
	}
	if got := c.Word("check"); got != "检查" {
		t.Errorf("the cell becomes %q", got)
	}
}

// TestChinese checks the translation of messages that several formats fit.
func TestChinese(t *testing.T) {
	t.Parallel()
	c := For(Chinese)
	for english, want := range map[string]string{
		"help for rules": "查看 rules 的帮助",
		"sesctl: 1 finding of severity warning or above":                                           "sesctl: 发现 1 个问题，级别为警告或更高",
		"sesctl: cannot write the journal /j: open /j.lock: not a directory":                       "sesctl: 无法写入变更日志 /j：打开 /j.lock：不是目录",
		"hint: run: tccli configure":                                                               "提示：请运行：tccli configure",
		"9 events received, 2 requests that were not events, 1 failed forward":                     "收到 9 个事件，2 个请求不是事件，1 次转发失败",
		"--jq: expected an object but got: array":                                                  "--jq：应为对象，实际是数组",
		"cannot listen on abc: address abc: missing port in address":                               "无法监听 abc：地址 abc 缺少端口",
		`profile default: api.get-account-callback.learned is "soon"; write a day like 2006-01-02`: `配置档 default：api.get-account-callback.learned 是 "soon"；请写成 2006-01-02 这样的日期`,
		"UpdateWebhookUrl, published once, in 2022; not called, because it writes":                 "UpdateWebhookUrl，曾经公开（2022 年）；写操作，未调用",
	} {
		if got := c.Text(english); got != want {
			t.Errorf("%q becomes %q, want %q", english, got, want)
		}
	}
}

func TestEnglish(t *testing.T) {
	t.Parallel()
	c := For(English)
	if c != nil || c.Text("interrupted") != "interrupted" || c.Word("none") != "none" {
		t.Errorf("English is translated by %v", c)
	}
}

// TestMissing checks what is reported as missing: sentences and single words that
// stand alone, and no identifiers, names and values.
func TestMissing(t *testing.T) {
	t.Parallel()
	c := example(t)
	var missing []string
	c.Missing = func(english string) { missing = append(missing, english) }
	c.Text("cannot read my own notes: interrupted")
	c.Text("news@mail.example.com: https://hooks.example.com:8080/ses")
	c.Text("hint: nobody knows this")
	c.Word("none")
	c.Word("odd")
	c.Word("ap-guangzhou")
	if want := []string{"my own notes", "nobody knows this", "odd"}; !slices.Equal(missing, want) {
		t.Errorf("missing: %q, want %q", missing, want)
	}
}

// TestSilent checks that a silent catalogue changes nothing, and does not report
// what waits for its translator.
func TestSilent(t *testing.T) {
	t.Parallel()
	c := example(t)
	c.Silent = true
	c.Missing = func(english string) {
		if english != "nobody has this" {
			t.Errorf("missing: %q", english)
		}
	}
	for _, english := range []string{"interrupted", "waits for its translator", "waits for me", "cannot read x: interrupted", "nobody has this"} {
		if got := c.Text(english); got != english {
			t.Errorf("%q becomes %q", english, got)
		}
	}
}

// TestHostileText matches a long text that could end its values at very many places.
func TestHostileText(t *testing.T) {
	t.Parallel()
	known := map[string]string{"%s in %s in %s in %s in %s is odd": "%s %s %s %s %s"}
	c := newCatalog([]area{area(sorted(known))}, "")
	text := strings.Repeat("x in ", 1500) + "is even"
	start := time.Now()
	if got := c.Text(text); got != text {
		t.Errorf("%q becomes %q", text, got)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		flag string
		env  map[string]string
		want Language
	}{
		{"", nil, English},
		{"zh-CN", nil, Chinese},
		{"zh", nil, Chinese},
		{"ZH_tw", nil, Chinese},
		{"en", map[string]string{"SESCTL_LANG": "zh-CN"}, English},
		{"", map[string]string{"SESCTL_LANG": "zh-CN", "LC_ALL": "en_US.UTF-8"}, Chinese},
		{"", map[string]string{"SESCTL_LANG": "en", "LANG": "zh_CN.UTF-8"}, English},
		{"", map[string]string{"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, Chinese},
		{"", map[string]string{"LC_ALL": "C", "LC_MESSAGES": "zh_CN", "LANG": "zh_CN"}, English},
		{"", map[string]string{"LC_MESSAGES": "zh_CN", "LANG": "en_US"}, Chinese},
		{"", map[string]string{"LANG": "zh_CN.GB18030"}, Chinese},
		{"", map[string]string{"LANG": "fr_FR.UTF-8"}, English},
	} {
		got, err := Choose(test.flag, func(name string) string { return test.env[name] })
		if got != test.want || err != nil {
			t.Errorf("%q, %v: %q, %v; want %q", test.flag, test.env, got, err, test.want)
		}
	}
	for flag, env := range map[string]string{"fr": "zh-CN", "": "klingon"} {
		got, err := Choose(flag, func(string) string { return env })
		if got != English || err == nil || !strings.Contains(err.Error(), "is not a language of sesctl: use en or zh-CN") {
			t.Errorf("%q, %q: %q, %v", flag, env, got, err)
		}
	}
}
