package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

const (
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifVersion = "2.1.0"
)

// The objects of SARIF 2.1.0 (OASIS Standard) that a report needs.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string       `json:"id"`
		ShortDescription sarifMessage `json:"shortDescription"`
		Help             sarifMessage `json:"help"`
		Configuration    struct {
			Level Level `json:"level"`
		} `json:"defaultConfiguration"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"` // -1 if the rule is not listed
		Level        Level             `json:"level"`
		Message      sarifMessage      `json:"message"`
		Locations    []sarifLocation   `json:"locations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region *sarifRegion `json:"region,omitempty"`
		} `json:"physicalLocation"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
)

// sarif returns the report as SARIF: one run, with a result for each finding.
func (r Report) sarif() ([]byte, error) {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: tool, Version: r.Version, InformationURI: home, Rules: []sarifRule{}}
	index := map[string]int{}
	for i, rule := range r.Rules {
		index[rule.ID] = i
		one := sarifRule{ID: rule.ID, ShortDescription: sarifMessage{rule.Summary}, Help: sarifMessage{rule.Summary + ". Source: " + rule.Source}}
		one.Configuration.Level = rule.Level
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, one)
	}
	for _, s := range r.Suites {
		for _, c := range s.Cases {
			for _, f := range c.Findings {
				at, known := index[f.Rule]
				if !known {
					at = -1
				}
				run.Results = append(run.Results, sarifOf(s, c, f, at))
			}
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(sarifLog{Schema: sarifSchema, Version: sarifVersion, Runs: []sarifRun{run}}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func sarifOf(s Suite, c Case, f Finding, rule int) sarifResult {
	// A finding keeps its fingerprint when the file around it or the URL in its
	// message changes.
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Rule, s.Name, c.Name}, "\x00")))
	result := sarifResult{
		RuleID: f.Rule, RuleIndex: rule, Level: f.Level, Message: sarifMessage{c.Name + ": " + f.text()},
		Fingerprints: map[string]string{"sesctl/v1": hex.EncodeToString(sum[:])},
	}
	if f.Place.File == "" {
		return result
	}
	var location sarifLocation
	location.Physical.Artifact.URI = fileURI(f.Place.File)
	if f.Place.Line > 0 {
		location.Physical.Region = &sarifRegion{StartLine: f.Place.Line, StartColumn: f.Place.Column}
	}
	result.Locations = []sarifLocation{location}
	return result
}

// fileURI returns a path as a reference of RFC 3986. Relative paths stay relative,
// so that a reader finds them in its own checkout.
func fileURI(file string) string {
	slashed := filepath.ToSlash(file)
	if filepath.IsAbs(file) {
		return (&url.URL{Scheme: "file", Path: path.Join("/", slashed)}).String()
	}
	return (&url.URL{Path: path.Clean(slashed)}).String()
}
