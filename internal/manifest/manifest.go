package manifest

import (
	"slices"

	"github.com/sesctl/sesctl/pkg/callback"
)

// Declaration holds the callbacks that one or more files declare together.
type Declaration struct {
	Profiles []string // the profiles that it is for; empty if it names none
	// Rows are in the order of the files, with the account before the senders in
	// each file. The variables in their URLs are already replaced.
	Rows []callback.Declared
	// Only names the profile of the row with the same index, or is "" if the row
	// is for all profiles. It is nil if all rows are for all profiles.
	Only []string
	// Unmanaged is what to do with callbacks that no row names. It is "" if the
	// declaration does not set it.
	Unmanaged Unmanaged

	index []int // of the rows in the whole declaration, see For
}

// Unmanaged is what to do with callbacks that a declaration does not name.
type Unmanaged string

// The ways to treat callbacks that a declaration does not name.
const (
	UnmanagedReport Unmanaged = "report" // list them
	UnmanagedFail   Unmanaged = "fail"   // list them and count them as a difference
	UnmanagedKeep   Unmanaged = "keep"   // leave them out
)

// UnmanagedValues returns the values that Unmanaged can have.
func UnmanagedValues() []string {
	return []string{string(UnmanagedReport), string(UnmanagedFail), string(UnmanagedKeep)}
}

// For returns the declaration for one profile.
func (d Declaration) For(profile string) Declaration {
	if d.Only == nil {
		return d
	}
	one := Declaration{Profiles: d.Profiles, Unmanaged: d.Unmanaged}
	for i, row := range d.Rows {
		if d.Only[i] == "" || d.Only[i] == profile {
			one.Rows, one.index = append(one.Rows, row), append(one.index, i)
		}
	}
	return one
}

// Whole returns the index that a row of d has in the declaration on which
// [Declaration.For] was called.
func (d Declaration) Whole(index int) int {
	if d.index == nil {
		return index
	}
	return d.index[index]
}

// NotNamed returns the callbacks that no row names, in the order of the set.
func (d Declaration) NotNamed(current callback.Set) []callback.Callback {
	named := map[callback.Target]bool{}
	for _, row := range d.Rows {
		if target, err := targetOf(row); err == nil {
			named[target] = true
		}
	}
	var rest []callback.Callback
	for _, c := range current.All() {
		if !named[c.Target] {
			rest = append(rest, c)
		}
	}
	return rest
}

// Check returns the problems of the rows, each with its position.
func (d Declaration) Check(policy callback.Policy) []callback.Problem {
	return callback.CheckAll(d.Rows, policy)
}

// Desired returns the callbacks that the account must have: current, changed by
// the rows. With prune, senders that no row names must not have a callback. The
// account's own callback is not changed if no row names it. Check the declaration
// first: a row whose sender is not an address is left out.
func (d Declaration) Desired(current callback.Set, prune bool) callback.Set {
	urls := map[callback.Target]callback.URL{}
	for _, c := range current.All() {
		if !prune || c.Target.IsAccount() {
			urls[c.Target] = c.URL
		}
	}
	for _, row := range d.Rows {
		target, err := targetOf(row)
		switch {
		case err != nil:
		case row.URL.IsZero():
			delete(urls, target)
		default:
			urls[target] = row.URL
		}
	}
	return setOf(urls)
}

// Blind returns the changes that write the declaration without reading the account
// first, in the order of a plan.
func (d Declaration) Blind() []callback.Change {
	var changes []callback.Change
	for _, row := range d.Rows {
		if target, err := targetOf(row); err == nil {
			changes = append(changes, callback.NewBlindChange(target, row.URL, true))
		}
	}
	slices.SortStableFunc(changes, func(x, y callback.Change) int { return x.Phase() - y.Phase() })
	return changes
}

// targetOf returns the target of a row. It fails if the sender is not an address.
func targetOf(row callback.Declared) (callback.Target, error) {
	if row.Account {
		return callback.Account(), nil
	}
	return callback.ParseSender(row.Sender)
}

func setOf(urls map[callback.Target]callback.URL) callback.Set {
	callbacks := make([]callback.Callback, 0, len(urls))
	for target, url := range urls {
		callbacks = append(callbacks, callback.Callback{Target: target, URL: url})
	}
	set, err := callback.NewSet(callbacks)
	if err != nil {
		panic(err) // a map has each target once, and each URL in it is set
	}
	return set
}
