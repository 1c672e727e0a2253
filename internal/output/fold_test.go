package output

import (
	"slices"
	"testing"
)

func TestFold(t *testing.T) {
	t.Parallel()
	url := Line{{Text: "    from  "}, {Text: "https://hooks.example.com:"}, {Text: "8080", Color: Red}, {Text: "/ses"}}
	for _, test := range []struct {
		name  string
		line  Line
		width int
		color bool
		want  []string
	}{
		{"no width", url, 0, false, []string{"    from  https://hooks.example.com:8080/ses"}},
		{"it fits", url, 44, false, []string{"    from  https://hooks.example.com:8080/ses"}},
		{"a word in colours stays whole", url, 43, true,
			[]string{"    from", "      https://hooks.example.com:\x1b[31m8080\x1b[0m/ses"}},
		{"between words", Line{{Text: "one two three"}}, 8, false, []string{"one two", "  three"}},
		{"Chinese characters take two cells", Line{{Text: "回调 地址"}}, 8, false, []string{"回调 地", "  址"}},
		{"Chinese has no spaces", Line{{Text: "  发信地址的事件："}}, 14, false, []string{"  发信地址的事", "    件："}},
		{"a coloured sign", Line{{Text: "- delete ", Color: Red}, {Text: "account: https://x.example"}}, 20, false,
			[]string{"- delete account:", "  https://x.example"}},
		{"control characters", Line{{Text: "a\x1b[2J bb cc"}}, 8, false, []string{"a\ufffd[2J bb", "  cc"}},
		{"nothing", nil, 8, false, []string{""}},
	} {
		var got []string
		for _, line := range test.line.Fold(test.width) {
			got = append(got, line.Paint(test.color))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
