package sesapi

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

//go:embed published.txt
var publishedText string

// Type is the type of a parameter.
type Type int

// The types. A list has an element of one of them.
const (
	String Type = iota
	Integer
	Unsigned
	Boolean
	Object
	// Number is an unsigned integer that may also be sent as a string. The
	// published Limit of ListAddressUnsubscribeConfig is a string; every other
	// one is a number.
	Number
)

// Param is one parameter of an action, or one field of a parameter.
type Param struct {
	Name     string // on the wire, in its exact case
	Type     Type
	List     bool
	Required bool
	// The largest values allowed, 0 for no limit: characters of a string, elements of
	// a list.
	Chars, Items int
	Values       []int64 // the numbers allowed; nil for any
	Fields       []Param // of an Object
}

// Action is one published action.
type Action struct {
	Name   string
	Params []Param
	Codes  []string // the error codes that the SDK lists for it
}

// PublishedActions returns the published actions by name, as the table published.txt
// has them; its head names the source of each fact.
func PublishedActions() map[string]Action {
	actions, err := parsePublished(publishedText)
	if err != nil {
		panic("sesapi: published.txt: " + err.Error()) // a test reads the same text
	}
	return actions
}

// Codes returns every error code that SES or API 3.0 publishes, in order.
func Codes() []string {
	codes := map[string]struct{}{}
	for _, a := range PublishedActions() {
		for _, code := range a.Codes {
			codes[code] = struct{}{}
		}
	}
	for _, code := range CommonCodes() {
		codes[code] = struct{}{}
	}
	return slices.Sorted(maps.Keys(codes))
}

// parsePublished reads the table; its head describes the form.
func parsePublished(text string) (map[string]Action, error) {
	actions, types := map[string]Action{}, map[string][]Param{}
	var kind, name string
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0][0] == '#':
			continue
		case line[0] != '\t':
			kind, name = words[0], words[len(words)-1]
			if kind == "action" {
				actions[name] = Action{Name: name}
			}
			continue
		case words[0] == "codes":
			a := actions[name]
			a.Codes = words[1:]
			actions[name] = a
			continue
		}
		p, err := parseParam(words, types)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if kind == "type" {
			types[name] = append(types[name], p)
			continue
		}
		a := actions[name]
		a.Params = append(a.Params, p)
		actions[name] = a
	}
	return actions, nil
}

func parseParam(words []string, types map[string][]Param) (Param, error) {
	if len(words) < 2 {
		return Param{}, fmt.Errorf("%s has no type", words[0])
	}
	p := Param{Name: words[0]}
	kind, list := strings.CutSuffix(words[1], "[]")
	p.List = list
	switch kind {
	case "string":
	case "integer":
		p.Type = Integer
	case "unsigned":
		p.Type = Unsigned
	case "boolean":
		p.Type = Boolean
	case "number":
		p.Type = Number
	default:
		if p.Type, p.Fields = Object, types[kind]; p.Fields == nil {
			return p, fmt.Errorf("%s has the unknown type %s", p.Name, kind)
		}
	}
	for _, word := range words[2:] {
		if err := p.limit(word); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (p *Param) limit(word string) error {
	name, value, _ := strings.Cut(word, "=")
	var err error
	switch name {
	case "required":
		p.Required = true
	case "chars":
		p.Chars, err = strconv.Atoi(value)
	case "items":
		p.Items, err = strconv.Atoi(value)
	case "values":
		for text := range strings.SplitSeq(value, ",") {
			number, failed := strconv.ParseInt(text, 10, 64)
			p.Values, err = append(p.Values, number), errors.Join(err, failed)
		}
	default:
		err = fmt.Errorf("unknown word %s", word)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	return nil
}
