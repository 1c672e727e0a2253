package manifest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

type writer func(callback.Set, func(callback.Callback) string) ([]byte, error)

func TestWrite(t *testing.T) {
	t.Parallel()
	set := callback.Set{}.
		With(callback.Account(), callback.NewURL("https://hooks.example.com:8080/ses?a=1&b=%20")).
		With(sender(t, "b@x.example"), callback.NewURL("https://h.example:8080/?t=${TOKEN}")).
		With(sender(t, "a@x.example"), callback.NewURL("https://h.example:8080/a \"b\"\\\n#:")).
		With(sender(t, "jörg@x.example"), callback.NewURL("https://h.example:8080/é"))
	for _, test := range []struct {
		name  string
		set   callback.Set
		write writer
		want  string
	}{
		{"YAML", set, YAML, `version: 1
account: https://hooks.example.com:8080/ses?a=1&b=%20
senders:
  a@x.example: "https://h.example:8080/a \"b\"\\\u000a#:"
  b@x.example: "https://h.example:8080/?t=$${TOKEN}"
  "jörg@x.example": "https://h.example:8080/é"
`},
		{"JSON", set, JSON, `{
  "version": 1,
  "account": "https://hooks.example.com:8080/ses?a=1&b=%20",
  "senders": {
    "a@x.example": "https://h.example:8080/a \"b\"\\\u000a#:",
    "b@x.example": "https://h.example:8080/?t=$${TOKEN}",
    "jörg@x.example": "https://h.example:8080/é"
  }
}
`},
		{"nothing in YAML", callback.Set{}, YAML, "version: 1\naccount: none\nsenders: {}\n"},
		{"nothing in JSON", callback.Set{}, JSON, "{\n  \"version\": 1,\n  \"account\": \"none\",\n  \"senders\": {}\n}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := test.write(test.set, Whole)
			if err != nil || string(got) != test.want {
				t.Errorf("got:\n%s, %v\nwant:\n%s", got, err, test.want)
			}
		})
	}
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"the word none": "none", "not UTF-8": "https://h.example/?s3cret\xff"} {
		for _, target := range []callback.Target{callback.Account(), sender(t, "a@x.example")} {
			for _, write := range []writer{YAML, JSON} {
				_, err := write(callback.Set{}.With(target, callback.NewURL(url)), Whole)
				if failure.KindOf(err) != failure.Failure || !strings.Contains(fmt.Sprint(err), target.String()) || strings.Contains(fmt.Sprint(err), "s3cret") {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
}

// checkRoundTrip writes a set and reads it. The result must be the same set, and
// the same bytes when it is written again.
func checkRoundTrip(t interface {
	Helper()
	Fatalf(string, ...any)
}, set callback.Set) {
	t.Helper()
	for _, write := range []writer{YAML, JSON} {
		data, err := write(set, Whole)
		if err != nil {
			t.Fatalf("%v", err)
		}
		d, err := Parse([]File{{Name: "f", Data: data}}, environment)
		if err != nil {
			t.Fatalf("reading\n%s\n%v", data, err)
		}
		foreign := callback.Set{}.With(callback.Account(), callback.NewURL("https://foreign.example/"))
		for _, got := range []callback.Set{d.Desired(callback.Set{}, false), d.Desired(foreign, true)} {
			if !slices.Equal(got.All(), set.All()) {
				t.Fatalf("wrote\n%s\nread %q\nwant %q", data, got.All(), set.All())
			}
			if again, err := write(got, Whole); err != nil || string(again) != string(data) {
				t.Fatalf("not stable: %v\n%s\n%s", err, data, again)
			}
		}
	}
	if data, _ := JSON(set, Whole); !json.Valid(data) {
		t.Fatalf("not JSON:\n%s", data)
	}
	checkExtracted(t, set)
}

// checkExtracted checks that the declaration holds no secrets, and that it is the
// same declaration when the secrets are in the environment.
func checkExtracted(t interface {
	Helper()
	Fatalf(string, ...any)
}, set callback.Set) {
	t.Helper()
	secrets, text := Extract(set, callback.Masking{}.WithSegments(-1))
	for _, write := range []writer{YAML, JSON} {
		data, err := write(set, text)
		if err != nil {
			t.Fatalf("%v", err)
		}
		d, err := Parse([]File{{Name: "f", Data: data}}, func(name string) (string, bool) {
			i := slices.IndexFunc(secrets, func(s Secret) bool { return s.Name == name })
			if i < 0 {
				return "", false
			}
			return secrets[i].Value, true
		})
		if err != nil {
			t.Fatalf("reading\n%s\n%v", data, err)
		}
		if got := d.Desired(callback.Set{}, true); !slices.Equal(got.All(), set.All()) {
			t.Fatalf("wrote\n%s\nread %q\nwant %q", data, got.All(), set.All())
		}
	}
}

func TestExtract(t *testing.T) {
	t.Parallel()
	set := callback.Set{}.
		With(callback.Account(), callback.NewURL("https://h.example:8080/ses?token=abc&env=prod")).
		With(sender(t, "9a.b@x.example"), callback.NewURL("https://u:p@h.example:8080/hooks/B024BE7LH1f4a9c2b7e5d803?s3cret")).
		With(sender(t, "b@x.example"), callback.NewURL("https://h.example:8080/open?token=abc")).
		With(sender(t, "c@x.example"), callback.NewURL("https://h.example:8080/${X}/?a=1&a=2&b=$z&c=")).
		With(sender(t, "d@x.example"), callback.NewURL("https://h.example:8080/open"))
	secrets, text := Extract(set, callback.Masking{})
	want := []Secret{
		{"SES_ACCOUNT_TOKEN", "abc"}, {"SES_ACCOUNT_ENV", "prod"},
		{"SES_9A_B_X_EXAMPLE_PASSWORD", "p"}, {"SES_9A_B_X_EXAMPLE_PATH", "B024BE7LH1f4a9c2b7e5d803"}, {"SES_9A_B_X_EXAMPLE_QUERY", "s3cret"},
		{"SES_C_X_EXAMPLE_A", "1"}, {"SES_C_X_EXAMPLE_A_2", "2"}, {"SES_C_X_EXAMPLE_B", "$z"}, {"SES_C_X_EXAMPLE_QUERY", "c="},
	}
	if !slices.Equal(secrets, want) {
		t.Errorf("got  %q\nwant %q", secrets, want)
	}
	data, err := YAML(set, text)
	wantText := `version: 1
account: "https://h.example:8080/ses?token=${SES_ACCOUNT_TOKEN}&env=${SES_ACCOUNT_ENV}"
senders:
  9a.b@x.example: "https://u:${SES_9A_B_X_EXAMPLE_PASSWORD}@h.example:8080/hooks/${SES_9A_B_X_EXAMPLE_PATH}?${SES_9A_B_X_EXAMPLE_QUERY}"
  b@x.example: "https://h.example:8080/open?token=${SES_ACCOUNT_TOKEN}"
  c@x.example: "https://h.example:8080/$${X}/?a=${SES_C_X_EXAMPLE_A}&a=${SES_C_X_EXAMPLE_A_2}&b=${SES_C_X_EXAMPLE_B}&${SES_C_X_EXAMPLE_QUERY}"
  d@x.example: https://h.example:8080/open
`
	if err != nil || string(data) != wantText {
		t.Errorf("got:\n%s%v", data, err)
	}
	checkExtracted(t, set)
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		urls := rapid.OneOf(
			rapid.StringMatching(`https?://[a-z0-9.]{1,20}(:[0-9]{1,5})?/[ -~]{0,30}`),
			rapid.String(),
			rapid.StringMatching(`[$${}\\"':#,\[\]&*!|>%@\n\t -]{1,12}`),
			rapid.SampledFrom([]string{"null", "~", "true", "1", "1e3", "2025-03-01", "=", "<<", "---", "...", "\ufeff", "\u0085", "\u2028", "😀", "a: b", "a #b", " a ", "None", "$${", "${TOKEN}", "https://"}),
		)
		senders := rapid.OneOf(rapid.StringMatching(`[a-z0-9!#$%&'*+/=?^_{|}~-]{1,8}@[a-z]{1,5}\.[a-z]{2,3}`), rapid.SampledFrom([]string{"-a@x.example", "😀@x.example", "null@x.example", "a${b}@x.example", "{a@x.example", "1@x.example"}))
		set := callback.Set{}
		if url := urls.Draw(t, "account"); url != none && utf8.ValidString(url) {
			set = set.With(callback.Account(), callback.NewURL(url))
		}
		for range rapid.IntRange(0, 4).Draw(t, "senders") {
			target, err := callback.ParseSender(senders.Draw(t, "sender"))
			if url := urls.Draw(t, "url"); err == nil && url != none && utf8.ValidString(url) && !strings.Contains(target.Address(), "${") {
				set = set.With(target, callback.NewURL(url))
			}
		}
		checkRoundTrip(t, set)
	})
}

func TestRoundTripOfMany(t *testing.T) {
	t.Parallel()
	var all []callback.Callback
	for i := range 10_000 {
		all = append(all, callback.Callback{Target: sender(t, fmt.Sprintf("sender%d@mail.example.com", i)), URL: callback.NewURL(fmt.Sprintf("https://hooks.example.com:8080/%d?token=abcdefghijklmnopqrstuvwxyz", i))})
	}
	set, err := callback.NewSet(all)
	if err != nil {
		t.Fatal(err)
	}
	checkRoundTrip(t, set)
}

func TestCharactersInTwoHalves(t *testing.T) {
	t.Parallel()
	d, err := parse(t, `{"version": 1, "account": "https://\ud83d\ude00.example/\\ud83d\u0026"}`)
	if err != nil || d.Rows[0].URL.Whole() != `https://😀.example/\ud83d&` {
		t.Errorf("%+v, %v", d, err)
	}
	if _, err := parse(t, `{"version": 1, "account": "\ud83d"}`); err == nil || !strings.Contains(err.Error(), "not valid YAML: an escape (\\u) is not a character") {
		t.Errorf("half a character: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		example, "", "version: 1\nsenders: {a@x.example: ${TOKEN}}", "{\"version\": 1, \"account\": \"\\ud83d\\ude00\"}", "a: &a [*a]", "<<: *x", "? - a\n: !!map\n---\n",
		"version: 1\naccount: |\n  https://h.example/\n", "version: 1\naccount: >-\n  a\n  b\nprofiles: [a]\n", "%TAG ! x\n---\nversion: 1", "version: 1\n\u0085account: x",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse([]File{{Name: "f", Data: data}}, environment)
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				if !strings.HasPrefix(line, "f:") && !strings.HasPrefix(line, "and ") || len(line) > 1500 || strings.ContainsAny(line, "\x00\x1b\r") {
					t.Errorf("message %q", line)
				}
			}
			return
		}
		set := d.Desired(callback.Set{}, false)
		if !slices.ContainsFunc(set.All(), func(c callback.Callback) bool { return c.URL.Whole() == none || !utf8.ValidString(c.URL.Whole()) }) {
			checkRoundTrip(t, set)
		}
	})
}

func FuzzRoundTrip(f *testing.F) {
	for _, seed := range []string{"https://h.example:8080/?t=${TOKEN}", "$${", "null", " # ", "\ufeff", "\u0085\u2028", "😀", "a\r\nb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, url string) {
		if url == "" || url == none || !utf8.ValidString(url) || len(url) > 1<<20 {
			return
		}
		checkRoundTrip(t, callback.Set{}.With(callback.Account(), callback.NewURL(url)).With(sender(t, "a@x.example"), callback.NewURL(url)))
	})
}
