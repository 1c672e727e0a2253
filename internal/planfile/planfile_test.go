package planfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/pkg/callback"
)

func here() journal.Account {
	return journal.Account{Profile: "p", Endpoint: "https://ses.example.com", Region: "ap-guangzhou"}
}

func anyHost() callback.Policy { return callback.Policy{PrivateHosts: true} }

func url(text string) callback.URL { return callback.NewURL(text) }

// examplePlan returns a plan that creates, replaces and deletes.
func examplePlan(t *testing.T) callback.Plan {
	t.Helper()
	var senders []callback.Target
	for _, address := range []string{"a@mail.example.com", "b@mail.example.com"} {
		target, err := callback.ParseSender(address)
		if err != nil {
			t.Fatal(err)
		}
		senders = append(senders, target)
	}
	before := callback.Set{}.With(callback.Account(), url("https://h.example:8080/?t=s3cret")).With(senders[0], url("https://h.example:8081/a"))
	after := before.With(callback.Account(), url("https://h.example:8082/new?t=s3cret")).Without(senders[0]).With(senders[1], url("https://h.example:8080/b"))
	return callback.Diff(before, after)
}

func keep(t *testing.T, plan callback.Plan) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plan.json")
	if err := Write(path, plan, here()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadWhatWasWritten(t *testing.T) {
	t.Parallel()
	for name, plan := range map[string]callback.Plan{"changes": examplePlan(t), "none": callback.Diff(callback.Set{}, callback.Set{})} {
		path := keep(t, plan)
		info, err := os.Stat(path)
		if err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
		got, err := Read(path, here(), anyHost())
		if err != nil || got.Checksum() != plan.Checksum() || len(got.Changes) != len(plan.Changes) {
			t.Errorf("%s: read %v, %v", name, got, err)
		}
	}
}

// TestReadWhatWasChanged checks that a plan with any change is refused.
func TestReadWhatWasChanged(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(keep(t, examplePlan(t)))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	tests := map[string]struct{ content, want string }{
		"a URL":              {strings.Replace(text, ":8081", ":8082", 1), "was edited"},
		"the account":        {strings.Replace(text, "ap-guangzhou", "ap-hongkong", 1), "was edited"},
		"the checksum":       {strings.Replace(text, "sha256:", "sha256:x", 1), "was edited"},
		"a sender":           {strings.Replace(text, "a@mail.example.com", "nobody", 1), "was edited"},
		"white space":        {text + "\n", "was edited"},
		"twice":              {text + text, "was edited"},
		"an unknown key":     {strings.Replace(text, `"url"`, `"uri"`, 1), "is not a plan"},
		"cut off":            {text[:len(text)/2], "is not a whole plan"},
		"empty":              {"", "is not a whole plan"},
		"another kind":       {"[]", "is not a plan"},
		"not JSON":           {"version: 1\n", "is not a plan"},
		"a later version":    {strings.Replace(text, `"version": 1`, `"version": 2`, 1), "has plan version 2; this sesctl reads 1"},
		"a key twice":        {strings.Replace(text, `"version": 1,`, `"version": 2, "Version": 1,`, 1), "was edited"},
		"more than the most": {strings.Repeat(" ", maxSize) + text, "is not a whole plan"},
	}
	for name, test := range tests {
		path := filepath.Join(t.TempDir(), "plan.json")
		if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Read(path, here(), anyHost())
		if err == nil || failure.KindOf(err) != failure.Usage || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) || len(failure.HintsOf(err)) == 0 {
			t.Errorf("%s: error %v, want %q", name, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: a secret in %q", name, err)
		}
	}
}

func TestReadForAnotherAccount(t *testing.T) {
	t.Parallel()
	path := keep(t, examplePlan(t))
	other := here()
	other.Profile, other.Endpoint = "q", "https://user:s3cret@other.example.com"
	_, err := Read(path, other, anyHost())
	if err == nil || failure.KindOf(err) != failure.Usage || strings.Contains(err.Error(), "s3cret") {
		t.Fatal(err)
	}
	for _, want := range []string{`profile "p", not "q"`, `endpoint "https://ses.example.com", not `} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "region") || !strings.Contains(strings.Join(failure.HintsOf(err), "\n"), "the profile, endpoint and region") {
		t.Errorf("error %v, hints %q", err, failure.HintsOf(err))
	}
}

// TestReadChecksTheRules checks that the rules are checked again, because somebody
// can seal a file by hand.
func TestReadChecksTheRules(t *testing.T) {
	t.Parallel()
	one := callback.Diff(callback.Set{}, callback.Set{}.With(callback.Account(), url("https://h.example:9000/")))
	sender, err := callback.ParseSender("a@mail.example.com")
	if err != nil {
		t.Fatal(err)
	}
	two := callback.Diff(callback.Set{}, one.After().With(sender, url("https://h.example:9001/")))
	deletes := callback.Diff(one.After(), callback.Set{})
	for plan, want := range map[*callback.Plan]string{&one: "breaks a rule: account: ", &two: "and 1 more", &deletes: ""} {
		_, err := Read(keep(t, *plan), here(), anyHost())
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || failure.KindOf(err) != failure.Usage) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if _, err := Read(keep(t, one), here(), callback.Policy{PrivateHosts: true, Ports: []int{9000}}); err != nil {
		t.Errorf("a port that the policy allows: %v", err)
	}
}

func TestPlacesThatAreNotFiles(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := CheckPath(folder); err == nil || failure.KindOf(err) != failure.Usage {
		t.Errorf("a folder: %v", err)
	}
	if err := Write(folder, examplePlan(t), here()); err == nil || failure.KindOf(err) != failure.Usage {
		t.Errorf("a folder: %v", err)
	}
	if err := CheckPath(filepath.Join(folder, "new.json")); err != nil {
		t.Error(err)
	}
	if err := Write(filepath.Join(folder, "missing", "plan.json"), examplePlan(t), here()); failure.KindOf(err) != failure.Failure || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if _, err := Read(folder, here(), anyHost()); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("a folder: %v", err)
	}
	_, err := Read(filepath.Join(folder, "new.json"), here(), anyHost())
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(strings.Join(failure.HintsOf(err), ""), "--out") {
		t.Errorf("no file: %v, hints %q", err, failure.HintsOf(err))
	}
}
