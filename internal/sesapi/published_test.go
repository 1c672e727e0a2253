package sesapi

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"
)

// The published table agrees with the official SDK: the actions, and of each the
// names and the types of its parameters.
func TestPublishedAgreesWithSDK(t *testing.T) {
	t.Parallel()
	client := reflect.TypeFor[*ses.Client]()
	published := PublishedActions()
	found := 0
	for i := range client.NumMethod() {
		method := client.Method(i)
		name := method.Name
		if strings.HasSuffix(name, "WithContext") || method.Type.NumIn() != 2 || !strings.HasSuffix(method.Type.In(1).String(), "."+name+"Request") {
			continue
		}
		found++
		a, there := published[name]
		if !there {
			t.Errorf("%s is missing", name)
			continue
		}
		compare(t, name, a.Params, method.Type.In(1).Elem())
		for _, code := range a.Codes {
			if !slices.Contains(Codes(), code) {
				t.Errorf("%s: code %s", name, code)
			}
		}
	}
	if found != 36 || len(published) != found {
		t.Errorf("the SDK has %d actions, the table %d; want 36", found, len(published))
	}
}

func compare(t *testing.T, at string, params []Param, shape reflect.Type) {
	t.Helper()
	byName := map[string]Param{}
	for _, p := range params {
		byName[p.Name] = p
	}
	for i := range shape.NumField() {
		field := shape.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" {
			continue
		}
		p, there := byName[name]
		delete(byName, name)
		kind := field.Type
		list := kind.Kind() == reflect.Slice
		if list {
			kind = kind.Elem()
		}
		kind = kind.Elem()
		types := map[reflect.Kind]Type{reflect.String: String, reflect.Int64: Integer, reflect.Uint64: Unsigned, reflect.Bool: Boolean, reflect.Struct: Object}
		if p.Type == Number && at == "ListAddressUnsubscribeConfig" {
			continue // a string there, and taken as a number too
		}
		if !there || p.List != list || p.Type != types[kind.Kind()] {
			t.Errorf("%s.%s: %+v, want a %s (list: %t)", at, name, p, kind, list)
			continue
		}
		if p.Type == Object {
			compare(t, at+"."+name, p.Fields, kind)
		}
	}
	for name := range byName {
		t.Errorf("%s.%s is not in the SDK", at, name)
	}
}

func TestPublishedTableIsChecked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"action A\n\tName\n":                       "has no type",
		"action A\n\tName Nothing\n":               "unknown type Nothing",
		"action A\n\tName string odd\n":            "unknown word odd",
		"action A\n\tName string chars=many\n":     "Name: ",
		"action A\n\tName unsigned values=1,one\n": "Name: ",
	} {
		if _, err := parsePublished(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
