package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// Scenario chooses the events of emails by their recipients. [ParseScenario] makes
// one. The zero Scenario has no rules.
type Scenario struct{ rules []scenarioRule }

type scenarioRule struct {
	recipient *regexp.Regexp
	outcomes  []outcome
	code      string
}

// ruleText is a rule in JSON.
type ruleText struct {
	Recipient string   `json:"recipient"`
	Outcomes  []string `json:"outcomes"`
	Delay     string   `json:"delay"`
	Reason    string   `json:"reason"`
	Code      string   `json:"code"`
}

// ParseScenario reads a scenario in JSON: {"version": 1, "recipients": [RULE…]}. A
// rule has a pattern of recipients ("recipient", with * for any text and ? for one
// character). It also has either "outcomes", a list of [Labels] in order, or "code",
// the error that SendEmail answers. A batch task drops the email with the code as its
// reason. A rule with outcomes can have a "delay" before each outcome, and a "reason"
// for the outcomes that fail. The first rule that matches applies. The error has the
// kind usage, and names the rule.
func ParseScenario(data []byte) (Scenario, error) {
	var text struct {
		Version    int        `json:"version"`
		Recipients []ruleText `json:"recipients"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&text); err != nil {
		return Scenario{}, failure.New(failure.Usage, "not a scenario: %s", scenarioReason(err))
	}
	switch text.Version {
	case 1:
	case 0:
		return Scenario{}, failure.New(failure.Usage, "the scenario has no version; begin it with version: 1")
	default:
		return Scenario{}, failure.New(failure.Usage, "the scenario has version %d, but this sesctl knows only version 1", text.Version)
	}
	var s Scenario
	for i, t := range text.Recipients {
		rule, err := t.parse()
		if err != nil {
			return Scenario{}, failure.New(failure.Usage, "the scenario's rule %d: %w", i+1, err)
		}
		s.rules = append(s.rules, rule)
	}
	return s, nil
}

// scenarioReason explains an error of package json to the author of a scenario. It does
// not repeat values.
func scenarioReason(err error) string {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return strings.TrimPrefix(err.Error(), "json: ") // an unknown field
	}
	wanted := map[reflect.Kind]string{reflect.Int: "a whole number", reflect.String: "text", reflect.Slice: "a list"}[wrong.Type.Kind()]
	if wanted == "" {
		wanted = "a mapping"
	}
	kind, _, _ := strings.Cut(wrong.Value, " ")
	found := map[string]string{"string": "text", "number": "a number", "bool": "true or false", "array": "a list", "object": "a mapping"}[kind]
	if wrong.Field == "" {
		return fmt.Sprintf("the file is %s, but must be %s that begins with version: 1", found, wanted)
	}
	return fmt.Sprintf("the key %s is %s, but must be %s", wrong.Field, found, wanted)
}

func (t ruleText) parse() (rule scenarioRule, err error) {
	switch {
	case t.Recipient == "":
		return rule, fmt.Errorf("it has no recipient")
	case (t.Code == "") == (len(t.Outcomes) == 0):
		return rule, fmt.Errorf("it needs either outcomes or a code")
	case t.Code != "" && !slices.Contains(sesapi.Codes(), t.Code):
		return rule, fmt.Errorf("%s is not an error code that SES publishes", quote(t.Code))
	case t.Code != "" && (t.Delay != "" || t.Reason != ""):
		return rule, fmt.Errorf("a rule with a code cannot have a delay or a reason")
	}
	var delay time.Duration
	if t.Delay != "" {
		if delay, err = time.ParseDuration(t.Delay); err != nil || delay < 0 {
			return rule, fmt.Errorf("the delay %s is not a duration such as 2s", quote(t.Delay))
		}
	}
	for i, name := range t.Outcomes {
		o, there := labelled(name)
		if !there {
			return rule, fmt.Errorf("unknown outcome %s; the outcomes are %s", quote(name), strings.Join(Labels(), ", "))
		}
		o.After = delay * time.Duration(i+1)
		if t.Reason != "" && o.Reason != "" {
			o.Reason = t.Reason
		}
		rule.outcomes = append(rule.outcomes, o)
	}
	rule.outcomes, rule.code = complete(rule.outcomes), t.Code
	pattern := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(strings.ToLower(t.Recipient)))
	rule.recipient, err = regexp.Compile("^(?s:" + pattern + ")$")
	return rule, err
}

// of returns the events of an email to a recipient, or the error code if the scenario
// refuses the email.
func (s Scenario) of(recipient string) (all []outcome, code string) {
	for _, rule := range s.rules {
		if rule.recipient.MatchString(strings.ToLower(recipient)) {
			return rule.outcomes, rule.code
		}
	}
	return outcomes(recipient), ""
}

// SetScenario replaces the scenario. The new one applies to emails that are accepted
// from now on. With the zero Scenario, the local parts of the recipients choose.
func (e *Emulator) SetScenario(s Scenario) { e.scenario.Store(&s) }
