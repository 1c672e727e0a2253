package report_test

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sesctl/sesctl/internal/report"
)

func sample() report.Report {
	at := report.Place{File: "ci/call backs.yaml", Line: 4, Column: 26}
	return report.Report{
		Version: "v1.2.3",
		Rules: []report.Rule{
			{ID: "url-port", Level: report.Error, Summary: "a port", Source: "a page"},
			{ID: "change-pending", Level: report.Note, Summary: "a change", Source: "sesctl"},
		},
		Suites: []report.Suite{
			{Name: "sesctl callback plan: profile a", Cases: []report.Case{
				{Name: "declaration"},
				{Name: "news@mail.example.com", Place: at, Findings: []report.Finding{
					{Rule: "url-port", Level: report.Error, Message: "port 9000, not 50% of\n8080", Hint: "write :8080", Place: at},
					{Rule: "url-host", Level: report.Error, Message: "second", Place: at},
					{Rule: "change-pending", Level: report.Note, Message: `<create> "x" & y`, Place: at},
				}},
			}},
			{Name: "sesctl callback plan: profile b", Cases: []report.Case{
				{Name: "account", Findings: []report.Finding{{Rule: "change-pending", Level: report.Warning, Message: "bell \x07"}}},
			}},
		},
	}
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	text, err := sample().Write("junit")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		XMLName  xml.Name `xml:"testsuites"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Suites   []struct {
			Name     string `xml:"name,attr"`
			Tests    int    `xml:"tests,attr"`
			Failures int    `xml:"failures,attr"`
			Cases    []struct {
				Name     string `xml:"name,attr"`
				Class    string `xml:"classname,attr"`
				File     string `xml:"file,attr"`
				Line     int    `xml:"line,attr"`
				Failures []struct {
					Message string `xml:"message,attr"`
					Type    string `xml:"type,attr"`
					Text    string `xml:",chardata"`
				} `xml:"failure"`
				Output string `xml:"system-out"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(text, &got); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if got.Tests != 3 || got.Failures != 1 || len(got.Suites) != 2 || got.Suites[0].Tests != 2 || got.Suites[0].Failures != 1 || got.Suites[1].Failures != 0 {
		t.Errorf("counts: %+v", got)
	}
	failed := got.Suites[0].Cases[1]
	if failed.Name != "news@mail.example.com" || failed.Class != "sesctl callback plan: profile a" || failed.File != "ci/call backs.yaml" || failed.Line != 4 {
		t.Errorf("case: %+v", failed)
	}
	if len(failed.Failures) != 1 || failed.Failures[0].Type != "url-port" || failed.Failures[0].Message != "port 9000, not 50% of\n8080" {
		t.Fatalf("failures: %+v", failed.Failures)
	}
	if text := failed.Failures[0].Text; !strings.Contains(text, "ci/call backs.yaml:4:26: url-port: port 9000") || !strings.Contains(text, "url-host: second") {
		t.Errorf("text: %s", text)
	}
	if failed.Output != `note: ci/call backs.yaml:4:26: change-pending: <create> "x" & y` {
		t.Errorf("output: %q", failed.Output)
	}
	if got.Suites[1].Cases[0].Output != "warning: change-pending: bell \ufffd" {
		t.Errorf("a character that XML cannot hold: %q", got.Suites[1].Cases[0].Output)
	}
}

// TestSARIF checks the report against the schema of the standard.
func TestSARIF(t *testing.T) {
	t.Parallel()
	schema := sarifSchema(t)
	for name, r := range map[string]report.Report{"sample": sample(), "empty": {}} {
		text, err := r.Write("sarif")
		if err != nil {
			t.Fatal(err)
		}
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}

func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	file, err := os.Open("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	document, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("sarif.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSARIFContent(t *testing.T) {
	t.Parallel()
	text, err := sample().Write("sarif")
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID    string `json:"ruleId"`
				RuleIndex int    `json:"ruleIndex"`
				Level     string `json:"level"`
				Message   struct {
					Text string `json:"text"`
				} `json:"message"`
				Locations []struct {
					Physical struct {
						Artifact struct {
							URI string `json:"uri"`
						} `json:"artifactLocation"`
						Region struct {
							Line   int `json:"startLine"`
							Column int `json:"startColumn"`
						} `json:"region"`
					} `json:"physicalLocation"`
				} `json:"locations"`
				Fingerprints map[string]string `json:"partialFingerprints"`
			} `json:"results"`
		} `json:"runs"`
	}
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	results := log.Runs[0].Results
	if len(results) != 4 {
		t.Fatalf("%d results", len(results))
	}
	first := results[0]
	if first.RuleID != "url-port" || first.RuleIndex != 0 || first.Level != "error" || first.Message.Text != "news@mail.example.com: port 9000, not 50% of\n8080; write :8080" {
		t.Errorf("%+v", first)
	}
	if at := first.Locations[0].Physical; at.Artifact.URI != "ci/call%20backs.yaml" || at.Region.Line != 4 || at.Region.Column != 26 {
		t.Errorf("%+v", at)
	}
	if results[1].RuleIndex != -1 || results[2].RuleIndex != 1 || len(results[3].Locations) != 0 {
		t.Errorf("%+v", results)
	}
	if results[2].Fingerprints["sesctl/v1"] == results[3].Fingerprints["sesctl/v1"] {
		t.Error("two findings have one fingerprint")
	}
}

func TestAnnotations(t *testing.T) {
	t.Parallel()
	want := `::error file=ci/call backs.yaml,line=4,col=26,title=url-port::news@mail.example.com: port 9000, not 50%25 of%0A8080; write :8080
::error file=ci/call backs.yaml,line=4,col=26,title=url-host::news@mail.example.com: second
::notice file=ci/call backs.yaml,line=4,col=26,title=change-pending::news@mail.example.com: <create> "x" & y
::warning title=change-pending::account: bell ` + "\x07\n"
	if got := sample().Annotations(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	tricky := report.Finding{Rule: "r", Level: report.Warning, Message: "m", Place: report.Place{File: "a,b:c%.yaml"}}
	one := report.Report{Suites: []report.Suite{{Cases: []report.Case{{Name: "n", Findings: []report.Finding{tricky}}}}}}
	if got := one.Annotations(); got != "::warning file=a%2Cb%3Ac%25.yaml,title=r::n: m\n" {
		t.Errorf("%q", got)
	}
	one.Suites[0].Cases[0].Findings = make([]report.Finding, 25)
	for i := range one.Suites[0].Cases[0].Findings {
		one.Suites[0].Cases[0].Findings[i] = tricky
	}
	if got := strings.Count(one.Annotations(), "\n"); got != 10 {
		t.Errorf("%d annotations of one level, want 10", got)
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	places := map[string]string{"./callbacks.yaml": "callbacks.yaml", "../a b.yaml": "../a%20b.yaml", "a:b.yaml": "./a:b.yaml"}
	if runtime.GOOS != "windows" {
		places["/etc/x.yaml"] = "file:///etc/x.yaml"
	}
	for file, want := range places {
		finding := report.Finding{Rule: "r", Level: report.Note, Message: "m", Place: report.Place{File: file}}
		r := report.Report{Suites: []report.Suite{{Cases: []report.Case{{Findings: []report.Finding{finding}}}}}}
		text, err := r.Write("sarif")
		if err != nil || !strings.Contains(string(text), `"uri": "`+want+`"`) {
			t.Errorf("%s: %v\n%s", file, err, text)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	t.Parallel()
	if _, err := sample().Write("pdf"); err == nil || !strings.Contains(err.Error(), "junit, sarif") {
		t.Errorf("%v", err)
	}
}
