package manifest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

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
