// Package manifest reads and writes the declaration of callbacks: the file in
// which a team keeps what the callbacks of an account shall be.
//
//	version: 1
//	account: https://hooks.example.com:8080/ses
//	senders:
//	  news@mail.example.com: https://hooks.example.com:8081/news?token=${NEWS_TOKEN}
//	  old@mail.example.com: none
//
// It is YAML without anchors, aliases, merge keys and tags; JSON works too. What
// is not declared is not managed. A declared URL may hold a secret, so no error
// of this package repeats a value of the file or of the environment.
package manifest

import (
	"fmt"
	"strings"

	"github.com/sesctl/sesctl/pkg/callback"
)

// Position is a place in a file. Lines and columns count from 1.
type Position struct {
	File   string
	Line   int
	Column int
}

func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Declaration is what one or more files declare together.
type Declaration struct {
	Profiles []string // the profiles that it is meant for; empty where it names none
	Rows     []Row    // in the order of the files; in each the account before the senders
}

// Row is one declared callback.
type Row struct {
	Position    Position // of its key
	URLPosition Position // of its value
	Account     bool
	Sender      string // as it is written; "" for the account
	// URL has its variables replaced. It is "" where there shall be no callback.
	URL string
}

// target returns what the row is about; it fails for a sender that is none.
func (r Row) target() (callback.Target, error) {
	if r.Account {
		return callback.Account(), nil
	}
	return callback.ParseSender(r.Sender)
}

// Declared returns the rows in the form in which the rules check them, in the
// same order.
func (d Declaration) Declared() []callback.Declared {
	declared := make([]callback.Declared, len(d.Rows))
	for i, row := range d.Rows {
		declared[i] = callback.Declared{Account: row.Account, Sender: row.Sender, URL: row.URL}
	}
	return declared
}

// Problem is a rule that a row does not keep, and where the row stands.
type Problem struct {
	callback.Problem
	Position Position
}

// Check returns the rules that the rows do not keep.
func (d Declaration) Check(policy callback.Policy) []Problem {
	var problems []Problem
	for _, p := range callback.CheckAll(d.Declared(), policy) {
		row := d.Rows[p.Index]
		position := row.Position
		if strings.HasPrefix(p.Rule, "url-") {
			position = row.URLPosition
		}
		problems = append(problems, Problem{Problem: p, Position: position})
	}
	return problems
}

// Desired returns the callbacks that the account shall have: current, changed by
// the rows. With prune, senders that no row names shall have none; the account's
// own callback is left alone where no row names it. It is meant for a
// declaration that was read without an error: rows whose sender is not an
// address are left out.
func (d Declaration) Desired(current callback.Set, prune bool) callback.Set {
	urls := map[callback.Target]string{}
	for _, c := range current.All() {
		if !prune || c.Target.IsAccount() {
			urls[c.Target] = c.URL
		}
	}
	for _, row := range d.Rows {
		target, err := row.target()
		switch {
		case err != nil:
		case row.URL == "":
			delete(urls, target)
		default:
			urls[target] = row.URL
		}
	}
	return setOf(urls)
}

func setOf(urls map[callback.Target]string) callback.Set {
	callbacks := make([]callback.Callback, 0, len(urls))
	for target, url := range urls {
		callbacks = append(callbacks, callback.Callback{Target: target, URL: url})
	}
	set, err := callback.NewSet(callbacks)
	if err != nil {
		panic(err) // a map has each target once, and no URL in it is empty
	}
	return set
}
