package callback_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestURL(t *testing.T) {
	t.Parallel()
	const text = "https://user:pa55@h.example:8080/p?token=s3cr3t#frag"
	u := callback.NewURL(text)
	if u.Whole() != text || u.IsZero() || u != callback.NewURL(strings.Clone(text)) {
		t.Errorf("%s is not what it was made of", u)
	}
	if got, want := u.String(), "https://user:***@h.example:8080/p?token=***#***"; got != want {
		t.Errorf("it prints as %s; want %s", got, want)
	}
	var zero callback.URL
	if !zero.IsZero() || zero.Whole() != "" || zero.String() != "" || callback.NewURL("") != zero || fmt.Sprint(zero) != "" {
		t.Errorf("the zero URL is %q", zero.Whole())
	}
	if !u.Same(callback.NewURL(strings.Replace(text, "h.example", "H.EXAMPLE", 1))) || u.Same(zero) || !zero.Same(zero) {
		t.Error("Same does not compare as SameURL does")
	}
}

// shown is a struct that a program prints during debugging.
type shown struct {
	URL    callback.URL
	Urls   []callback.URL
	ByName map[string]*callback.URL
	hidden callback.URL
	change *callback.Change
	set    callback.Set
	any    any
}

// TestSecretsDoNotLeak prints values of every type that holds a URL in every way.
func TestSecretsDoNotLeak(t *testing.T) {
	t.Parallel()
	u := callback.NewURL("https://user:pa55-s3cr3t@h.example:8080/?token=s3cr3t")
	a := mustParse(t, "a@x.example")
	set := callback.Set{}.With(a, u).With(callback.Account(), u)
	change := callback.NewChange(a, u, callback.NewURL("https://h.example:8080/?token=s3cr3t2"))
	plan := callback.Diff(set, callback.Set{})
	failed := &callback.OutcomeError{Change: change, Cause: errUnknown, Verdict: callback.VerdictOther, Found: u}
	values := map[string]any{
		"URL": u, "*URL": &u, "Callback": callback.Callback{Target: a, URL: u}, "Set": set, "Change": change, "Plan": plan,
		"Effects": plan.Effects(nil), "Effective": set.Resolve(a), "Snapshot": callback.Snapshot{Callbacks: set},
		"OutcomeError": failed, "OutcomeError by value": *failed, "Outcome": callback.Outcome{Change: change, Err: failed},
		"Applied":  callback.Applied{Failed: []callback.Outcome{{Change: change, Err: failed}}},
		"Problems": callback.CheckURL(u.Whole(), callback.Policy{}),
		"Declared": callback.Declared{Sender: "a@x.example", URL: u},
		"struct":   shown{u, []callback.URL{u}, map[string]*callback.URL{"u": &u}, u, &change, set, plan},
		"*struct":  &shown{hidden: u, change: &change, set: set, any: []any{u, &change}},
		"wrapped":  fmt.Errorf("cannot do it: %w", failed),
		"map key":  map[callback.URL]callback.URL{u: u}, "any": []any{u, set},
	}
	for name, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%T", "% x", "%10.3s", "%!"} {
			checkSecret(t, name+" with "+verb, fmt.Sprintf(verb, value))
		}
		checkSecret(t, name+" printed", fmt.Sprintln(value))
	}
	for name, value := range map[string]any{
		"URL": u, "struct": shown{URL: u, Urls: []callback.URL{u}, hidden: u}, "error": failed, "Effective": set.Resolve(a), "Set": set,
		"map": map[string]callback.URL{"url": u}, "map key": map[callback.URL]int{u: 1},
	} {
		if name == "error" {
			value = struct {
				Message string
				Found   callback.URL
			}{failed.Error(), failed.Found}
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		checkSecret(t, name+" in JSON", string(text))
		var log bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
			slog.New(handler).Error("failed", "value", value, "error", failed)
		}
		checkSecret(t, name+" in a log", log.String())
	}
}

func checkSecret(t *testing.T, what, text string) {
	t.Helper()
	const secret = "s3cr3t"
	lower := strings.ToLower(text)
	for _, form := range []string{secret, hex.EncodeToString([]byte(secret)), strings.TrimSpace(fmt.Sprintf("% x", secret))} {
		if strings.Contains(lower, form) {
			t.Errorf("%s: the secret is in %s", what, text)
		}
	}
}
