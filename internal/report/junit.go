package report

import (
	"encoding/xml"
	"strings"
)

// The elements of JUnit XML that Jenkins, GitLab and CODING read. There is no
// standard; the names come from the schema of the Jenkins plug-in.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		ClassName string        `xml:"classname,attr"`
		File      string        `xml:"file,attr,omitempty"`
		Line      int           `xml:"line,attr,omitempty"`
		Failure   *junitFailure `xml:"failure"`
		Output    string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// junit returns the report as JUnit XML: a test suite for each suite, and a test
// case for each case. Errors are failures; other findings are its output.
func (r Report) junit() ([]byte, error) {
	root := junitSuites{Name: tool}
	for _, s := range r.Suites {
		suite := junitSuite{Name: s.Name, Tests: len(s.Cases)}
		for _, c := range s.Cases {
			one := junitOf(s, c)
			if one.Failure != nil {
				suite.Failures++
			}
			suite.Cases = append(suite.Cases, one)
		}
		root.Suites = append(root.Suites, suite)
		root.Tests += suite.Tests
		root.Failures += suite.Failures
	}
	text, err := xml.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), append(text, '\n')...), nil
}

func junitOf(s Suite, c Case) junitCase {
	one := junitCase{Name: c.Name, ClassName: s.Name, File: c.Place.File, Line: c.Place.Line}
	var failures, output []string
	for _, f := range c.Findings {
		line := f.Rule + ": " + f.text()
		if f.Place.File != "" {
			line = f.Place.String() + ": " + line
		}
		if f.Level != Error {
			output = append(output, string(f.Level)+": "+line)
			continue
		}
		failures = append(failures, line)
		// Some readers show only one failure of a case, so one failure holds all
		// errors.
		if one.Failure == nil {
			one.Failure = &junitFailure{Message: f.Message, Type: f.Rule}
		}
	}
	if one.Failure != nil {
		one.Failure.Text = strings.Join(failures, "\n")
	}
	one.Output = strings.Join(output, "\n")
	return one
}
