package output

import "testing"

func TestFitProse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		width      int
		text, want string
	}{
		"no limit":              {0, "one two three\nfour", "one two three\nfour"},
		"a paragraph that fits": {20, "one two\nthree", "one two\nthree"},
		"a paragraph": {
			12, "one two three\nfour\n\nfive",
			"one two\nthree four\n\nfive",
		},
		"Chinese":            {12, "可靠地保存事\n件之后，\nKafka 返回", "可靠地保存事\n件之后，\nKafka 返回"},
		"Chinese, joined":    {10, "可靠地保存事\n件之后", "可靠地保存\n事件之后"},
		"a comment":          {14, "  # one two three", "  # one two\n  # three"},
		"the last column":    {30, "  NAME  word  one two three four", "  NAME  word  one two three\n              four"},
		"a narrow terminal":  {20, "  NAME  word  one two three four", "  NAME  word  one two three four"},
		"an example":         {10, "  command --with --flags", "  command --with --flags"},
		"prose and examples": {8, "one two three\n  an example of it", "one two\nthree\n  an example of it"},
	} {
		if got := FitProse(c.text, c.width); got != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, c.want)
		}
	}
}
