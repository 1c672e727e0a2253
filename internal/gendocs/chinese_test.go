package main

import (
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// TestInChinese checks that every text of the generated pages has a translation.
func TestInChinese(t *testing.T) {
	t.Parallel()
	keys, err := profileKeys()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, e := range append(append(keys, environment()...), userFiles()...) {
		texts = append(texts, e.meaning)
	}
	for _, e := range emulator.Endpoints() {
		texts = append(texts, e.Summary)
		for _, parameter := range e.Query {
			if strings.Contains(parameter, ": ") {
				texts = append(texts, parameter)
			}
		}
	}
	for _, r := range callback.Rules() {
		texts = append(texts, string(r.Severity), r.Summary, r.Source)
	}
	for _, r := range sesapi.Default().Rows() {
		texts = append(texts, r.Summary, r.MarkText())
	}
	for _, s := range failure.Statuses() {
		texts = append(texts, s.Summary)
	}
	used := map[string]bool{}
	for _, text := range texts {
		used[text] = true
		if inChinese(text) == text {
			t.Errorf("no translation of %q", text)
		}
	}
	for text := range onlyOnPages() {
		if !used[text] {
			t.Errorf("no page has the text %q", text)
		}
	}
}
