package manifest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// environment holds a secret that must not be in any message.
func environment(name string) (string, bool) {
	values := map[string]string{"TOKEN": "s3cret", "_a1": "x", "EMPTY": "", "NESTED": "${TOKEN}", "NONE": "none"}
	value, found := values[name]
	return value, found
}

func parse(t testing.TB, contents ...string) (Declaration, error) {
	t.Helper()
	var files []File
	for i, content := range contents {
		files = append(files, File{Name: string(rune('a'+i)) + ".yaml", Data: []byte(content)})
	}
	return Parse(files, environment)
}

func sender(t testing.TB, address string) callback.Target {
	t.Helper()
	target, err := callback.ParseSender(address)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

const example = `version: 1
account: https://hooks.example.com:8080/ses      # a comment
senders:
  News <News@mail.example.com>: https://hooks.example.com:8081/news?token=${TOKEN}
  old@mail.example.com: none
`

func TestParse(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"YAML":           example,
		"with a BOM":     "\ufeff" + example,
		"with CRLF":      strings.ReplaceAll(example, "\n", "\r\n"),
		"with a marker":  "---\n" + example + "...\n",
		"with YAML 1.2":  "%YAML 1.2\n---\n" + example,
		"with YAML 1.1":  "\ufeff# a comment\n\n%YAML 1.1\n---\n" + example,
		"after comments": "\ufeff# a comment\n\n%YAML 1.2 # here\n---\n" + example,
		"with a schema":  "\"$schema\": ./callbacks.schema.json\n" + example,
		"senders first":  "senders:\n  news@mail.example.com: https://hooks.example.com:8081/news?token=${TOKEN}\n  old@mail.example.com: none\naccount: https://hooks.example.com:8080/ses\nversion: 1\n",
		"quoted":         "'version': 1\n\"account\": 'https://hooks.example.com:8080/ses'\nsenders: {\"news@mail.example.com\": \"https://hooks.example.com:8081/news?token=${TOKEN}\", old@mail.example.com: 'none'}\n",
		"JSON":           `{"version": 1, "account": "https:\/\/hooks.example.com:8080\/ses", "senders": {"news@mail.example.com": "https://hooks.example.com:8081/news?token=${TOKEN}", "old@mail.example.com": "none"}}`,
		"JSON with tabs": "{\n\t\"version\":1,\n\t\"account\":\"https://hooks.example.com:8080/ses\",\n\t\"senders\":{\n\t\t\"news@mail.example.com\":\"https://hooks.example.com:8081/news?token=${TOKEN}\",\n\t\t\"old@mail.example.com\":\"none\"\n\t}\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := parse(t, content)
			if err != nil {
				t.Fatal(err)
			}
			want := []callback.Declared{
				{Account: true, URL: callback.NewURL("https://hooks.example.com:8080/ses")},
				{Sender: "News <News@mail.example.com>", URL: callback.NewURL("https://hooks.example.com:8081/news?token=s3cret")},
				{Sender: "old@mail.example.com"},
			}
			got := slices.Clone(d.Rows)
			for i := range got {
				got[i].Position, got[i].URLPosition = callback.Position{}, callback.Position{}
				if v := got[i].Variables; i == 1 && (len(v) != 1 || v[0] != callback.Variable{Name: "TOKEN", Start: 42, End: 48}) {
					t.Errorf("variables %+v", v)
				}
				got[i].Variables = nil
			}
			if len(got) == 3 && got[1].Sender == "news@mail.example.com" {
				want[1].Sender = got[1].Sender
			}
			if !reflect.DeepEqual(got, want) || d.Profiles != nil {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			if problems := d.Check(callback.Policy{}); len(problems) != 0 {
				t.Errorf("problems %v", problems)
			}
		})
	}
}

