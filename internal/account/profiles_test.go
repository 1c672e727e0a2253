package account_test

import (
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/failure"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	flag := func(names ...string) account.Chosen { return account.Chosen{Names: names, From: "--profile"} }
	tests := []struct {
		given    account.Chosen
		env      string
		declared []string
		want     string // names and where they are from, or the error
	}{
		{flag(), "", nil, " from the declaration"},
		{flag("a"), "b", nil, "a from --profile"},
		{flag("a", "b"), "", nil, "a b from --profile"},
		{flag(), "b", []string{"a", "b"}, "b from SESCTL_PROFILE"},
		{flag(), "", []string{"a", "b"}, "a b from the declaration"},
		{flag("b"), "", []string{"a", "b"}, "b from --profile"},
		{flag("c"), "", []string{"a", "b"}, "its profiles are: a, b"},
		{flag(), "c", []string{"a"}, "not for the profile"},
		{flag("a", "a"), "", nil, "named twice"},
		{flag("a", ""), "", nil, "the profile name is empty"},
	}
	for _, test := range tests {
		getenv := func(string) string { return test.env }
		chosen, err := account.Choose(test.given, getenv, test.declared)
		got := strings.Join(chosen.Names, " ") + " from " + chosen.From
		if err != nil {
			got = err.Error() + " " + strings.Join(failure.HintsOf(err), " ")
			if failure.KindOf(err) != failure.Usage {
				t.Errorf("%v: a failure of kind %s", test, failure.KindOf(err))
			}
		}
		if err == nil && got != test.want || err != nil && !strings.Contains(got, test.want) {
			t.Errorf("%v: %q", test, got)
		}
	}
}
