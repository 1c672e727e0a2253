package planfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Read reads a plan that [Write] has written. The error has the kind usage if the
// file is not a plan, was edited or truncated, or was made for another account. It
// also has the kind usage if a URL of the plan breaks a rule of the policy: somebody
// may have written the file by hand, or the policy may have changed. If the file
// cannot be read, the error has the kind failure.
func Read(path string, account journal.Account, policy callback.Policy) (callback.Plan, error) {
	kept, data, err := decode(path)
	if err != nil {
		return callback.Plan{}, err
	}
	plan, err := kept.plan(data, account)
	if err == nil {
		err = checkRules(plan, policy)
	}
	if err != nil {
		return callback.Plan{}, refused(path, err)
	}
	return plan, nil
}

// refused adds the name of the file and a hint to an error.
func refused(path string, err error) error {
	var other accountError
	e := failure.New(failure.Usage, "%s %w", path, err)
	if errors.As(err, &other) {
		return e.WithHint("use the profile, endpoint and region that it was made with")
	}
	return e.WithHint("make the plan again with 'sesctl callback plan --out'")
}

// decode reads the file, and returns its content and its text.
func decode(path string) (kept content, data []byte, err error) {
	file, err := files.Open(path)
	if err != nil {
		e := failure.New(failure.Failure, "cannot read the plan: %w", err)
		if errors.Is(err, fs.ErrNotExist) {
			return kept, nil, e.WithHint("%s makes it", failure.Command("sesctl", "callback", "plan", "-f", "FILE", "--out", path))
		}
		return kept, nil, e.WithHints(files.Advice(err))
	}
	defer file.Close()
	data, err = io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return kept, nil, failure.New(failure.Failure, "cannot read the plan: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&kept); err != nil {
		// The error of the decoder may repeat parts of the file, and so of a URL.
		reason := errors.New("was edited, or is not a plan")
		if looksDeclared(data) {
			return kept, nil, failure.New(failure.Usage, "%s is a declaration, not a plan", path).
				WithHint("name a declaration with -f, as in -f %s", failure.Command(path))
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			reason = errors.New("is not a whole plan")
		}
		return kept, nil, refused(path, reason)
	}
	return kept, data, nil
}

// looksDeclared reports whether a file has the keys of a declaration.
func looksDeclared(data []byte) bool {
	for line := range bytes.Lines(data) {
		key, _, found := strings.Cut(strings.TrimSpace(string(line)), ":")
		switch strings.Trim(key, `"`) {
		case "account", "senders", "profiles":
			return found
		case "profile", "endpoint", "region", "before", "after":
			return false // a key of a plan
		}
	}
	return false
}

// plan returns the plan of a file with this text, after all checks.
func (c content) plan(data []byte, account journal.Account) (callback.Plan, error) {
	if c.Version != version {
		return callback.Plan{}, fmt.Errorf("has plan version %d; this sesctl reads %d", c.Version, version)
	}
	if sealed, err := c.sealed(); err != nil || !bytes.Equal(sealed, data) {
		return callback.Plan{}, errors.New("was edited: it differs from what was written")
	}
	if c.Account != account {
		return callback.Plan{}, accountError{made: c.Account, here: account}
	}
	before, errBefore := callback.NewSet(c.Before)
	after, errAfter := callback.NewSet(c.After)
	if err := errors.Join(errBefore, errAfter); err != nil {
		return callback.Plan{}, fmt.Errorf("is not a plan: %w", err)
	}
	plan := callback.Diff(before, after)
	if plan.Checksum() != c.Checksum {
		return callback.Plan{}, errors.New("was edited: its checksum does not match")
	}
	return plan, nil
}

// accountError reports that a plan was made for another account.
type accountError struct{ made, here journal.Account }

func (e accountError) Error() string {
	var parts []string
	for _, d := range []struct{ what, made, here string }{
		{"profile", e.made.Profile, e.here.Profile}, {"endpoint", e.made.Endpoint, e.here.Endpoint}, {"region", e.made.Region, e.here.Region},
	} {
		if d.made != d.here {
			parts = append(parts, fmt.Sprintf("%s %s, not %s", d.what, callback.Quote(callback.Mask(d.made)), callback.Quote(callback.Mask(d.here))))
		}
	}
	return "was made for another place: " + strings.Join(parts, "; ")
}

// checkRules returns an error with the first rule that a URL of the plan breaks, and
// the number of other problems. Warnings are ignored.
func checkRules(plan callback.Plan, policy callback.Policy) error {
	var written []callback.Declared
	for _, c := range plan.Changes {
		if !c.New.IsZero() {
			written = append(written, callback.Declared{Account: c.Target.IsAccount(), Sender: c.Target.Address(), URL: c.New})
		}
	}
	var first callback.Problem
	problems := 0
	for _, p := range callback.CheckAll(written, policy) {
		if p.Severity != callback.SeverityError {
			continue
		}
		if problems++; problems == 1 {
			first = p
		}
	}
	switch problems {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("breaks a rule: %s: %s (%s)", first.Target, first.Message, first.Rule)
	}
	return fmt.Errorf("breaks a rule: %s: %s (%s), and %d more", first.Target, first.Message, first.Rule, problems-1)
}