func TestPositions(t *testing.T) {
	t.Parallel()
	d, err := parse(t, example)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range d.Rows {
		got = append(got, row.Position.String()+" "+row.URLPosition.String())
	}
	want := []string{"a.yaml:2:1 a.yaml:2:10", "a.yaml:4:3 a.yaml:4:33", "a.yaml:5:3 a.yaml:5:25"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q; want %q", got, want)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	d, err := parse(t, "version: 1\naccount: http://hooks.example.com:8080/\nsenders:\n  nobody: https://hooks.example.com:9000/\n  a@x.example: none\n", "version: 1\nsenders: {A@x.example: none}")
	if err != nil {
		t.Fatalf("the form is right: %v", err)
	}
	var got []string
	for _, p := range d.Check(callback.Policy{}) {
		got = append(got, p.Position.String()+" "+p.Rule+" "+p.Target)
	}
	want := []string{"a.yaml:2:10 url-plain-http account", "a.yaml:4:3 sender-syntax nobody", "a.yaml:4:11 url-port nobody", "b.yaml:2:11 sender-duplicate A@x.example"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q; want %q", got, want)
	}
}

func TestDesired(t *testing.T) {
	t.Parallel()
	a, b, c := sender(t, "a@x.example"), sender(t, "b@x.example"), sender(t, "c@x.example")
	current := callback.Set{}.With(callback.Account(), callback.NewURL("u")).With(a, callback.NewURL("ua")).With(b, callback.NewURL("ub"))
	for _, test := range []struct {
		name, content string
		prune         bool
		want          callback.Set
	}{
		{"nothing declared", "version: 1", false, current},
		{"nothing declared, pruned", "version: 1", true, callback.Set{}.With(callback.Account(), callback.NewURL("u"))},
		{"account none", "version: 1\naccount: none", false, current.Without(callback.Account())},
		{"account", "version: 1\naccount: u2", true, callback.Set{}.With(callback.Account(), callback.NewURL("u2"))},
		{"senders", "version: 1\nsenders: {A@x.example: none, c@x.example: uc}", false, current.Without(a).With(c, callback.NewURL("uc"))},
		{"senders, pruned", "version: 1\nsenders: {b@x.example: ub2, c@x.example: uc}", true, callback.Set{}.With(callback.Account(), callback.NewURL("u")).With(b, callback.NewURL("ub2")).With(c, callback.NewURL("uc"))},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d, err := parse(t, test.content)
			if err != nil {
				t.Fatal(err)
			}
			if got := d.Desired(current, test.prune); !slices.Equal(got.All(), test.want.All()) {
				t.Errorf("got %v; want %v", got.All(), test.want.All())
			}
			if current.Len() != 3 {
				t.Error("current was changed")
			}
		})
	}
	broken := Declaration{Rows: []callback.Declared{{Sender: "nobody", URL: callback.NewURL("u")}}}
	if got := broken.Desired(callback.Set{}, false); got.Len() != 0 {
		t.Errorf("a sender that is none: %v", got.All())
	}
}

func TestSeveralFiles(t *testing.T) {
	t.Parallel()
	d, err := parse(t, "version: 1\nsenders: {a@x.example: ua}", "version: 1\naccount: u\nprofiles: [prod, test]")
	if err != nil || len(d.Rows) != 2 || !slices.Equal(d.Profiles, []string{"prod", "test"}) {
		t.Errorf("%+v, %v", d, err)
	}
	d, err = parse(t, "version: 1\naccount: none\nprofiles: [prod]\nsenders: {a@x.example: none}", "version: 1\nprofiles: [prod]\naccount: none\nsenders:\n  X <A@X.example>: none")
	want := `b.yaml:2:1: profiles may be in only one file, and are already in a.yaml:3:1`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
	var got []string
	for _, p := range d.Check(callback.Policy{}) {
		got = append(got, p.Position.String()+": "+p.Message)
	}
	wantProblems := []string{
		"b.yaml:3:1: the account's callback is already declared at a.yaml:2:1",
		"b.yaml:5:3: a@x.example is already declared at a.yaml:4:11",
	}
	if !slices.Equal(got, wantProblems) {
		t.Errorf("got %q; want %q", got, wantProblems)
	}
	if d, err := Parse(nil, environment); err != nil || len(d.Rows) != 0 {
		t.Errorf("no file: %v, %v", d, err)
	}
}

const perProfile = `version: 1
unmanaged: fail
profiles:
  china:
    senders:
      a@x.example: none
      B <b@x.example>: https://h.example:8080/china
    account: https://h.example:8080/china
  global: {}
senders:
  c@x.example: https://h.example:8080/c
`

