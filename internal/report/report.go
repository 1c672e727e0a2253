package report

import (
	"fmt"
	"strings"

	"github.com/sesctl/sesctl/pkg/callback"
)

// Level is the weight of a finding. An error fails a test case of JUnit; other
// findings are only printed with it.
type Level string

// The levels, with the names that SARIF uses.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Note    Level = "note"
)

// Place is a place in a file. Lines and columns count from 1, in characters; 0
// means unknown. File is "" if the place is not in a file.
type Place struct {
	File   string
	Line   int
	Column int
}

// String returns file:line:column, or the part of it that is known.
func (p Place) String() string {
	text := p.File
	for _, n := range []int{p.Line, p.Column} {
		if n == 0 {
			break
		}
		text += fmt.Sprintf(":%d", n)
	}
	return text
}

// Finding is one problem or difference.
type Finding struct {
	Rule    string // the id of a rule of the report
	Level   Level
	Message string
	Hint    string // how to fix it, or ""
	Place   Place
}

func (f Finding) text() string {
	if f.Hint == "" {
		return f.Message
	}
	return f.Message + "; " + f.Hint
}

// Case is one thing that was checked. It passes if no finding is an error.
type Case struct {
	Name     string
	Place    Place
	Findings []Finding
}

// Suite is a group of things that were checked together, for example one account.
type Suite struct {
	Name  string
	Cases []Case
}

// Rule is a rule that findings refer to.
type Rule struct {
	ID      string
	Level   Level
	Summary string
	Source  string // where the rule comes from
}

// Report is the result of a command.
type Report struct {
	Version string // of sesctl
	Rules   []Rule
	Suites  []Suite
}

const (
	tool = "sesctl"
	home = "https://github.com/sesctl/sesctl"
)

// Formats returns the names of the file formats.
func Formats() []string { return []string{"junit", "sarif"} }

// Write returns the report in the format with that name.
func (r Report) Write(format string) ([]byte, error) {
	switch format {
	case "junit":
		return r.junit()
	case "sarif":
		return r.sarif()
	}
	return nil, fmt.Errorf("unknown report format %s; the formats are %s", callback.Quote(callback.Mask(format)), strings.Join(Formats(), ", "))
}
