package output

import (
	"strings"
	"testing"
)

func TestCut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text  string
		width int
		want  string
	}{
		{"short", 5, "short"},
		{"longer", 5, "long…"},
		{"公司公司", 8, "公司公司"},
		{"公司公司", 7, "公司公…"},
		{"公司公司", 6, "公司…"},
		{"公司", 1, "…"},
	} {
		if got := cut(test.text, test.width); got != test.want {
			t.Errorf("cut(%q, %d) = %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text  string
		width int
	}{
		{"one two three four five six seven eight nine ten", 10},
		{"/a/path/without/any/blank/that/is/wider/than/a/line and words", 12},
		{strings.Repeat("公司", 20) + " 测试", 9},
		{"公司", 1}, // not even one character fits: it stays whole
		{"", 10},
	} {
		got := wrap(test.text, test.width)
		for line := range strings.SplitSeq(got, "\n") {
			if cells(line) > test.width && test.width > 1 {
				t.Errorf("wrap(%q, %d): a line of %d cells: %q", test.text, test.width, cells(line), line)
			}
		}
		without := strings.NewReplacer(" ", "", "\n", "")
		if without.Replace(got) != without.Replace(test.text) {
			t.Errorf("wrap(%q, %d) = %q", test.text, test.width, got)
		}
	}
}

// TestWrapChinese checks where a Chinese line ends: not before a sign that ends a part
// of the sentence, and not within a word of Latin letters.
func TestWrapChinese(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"回调地址没有响应，请检查 --timeout 的值": "回调地址没有响应，请\n检查 --timeout 的值",
		"默认的地域是 ap-guangzhou":       "默认的地域是\nap-guangzhou",
		"并在原来的地方输出 ${NAME}":         "并在原来的地方输出\n${NAME}",
		"配置文件是 /home/u/.config/s":   "配置文件\n是 /home/u/.config/s",
		"回调：https://h…m/a?t=*":      "回调：\nhttps://h…m/a?t=*",
	} {
		if got := wrap(text, 20); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestDraw checks that the table library does not change cells: it must not change
// headers, trim spaces in front, merge empty cells, or leave spaces at the end of
// a line.
func TestDraw(t *testing.T) {
	t.Parallel()
	got, err := draw([]string{"a_b.C", "X"}, [][]string{{"  x", ""}, {"", "1"}, {"公司", "two\nlines"}})
	want := "a_b.C  X\n  x\n       1\n公司   two\n       lines\n"
	if err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// TestChineseURLs checks that a URL in a Chinese sentence is cut without the sentence, and
// that a line does not end within it.
func TestChineseURLs(t *testing.T) {
	t.Parallel()
	const url = "https://hooks.example.com:8080/ses?token=***"
	if got := cutURLs(url+"：发信地址有单独设置的回调", 20); got != cutMiddle(url, 20)+"：发信地址有单独设置的回调" {
		t.Errorf("cut: %s", got)
	}
	for _, line := range Wrap("发信地址有单独设置的回调："+url+"，账号级别回调：无", 50) {
		if strings.Contains(line, "https:") && !strings.Contains(line, url) {
			t.Errorf("the line ends within the URL: %s", line)
		}
	}
}
