package manifest

import (
	"errors"
	"os"
	"path/filepath"
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
