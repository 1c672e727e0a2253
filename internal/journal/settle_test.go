package journal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestOpenLines(t *testing.T) {
	t.Parallel()
	begin := func(id string) string {
		return `{"op":"begin","id":"` + id + `","time":"2026-01-31T12:00:00Z","scope":"account","new":"https://x.example/","outcome":"pending"}`
	}
	end := func(id, outcome string) string {
		return `{"op":"end","id":"` + id + `","time":"2026-01-31T12:00:00Z","outcome":"` + outcome + `"}`
	}
	steps := func(id string) string {
		return `{"op":"steps","id":"` + id + `","time":"2026-01-31T12:00:00Z","outcome":"pending"}`
	}
	const a, b = "1hkgq8000", "1hkgq8001"
	for _, test := range []struct {
		name  string
		lines []string
		want  bool
	}{
		{"nothing", nil, false},
		{"ended", []string{begin(a), begin(b), end(b, "done"), end(a, "failed")}, false},
		{"one is open", []string{begin(a), begin(b), end(b, "done")}, true},
		{"ended twice", []string{begin(a), end(a, "failed"), end(a, "done")}, false},
		{"the end is cut", []string{begin(a), end(a, "done")[:60]}, true},
		{"the end is pending", []string{begin(a), end(a, "pending")}, true},
		{"made in steps", []string{begin(a), steps(a), end(a, "done")}, false},
		{"cut off between steps", []string{begin(a), steps(a)}, true},
		{"cut off in the line of the steps", []string{begin(a), steps(a)[:40]}, true},
		{"damage between", []string{begin(a), "x", "", `{"op":`, end(a, "done")}, false},
		{"the end is damaged", []string{begin(a), strings.Replace(end(a, "done"), "outcome", "outc\x87me", 1)}, true},
		{"the end of another program", []string{begin(a), `{"id":"` + a + `","op":"end","outcome":"done"}`}, true},
		{"a beginning that is cut", []string{begin(a), end(a, "done"), begin(b)[:90]}, false},
		{"a beginning that is cut behind a brace", []string{strings.Replace(begin(a), "x.example", "}", 1)[:96]}, false},
		{"an id that is cut", []string{`{"op":"begin","id":"1hk`}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Join(test.lines, "\n")
			got, size, err := openLines(strings.NewReader(text))
			if err != nil || got != test.want {
				t.Errorf("%v, %v; want %v", got, err, test.want)
			}
			if at := strings.LastIndexByte(text, '\n') + 1; !got && size != int64(at) {
				t.Errorf("%d bytes are whole; want %d", size, at)
			}
			history, err := readHistory(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range history.Entries {
				if e.Outcome == Pending && !got {
					t.Errorf("pending and not seen: %+v", e)
				}
			}
		})
	}
}

func TestAnyOpenLooksAtWhatIsNew(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	other, err := Open(Options{Path: j.Path()})
	if err != nil {
		t.Fatal(err)
	}
	check := func(want bool) {
		t.Helper()
		if open, err := j.anyOpen(t.Context()); err != nil || open != want {
			t.Errorf("%v, %v; want %v", open, err, want)
		}
	}
	check(false)
	first := begin(t, j, sample)
	check(true)
	end(t, j, first, Done)
	check(false)
	second := begin(t, other, sample)
	check(true)
	end(t, other, second, Failed)
	check(false)
	if info, err := os.Stat(j.Path()); err != nil || j.ended.size != info.Size() {
		t.Errorf("%d bytes are known; the file: %v, %v", j.ended.size, info.Size(), err)
	}
	if err := os.Remove(j.Path()); err != nil {
		t.Fatal(err)
	}
	begin(t, other, sample)
	check(true)
}

