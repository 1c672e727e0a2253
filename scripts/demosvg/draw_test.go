package main

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

const printed = `
# Look & see.
$ sesctl -v callback set --account https://hooks.example.com:8080/ses
on the local emulator · /tmp/tmp.CsKDK3mPyw/sesctl/emulator.db
GetWebhookUrl ok 11111111-2272-4a39-8c27-fb83ff098225 140µs
sesctl: <refused>
`

// TestSteady checks that two runs, which differ in their folders, identifiers and
// durations, give the same picture.
func TestSteady(t *testing.T) {
	t.Parallel()
	other := strings.NewReplacer("CsKDK3mPyw", "ab", "11111111-", "22222222-", "140µs", "12.5ms").Replace(printed)
	if other == printed || string(draw(steady(other), "en")) != string(draw(steady(printed), "en")) {
		t.Error("the pictures of two runs differ")
	}
}

// TestDraw checks that the picture is valid XML, and shows every line.
func TestDraw(t *testing.T) {
	t.Parallel()
	decoder := xml.NewDecoder(strings.NewReader(string(draw(printed, "en"))))
	var text strings.Builder
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if data, ok := token.(xml.CharData); ok {
			text.Write(data)
		}
	}
	for line := range strings.SplitSeq(strings.TrimSpace(printed), "\n") {
		if !strings.Contains(text.String(), "\n"+line+"\n") {
			t.Errorf("the picture does not show %q", line)
		}
	}
}

// TestWrap checks that a long line is split at the width of the window.
func TestWrap(t *testing.T) {
	t.Parallel()
	got := wrap("$ " + strings.Repeat("µ", columns))
	if len(got) != 2 || got[0].text != "$ "+strings.Repeat("µ", columns-2) || got[1] != (line{"µµ", "p"}) {
		t.Errorf("got %q", got)
	}
}

// TestParts checks that Chinese and Latin characters keep their columns.
func TestParts(t *testing.T) {
	t.Parallel()
	got := parts("来源 a：https")
	want := []part{{"来源", 0, 4}, {" a", 4, 2}, {"：", 6, 2}, {"https", 8, 5}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	wide := wrap("# " + strings.Repeat("中", columns/2))
	if len(wide) != 2 || wide[0].text != "# "+strings.Repeat("中", columns/2-1) || wide[1] != (line{"中", "c"}) {
		t.Errorf("got %q", wide)
	}
	if picture := string(draw("# 中 a\n", "zh-CN")); !strings.Contains(picture, `x="31.6" y="13" textLength="15.6" xml:space="preserve">中</text>`) {
		t.Errorf("got %s", picture)
	}
}
