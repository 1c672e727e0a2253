package report

import (
	"fmt"
	"strings"
)

// Level tells how much a finding matters. An error fails a test case of JUnit;
// the others are told beside it.
type Level string

// The levels, by the names that SARIF has for them.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Note    Level = "note"
)

// Place is where something stands in a file. Lines and columns count from 1, in
// characters; 0 where they are not known. File is "" for what stands in none.
type Place struct {
	File   string
	Line   int
	Column int
}

// String returns file:line:column, as far as they are known.
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

// Finding is one thing that was found.
type Finding struct {
	Rule    string // the id of a rule of the report
	Level   Level
	Message string
	Hint    string // how to mend it, or ""
	Place   Place
}

func (f Finding) text() string {
	if f.Hint == "" {
		return f.Message
	}
	return f.Message + "; " + f.Hint
}

// Case is one thing that was looked at. It passes if no finding is an error.
type Case struct {
	Name     string
	Place    Place
	Findings []Finding
}

// Suite is all that was looked at together, for example one account.
type Suite struct {
	Name  string
	Cases []Case
}

// Rule is what findings refer to.
type Rule struct {
	ID      string
	Level   Level
	Summary string
	Source  string // where the rule comes from
}

// Report is what a command found.
type Report struct {
	Version string // of sesctl
	Rules   []Rule
	Suites  []Suite
}

const (
	tool = "sesctl"
	home = "https://github.com/sesctl/sesctl"
)

// Formats returns the names of the formats of files.
func Formats() []string { return []string{"junit", "sarif"} }

// Write returns the report in the format of that name.
func (r Report) Write(format string) ([]byte, error) {
	switch format {
	case "junit":
		return r.junit()
	case "sarif":
		return r.sarif()
	}
	return nil, fmt.Errorf("no report format %q; there are: %s", format, strings.Join(Formats(), ", "))
}