func TestSettle(t *testing.T) {
	t.Parallel()
	a, b := "a@x.example", "b@x.example"
	for _, test := range []struct {
		name     string
		old, new string
		found    string
		want     Outcome
		note     string
	}{
		{"the new one is there", "https://1.example/", "https://2.example/", "HTTPS://2.example", Done, "the change had been made"},
		{"the old one is there", "https://1.example/", "https://2.example/", "https://1.example/", Failed, "the change had not been made"},
		{"another is there", "https://1.example/", "https://2.example/", "https://3.example/", Failed, "the target had another callback"},
		{"none is there", "https://1.example/", "https://2.example/", "", Failed, "the target had no callback"},
		{"deleted", "https://1.example/", "", "", Done, "the change had been made"},
		{"not deleted", "https://1.example/", "", "https://1.example/", Failed, "the change had not been made"},
		{"not created", "", "https://2.example/", "", Failed, "the change had not been made"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			j := newJournal(t)
			mine := Entry{Account: account, Change: callback.NewChange(sender(t, a), callback.NewURL(test.old), callback.NewURL(test.new))}
			other, ofAccount := mine, mine
			other.Account.Region = "ap-singapore"
			ofAccount.Change.Target = callback.Account()
			end(t, j, begin(t, j, mine), Done)
			id := begin(t, j, mine)
			begin(t, j, other)
			begin(t, j, ofAccount)
			closeJournal(t, j)

			set := callback.Set{}.With(sender(t, a), callback.NewURL(test.found)).With(sender(t, b), callback.NewURL("https://9.example/"))
			settled, err := settle(t, j, account, set, callback.PartSenderCallbacks)
			if err != nil || len(settled) != 1 || settled[0].ID != id || settled[0].Outcome != test.want || settled[0].Note != "settled by reading: "+test.note {
				t.Errorf("settled %+v, %v", settled, err)
			}
			h := read(t, j)
			if e, err := h.Find(id); err != nil || e != settled[0] {
				t.Errorf("in the file: %+v, %v", e, err)
			}
			if pending := pendingOf(h, account); len(pending) != 1 || !pending[0].Change.Target.IsAccount() {
				t.Errorf("pending %+v", pending)
			}
		})
	}
}

func TestSettleByWhatCameNext(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	change := func(old, url string) Entry {
		return Entry{Account: account, Change: callback.NewChange(callback.Account(), callback.NewURL(old), callback.NewURL(url))}
	}
	done := begin(t, j, change("https://1.example/", "https://2.example/"))
	failed := begin(t, j, change("https://2.example/", "https://3.example/"))
	last := begin(t, j, change("https://2.example/", "https://4.example/"))
	closeJournal(t, j)
	if _, err := settle(t, j, account, callback.Set{}.With(callback.Account(), callback.NewURL("https://4.example/")), callback.PartCallbacks); err != nil {
		t.Fatal(err)
	}
	h := read(t, j)
	for id, want := range map[string]Outcome{done: Done, failed: Failed, last: Done} {
		if e, err := h.Find(id); err != nil || e.Outcome != want {
			t.Errorf("%s is %s, %v; want %s", id, e.Outcome, err, want)
		}
	}
}

func TestSettleErrors(t *testing.T) {
	t.Parallel()
	if _, err := settle(t, open(t, t.TempDir()), account, callback.Set{}, callback.PartAll); err == nil {
		t.Error("a folder was read")
	}
	j := open(t, filepath.Join(t.TempDir(), "journal.jsonl"))
	content := `{"op":"begin","id":"01jd1k0m1","scope":"sender","sender":"nobody","outcome":"pending"}` + "\n"
	if err := os.WriteFile(j.Path(), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if settled, err := settle(t, j, Account{}, callback.Set{}, callback.PartAll); err != nil || settled != nil {
		t.Errorf("settled %v, %v", settled, err)
	}
	if damage := read(t, j).Damage; len(damage) != 1 || damage[0].String() != "line 1 was skipped: it has no valid sender" {
		t.Errorf("damage %v", damage)
	}
}
