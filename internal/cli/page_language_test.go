package cli

import "testing"

func TestPageLanguage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ flag, variable, want string }{
		{"", "", ""}, // the browser chooses
		{"", "zh", "zh-CN"},
		{"en", "zh-CN", "en"},
		{"zh-CN", "", "zh-CN"},
	} {
		a := newApp(Env{Getenv: func(name string) string {
			return map[string]string{"SESCTL_LANG": test.variable, "LANG": "zh_CN.UTF-8"}[name]
		}})
		a.flags.language = test.flag
		if got := a.pageLanguage(); got != test.want {
			t.Errorf("--lang %q and SESCTL_LANG=%q: %q, want %q", test.flag, test.variable, got, test.want)
		}
	}
}