func TestProfiles(t *testing.T) {
	t.Parallel()
	d, err := parse(t, perProfile)
	if err != nil || !slices.Equal(d.Profiles, []string{"china", "global"}) || d.Unmanaged != UnmanagedFail || len(d.Rows) != 4 {
		t.Fatalf("%+v, %v", d, err)
	}
	for profile, want := range map[string][]string{
		"china":  {"11:3", "8:5", "6:7", "7:7"}, // what is for all first, then the account before the senders
		"global": {"11:3"},
		"":       {"11:3"},
	} {
		one := d.For(profile)
		var got []string
		for i, row := range one.Rows {
			got = append(got, strings.TrimPrefix(row.Position.String(), "a.yaml:"))
			if d.Rows[one.Whole(i)].Position != row.Position {
				t.Errorf("%s: row %d is not %d of the whole", profile, i, one.Whole(i))
			}
		}
		if !slices.Equal(got, want) || one.Unmanaged != UnmanagedFail {
			t.Errorf("%q: %q; want %q", profile, got, want)
		}
	}
	d, err = parse(t, "version: 1\naccount: none\nsenders: {a@x.example: none}\nprofiles: {p: {account: none, senders: {A <a@X.example>: none}}, q: {account: none}}")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range d.For("p").Check(callback.Policy{}) {
		got = append(got, p.Position.String()+": "+p.Message)
	}
	want := []string{"a.yaml:4:16: the account's callback is already declared at a.yaml:2:1", "a.yaml:4:41: a@x.example is already declared at a.yaml:3:11"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q; want %q", got, want)
	}
}

func TestUnmanagedInSeveralFiles(t *testing.T) {
	t.Parallel()
	d, err := parse(t, "version: 1\nunmanaged: keep", "version: 1", "version: 1\nunmanaged: keep")
	if err != nil || d.Unmanaged != UnmanagedKeep {
		t.Errorf("%+v, %v", d, err)
	}
	_, err = parse(t, "version: 1\nunmanaged: keep", "version: 1\nunmanaged: fail")
	if err == nil || err.Error() != "b.yaml:2:12: unmanaged is fail here, but keep at a.yaml:2:12" {
		t.Errorf("got %v", err)
	}
}

func TestNotNamed(t *testing.T) {
	t.Parallel()
	u := callback.NewURL("https://h.example:8080/")
	current := callback.Set{}.With(callback.Account(), u).With(sender(t, "a@x.example"), u).With(sender(t, "b@x.example"), u)
	for content, want := range map[string]string{
		"version: 1": "[the account a@x.example b@x.example]",
		"version: 1\naccount: none\nsenders: {B@x.example: none, c@x.example: none}": "[a@x.example]",
		"version: 1\nsenders: {nobody: none}":                                        "[the account a@x.example b@x.example]",
	} {
		d, err := parse(t, content)
		if err != nil {
			t.Fatal(err)
		}
		var got []callback.Target
		for _, c := range d.NotNamed(current) {
			got = append(got, c.Target)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%q: %v; want %s", content, got, want)
		}
	}
}

func TestReadFiles(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "callbacks.yaml")
	if err := os.WriteFile(path, []byte("version: 1\naccount: none\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := ReadFiles([]string{path, "-"}, strings.NewReader("version: 1\nsenders: {a@x.example: ua}"), environment)
	if err != nil || len(d.Rows) != 2 || d.Rows[0].Position.File != path || d.Rows[1].Position.String() != "<stdin>:2:11" {
		t.Errorf("%+v, %v", d, err)
	}
	d, err = ReadFiles([]string{path, path}, nil, environment)
	if problems := d.Check(callback.Policy{}); err != nil || len(problems) != 1 || !strings.Contains(problems[0].Message, "already declared at "+path+":2:1") {
		t.Errorf("the same file twice: %v, %v", problems, err)
	}
	for name, missing := range map[string]string{"no file": filepath.Join(folder, "missing.yaml"), "a folder": folder} {
		if _, err := ReadFiles([]string{missing}, nil, environment); failure.KindOf(err) != failure.Failure || !strings.Contains(err.Error(), "cannot read the declaration") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadFiles([]string{"-"}, brokenReader{}, environment); err == nil || !strings.Contains(err.Error(), "cannot read the declaration <stdin>: broken") {
		t.Errorf("broken input: %v", err)
	}
	if _, err := ReadFiles([]string{"-"}, endless{}, environment); err == nil || err.Error() != "<stdin>:1:1: the file has more than 16 MiB" {
		t.Errorf("endless input: %v", err)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("broken") }

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '#'
	}
	return len(p), nil
}
