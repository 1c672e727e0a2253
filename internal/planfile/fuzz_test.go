package planfile

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/pkg/callback"
)

// FuzzRead reads files as plans. A plan that is read can be written again. The error
// of a refused file does not repeat its content.
func FuzzRead(f *testing.F) {
	account := journal.Account{Profile: "p", Endpoint: "https://ses.example.com", Region: "ap-guangzhou"}
	policy := callback.Policy{PrivateHosts: true}
	path := filepath.Join(f.TempDir(), "seed.json")
	before := callback.Set{}.With(callback.Account(), callback.NewURL("https://h.example:8080/?t=s3cret"))
	for _, after := range []callback.Set{{}, before, before.With(callback.Account(), callback.NewURL("https://h.example:8081/"))} {
		if err := Write(path, callback.Diff(before, after), account); err != nil {
			f.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, seed := range []string{"", "{}", "null", "[]", `{"version":1}`, `{"version":1,"profile":"s3cret"}`, `{"version":1,"before":[{"scope":"sender","sender":"s3cret","url":""}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "plan.json")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		// With a valid seal the fuzzer reaches the code after the check of the seal.
		for range 2 {
			plan, err := Read(path, account, policy)
			if err == nil {
				if err := Write(path, plan, account); err != nil {
					t.Fatalf("a plan that was read cannot be written: %v", err)
				}
				if again, err := Read(path, account, policy); err != nil || again.Checksum() != plan.Checksum() {
					t.Errorf("kept again it is %v, %v", again, err)
				}
				return
			}
			kept, _, undecoded := decode(path)
			if text := fmt.Sprint(err); strings.Contains(text, "s3cret") && !kept.names("s3cret") || len(text) > 4000 {
				t.Errorf("message %.4000q", text)
			}
			if undecoded != nil {
				return
			}
			if data, err = kept.sealed(); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// names reports whether a plan has a text in what a message may name: the place and the
// senders. A URL is never in it.
func (c content) names(text string) bool {
	has := func(callbacks []callback.Callback) bool {
		return slices.ContainsFunc(callbacks, func(one callback.Callback) bool { return strings.Contains(one.Target.Address(), text) })
	}
	return strings.Contains(c.Profile+"\n"+c.Endpoint+"\n"+c.Region, text) || has(c.Before) || has(c.After)
}
