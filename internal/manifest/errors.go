package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Error is one mistake in the form of a file.
type Error struct {
	Position callback.Position
	Message  string
}

func (e *Error) Error() string { return e.Position.String() + ": " + e.Message }

// Errors holds all mistakes in the form of the files of a declaration, in the
// order of the files.
type Errors []*Error

const (
	// maxErrors limits the number of errors that are collected from a file.
	maxErrors = 1000
	maxShown  = 20
)

// Error returns a line for each error, for at most twenty errors.
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

// errorOrNil returns the errors as one error, sorted. Files gives the order of the
// files.
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
