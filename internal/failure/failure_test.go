package failure_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
)

func TestCodes(t *testing.T) {
	t.Parallel()
	want := map[failure.Kind]int{
		failure.Failure: 1, failure.Usage: 2, failure.Finding: 3, failure.Auth: 4,
		failure.NotFound: 5, failure.Conflict: 6, failure.Interrupted: 130, "unheard of": 1,
	}
	for kind, code := range want {
		if got := kind.Code(); got != code {
			t.Errorf("%s: exit status %d, want %d", kind, got, code)
		}
	}
	seen := map[int]bool{}
	for _, s := range failure.Statuses() {
		if seen[s.Code] || s.Summary == "" {
			t.Errorf("status %d is listed twice or has no summary", s.Code)
		}
		seen[s.Code] = true
	}
}

func TestKindOf(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	conflict := failure.New(failure.Conflict, "outer: %w", cause).WithHint("try %s", "this")
	for _, test := range []struct {
		name string
		err  error
		want failure.Kind
	}{
		{"plain", cause, failure.Failure},
		{"of its own", conflict, failure.Conflict},
		{"wrapped", fmt.Errorf("wrapped: %w", conflict), failure.Conflict},
		{"outermost", failure.New(failure.Auth, "%w", conflict), failure.Auth},
		{"cancelled", fmt.Errorf("x: %w", context.Canceled), failure.Interrupted},
		{"timed out", context.DeadlineExceeded, failure.Failure},
	} {
		if got := failure.KindOf(test.err); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	if !errors.Is(conflict, cause) || conflict.Error() != "outer: cause" || conflict.Hints[0] != "try this" {
		t.Errorf("%+v", conflict)
	}
}
