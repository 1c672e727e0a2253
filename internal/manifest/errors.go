package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
)

// Error is one thing that is wrong with a file.
type Error struct {
	Position Position
	// Rule is the id of the rule that is broken, or "" where the file is not
	// of the right form. A declaration that breaks rules only has been read.
	Rule    string
	Message string
}

func (e *Error) Error() string { return e.Position.String() + ": " + e.Message }

// Errors is all that is wrong with the files of a declaration, in the order of
// the files.
type Errors []*Error

const (
	// maxErrors bounds what is collected from a file that is all wrong.
	maxErrors = 1000
	maxShown  = 20
)

// Error returns a line for each error, up to twenty.
func (e Errors) Error() string {
	var lines []string
	for _, one := range e[:min(len(e), maxShown)] {
		lines = append(lines, one.Error())
	}
	if more := len(e) - maxShown; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// BrokenRules reports whether err is of this package and says nothing worse than
// that rules are broken, which [Declaration.Check] then tells.
func BrokenRules(err error) bool {
	var all Errors
	return errors.As(err, &all) && !slices.ContainsFunc(all, func(e *Error) bool { return e.Rule == "" })
}

// Tells reports whether err is of this package and names that rule. A rule that it
// names it tells of everywhere in the declaration.
func Tells(err error, rule string) bool {
	var all Errors
	return errors.As(err, &all) && slices.ContainsFunc(all, func(e *Error) bool { return e.Rule == rule })
}

// errorOrNil returns the errors as one, sorted; files are in the given order.
func (e Errors) errorOrNil(files []File) error {
	if len(e) == 0 {
		return nil
	}
	order := map[string]int{}
	for i, f := range files {
		if _, twice := order[f.Name]; !twice {
			order[f.Name] = i
		}
	}
	slices.SortStableFunc(e, func(a, b *Error) int {
		p, q := a.Position, b.Position
		return cmp.Or(cmp.Compare(order[p.File], order[q.File]), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
	})
	return failure.New(failure.Usage, "%w", e)
}
