package callback_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestForms(t *testing.T) {
	t.Parallel()
	a := mustParse(t, "a@x.example")
	u, v := callback.NewURL("https://u.example:8080/?a=1&b=<2>"), callback.NewURL("https://v.example:8080/")
	for _, test := range []struct {
		value any
		want  string
		read  func(string) (any, error)
	}{
		{callback.Account(), `{"scope":"account"}`, readForm[callback.Target]},
		{a, `{"scope":"sender","sender":"a@x.example"}`, readForm[callback.Target]},
		{callback.Callback{URL: u}, `{"scope":"account","url":"https://u.example:8080/?a=1&b=<2>"}`, readForm[callback.Callback]},
		{callback.Callback{Target: a, URL: v}, `{"scope":"sender","sender":"a@x.example","url":"https://v.example:8080/"}`, readForm[callback.Callback]},
		{callback.NewChange(callback.Account(), callback.URL{}, v), `{"action":"create","scope":"account","sender":"","old":"","new":"https://v.example:8080/"}`, readForm[callback.Change]},
		{callback.NewChange(a, u, v), `{"action":"replace","scope":"sender","sender":"a@x.example","old":"https://u.example:8080/?a=1&b=<2>","new":"https://v.example:8080/"}`, readForm[callback.Change]},
		{callback.NewChange(a, v, callback.URL{}), `{"action":"delete","scope":"sender","sender":"a@x.example","old":"https://v.example:8080/","new":""}`, readForm[callback.Change]},
		{callback.Effect{Sender: a, From: u}, `{"sender":"a@x.example","from":"https://u.example:8080/?a=1&b=<2>","to":""}`, nil},
	} {
		got, err := test.value.(json.Marshaler).MarshalJSON()
		if err != nil || string(got) != test.want {
			t.Errorf("%v is %s, %v; want %s", test.value, got, err, test.want)
		}
		if test.read == nil {
			continue
		}
		if back, err := test.read(test.want); err != nil || back != test.value {
			t.Errorf("%s is read as %v, %v", test.want, back, err)
		}
	}
}

func readForm[T any](text string) (any, error) {
	var value T
	err := json.Unmarshal([]byte(text), &value)
	return value, err
}

func TestMalformedForms(t *testing.T) {
	t.Parallel()
	for text, read := range map[string]func(string) (any, error){
		`{"scope":"domain"}`:                                readForm[callback.Target],
		`{"scope":"sender"}`:                                readForm[callback.Target],
		`{"scope":"account","sender":"a@x.example"}`:        readForm[callback.Target],
		`{"scope":"sender","sender":"nobody"}`:              readForm[callback.Target],
		`["account"]`:                                       readForm[callback.Target],
		`{"scope":"account","url":1}`:                       readForm[callback.Callback],
		`{"scope":"account","url":"u","uri":"u"}`:           readForm[callback.Callback],
		`{"scope":"domain","url":"u"}`:                      readForm[callback.Callback],
		`{"action":"create","scope":"account"}`:             readForm[callback.Change],
		`{"action":"delete","scope":"account","new":"u"}`:   readForm[callback.Change],
		`{"action":"create","scope":"sender","new":"u"}`:    readForm[callback.Change],
		`{"action":"create","scope":"account","newer":"u"}`: readForm[callback.Change],
	} {
		if value, err := read(text); err == nil {
			t.Errorf("%s is read as %v", text, value)
		}
	}
	if _, err := readForm[callback.Callback](`{"scope":"account","url":"https://h.example/?token=s3cr3t"`); err == nil || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("error %v", errors.Unwrap(err))
	}
}
