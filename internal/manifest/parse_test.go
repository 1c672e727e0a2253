package manifest

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

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
