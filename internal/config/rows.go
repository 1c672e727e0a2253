package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// WriteRows puts rows of the API table into a profile of the configuration file,
// in place of the rows of the same operations. The rest of the file stays as it
// is, with its comments and its order. A file that was there is kept beside it,
// under the name that WriteRows returns. The file is created if it is missing.
func WriteRows(path, profile string, rows map[sesapi.Operation]sesapi.Override) (backup string, err error) {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved // the link stays one
	}
	before, err := files.Read(path, maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := files.MakeFolder(filepath.Dir(path)); err != nil {
			return "", failure.New(failure.Failure, "cannot create the configuration folder: %w", err).WithHints(files.Advice(err))
		}
	case err != nil:
		return "", failure.New(failure.Failure, "cannot read the configuration file: %w", err)
	}
	after, err := editRows(path, before, profile, rows)
	if err != nil {
		return "", err
	}
	if len(before) > 0 {
		backup = path + ".bak"
		if err := files.Write(backup, before, 0o600); err != nil {
			return "", failure.New(failure.Failure, "cannot make a backup of the configuration file: %w", err).WithHints(files.Advice(err))
		}
	}
	if err := files.Write(path, after, 0o600); err != nil {
		return "", failure.New(failure.Failure, "cannot write the configuration file: %w", err).WithHints(files.Advice(err))
	}
	return backup, nil
}

// editRows returns the file with the rows in it. The result is read again: it must
// hold the rows, and everything else as before.
func editRows(path string, data []byte, profile string, rows map[sesapi.Operation]sesapi.Override) ([]byte, error) {
	before, err := parse(path, data)
	if err != nil {
		return nil, err
	}
	want := withRows(before, profile, rows)
	for _, edit := range []func([]byte, string, map[sesapi.Operation]sesapi.Override) ([]byte, error){editText, editNodes} {
		edited, err := edit(data, profile, rows)
		if err != nil {
			continue
		}
		if after, err := parse(path, edited); err == nil && reflect.DeepEqual(normal(after), normal(want)) {
			return edited, nil
		}
	}
	return nil, failure.New(failure.Failure, "cannot edit %s without changing other parts of it", path).
		WithHint("write profile %s in block style, one key a line, and run the command again", profile)
}

// withRows returns what a file with the rows reads as.
func withRows(file File, profile string, rows map[sesapi.Operation]sesapi.Override) File {
	profiles := maps.Clone(file.Profiles)
	if profiles == nil {
		profiles = map[string]Profile{}
	}
	p := profiles[profile]
	p.API = maps.Clone(p.API)
	if p.API == nil {
		p.API = map[sesapi.Operation]apiRow{}
	}
	for operation, row := range rows {
		p.API[operation] = apiRow{row}.normal()
	}
	profiles[profile] = p
	return File{Profiles: profiles}
}

// normal returns a row in which what is empty is nil.
func (r apiRow) normal() apiRow {
	for _, m := range []*map[string]string{&r.Request, &r.Response, &r.Types} {
		if len(*m) == 0 {
			*m = nil
		}
	}
	if len(r.None) == 0 {
		r.None = nil
	}
	if r.Off {
		return apiRow{sesapi.Override{Off: true}}
	}
	return r
}

// normal returns a file whose empty parts are nil, for comparing.
func normal(file File) File {
	profiles := maps.Clone(file.Profiles)
	for name, p := range profiles {
		api := map[sesapi.Operation]apiRow{}
		for operation, row := range p.API {
			api[operation] = row.normal()
		}
		p.API = api
		profiles[name] = p
	}
	return File{Profiles: profiles}
}

// rowLines are the lines of a row in the file, without their indentation.
func rowLines(operation sesapi.Operation, row sesapi.Override) []string {
	if row.Off {
		return []string{string(operation) + ": off"}
	}
	lines := []string{string(operation) + ":"}
	add := func(key, value string) { lines = append(lines, "  "+key+": "+value) }
	if row.Action != "" {
		add("action", scalarText(row.Action))
	}
	if len(row.Request) > 0 {
		add("request", requestText(row))
	}
	if len(row.Response) > 0 {
		add("response", namesText(row.Response, func(key string) string { return scalarText(row.Response[key]) }))
	}
	if len(row.None) > 0 {
		texts := make([]string, len(row.None))
		for i, text := range row.None {
			texts[i] = scalarText(text)
		}
		add("none", "["+strings.Join(texts, ", ")+"]")
	}
	if row.Mark != "" {
		add(string(row.Mark), scalarText(row.Day))
	}
	if row.Source != "" {
		add("source", scalarText(row.Source))
	}
	return lines
}

func requestText(row sesapi.Override) string {
	return namesText(row.Request, func(key string) string {
		if kind := row.Types[key]; kind != "" {
			return "{name: " + scalarText(row.Request[key]) + ", type: " + kind + "}"
		}
		return scalarText(row.Request[key])
	})
}

func namesText(names map[string]string, value func(key string) string) string {
	pairs := make([]string, 0, len(names))
	for _, key := range slices.Sorted(maps.Keys(names)) {
		pairs = append(pairs, key+": "+value(key))
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

// scalarText returns a text as YAML within a flow mapping.
func scalarText(text string) string {
	plain := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._- "
	if text != "" && strings.Trim(text, plain) == "" && strings.Trim(text, " ") == text && !slices.Contains([]string{"-", "off", "on", "true", "false", "null", "yes", "no", "~"}, strings.ToLower(text)) && strings.Trim(text, "0123456789.-_") != "" {
		return text
	}
	return fmt.Sprintf("%q", text)
}

// editNodes edits the tree of the file and writes it again. Comments and order stay;
// blank lines and the way of indenting may not.
func editNodes(data []byte, profile string, rows map[sesapi.Operation]sesapi.Override) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Load(data, &document); err != nil {
		return nil, err
	}
	if len(document.Content) == 0 {
		return nil, errNotFound
	}
	in := document.Content[0]
	for _, key := range []string{"profiles", profile, "api"} {
		in = childOrNew(in, key)
	}
	for _, operation := range slices.Sorted(maps.Keys(rows)) {
		var row yaml.Node
		if err := yaml.Load([]byte(strings.Join(rowLines(operation, rows[operation]), "\n")), &row); err != nil {
			return nil, err
		}
		pair := row.Content[0].Content
		if _, value := find(in, string(operation)); value != nil {
			*value = *pair[1]
		} else {
			in.Content = append(in.Content, pair...)
		}
	}
	return yaml.Dump(&document, yaml.WithLineWidth(-1))
}

func childOrNew(in *yaml.Node, key string) *yaml.Node {
	if _, value := find(in, key); value != nil {
		if value.Kind != yaml.MappingNode { // null
			*value = yaml.Node{Kind: yaml.MappingNode}
		}
		return value
	}
	value := &yaml.Node{Kind: yaml.MappingNode}
	in.Content = append(in.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
	return value
}

// find returns the key and the value of a mapping, or nil.
func find(mapping *yaml.Node, name string) (key, value *yaml.Node) {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}

var errNotFound = errors.New("not found")

// lineEnd returns the line ending that a file uses.
func lineEnd(data []byte) string {
	if bytes.Contains(data, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}
