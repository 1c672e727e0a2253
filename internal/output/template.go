package output

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
	"time"
)

// goTemplate is a template in the language of text/template.
type goTemplate struct{ template *template.Template }

const templateName = "--template"

// ParseTemplate reads a template in the language of Go's text/template. The error
// names the place in the template. In addition to Go's functions it has:
//
//	json VALUE            the value as JSON, in one line
//	join SEPARATOR LIST   the elements with the separator between them
//	upper TEXT            the text in upper case
//	truncate N TEXT       at most N cells of the text
//	ago TIME              how long ago an RFC 3339 time was, from now
func ParseTemplate(text string, now func() time.Time) (Query, error) {
	read := func(text string) (*template.Template, error) {
		return template.New(templateName).Funcs(template.FuncMap{
			"json": func(value any) (string, error) {
				line, err := jsonLine(value)
				return strings.TrimSpace(string(line)), err
			},
			"join":     join,
			"upper":    strings.ToUpper,
			"truncate": truncate,
			"ago":      func(moment string) (string, error) { return ago(moment, now()) },
		}).Parse(text)
	}
	parsed, err := read(text)
	if err != nil {
		return nil, fmt.Errorf("%s, %s", templateReason(err), place(text, firstBad(text, err, read)))
	}
	for _, each := range parsed.Templates() {
		if call := undefined(parsed, each.Root); call != nil {
			return nil, fmt.Errorf("template %q not defined, %s", call.Name, place(text, int(call.Position())))
		}
	}
	return goTemplate{parsed}, nil
}

// undefined returns a call of a template that is not defined, or nil. Go finds
// this fault only when the call is executed.
func undefined(in *template.Template, node parse.Node) *parse.TemplateNode {
	var lists []*parse.ListNode
	switch node := node.(type) {
	case *parse.TemplateNode:
		if in.Lookup(node.Name) == nil {
			return node
		}
	case *parse.ListNode:
		for _, child := range node.Nodes {
			if call := undefined(in, child); call != nil {
				return call
			}
		}
	case *parse.IfNode:
		lists = []*parse.ListNode{node.List, node.ElseList}
	case *parse.RangeNode:
		lists = []*parse.ListNode{node.List, node.ElseList}
	case *parse.WithNode:
		lists = []*parse.ListNode{node.List, node.ElseList}
	}
	for _, list := range lists {
		if list == nil {
			continue
		}
		if call := undefined(in, list); call != nil {
			return call
		}
	}
	return nil
}

// firstBad returns where the fault in a template begins: the last character
// without which the error changes, or the word before it that the error names. The
// parser itself returns only the line.
func firstBad(text string, err error, read func(string) (*template.Template, error)) int {
	end := len(text)
	for end > 0 {
		if _, early := read(text[:end-1]); early == nil || early.Error() != err.Error() {
			break
		}
		end--
	}
	if quoted := strings.SplitN(err.Error(), `"`, 3); len(quoted) == 3 {
		if named := strings.LastIndex(text[:end], quoted[1]); named >= 0 {
			return named
		}
	}
	return max(0, end-1)
}

// templateReason returns an error of text/template without the name and the line
// at its beginning.
func templateReason(err error) string {
	text := strings.TrimPrefix(err.Error(), "template: "+templateName+":")
	if line, rest, found := strings.Cut(text, ": "); found {
		if _, err := strconv.Atoi(line); err == nil {
			return rest
		}
	}
	return text
}

// write writes the output of the template for data, with a newline at the end.
func (q goTemplate) write(ctx context.Context, out io.Writer, data any) error {
	last := &lastByte{out: out, ctx: ctx}
	if err := q.template.Execute(last, numbers(data)); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var failed template.ExecError
		if errors.As(err, &failed) {
			return errors.New(strings.NewReplacer("template: ", "", "executing \""+templateName+"\" at ", "").Replace(err.Error()))
		}
		return err
	}
	if last.byte == '\n' || last.byte == 0 {
		return nil
	}
	_, err := io.WriteString(out, "\n")
	return err
}

// lastByte remembers the last written byte; 0 means none.
type lastByte struct {
	out  io.Writer
	ctx  context.Context
	byte byte
}

func (w *lastByte) Write(text []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	if len(text) > 0 {
		w.byte = text[len(text)-1]
	}
	return w.out.Write(text)
}

// numbers returns data with numbers that templates can compare: int if possible,
// float64 otherwise.
func numbers(data any) any {
	switch value := data.(type) {
	case json.Number:
		if whole, err := strconv.Atoi(value.String()); err == nil {
			return whole
		}
		number, _ := value.Float64() // JSON has no other numbers
		return number
	case []any:
		for i := range value {
			value[i] = numbers(value[i])
		}
	case map[string]any:
		for key := range value {
			value[key] = numbers(value[key])
		}
	}
	return data
}

func join(separator string, list []any) string {
	parts := make([]string, len(list))
	for i, element := range list {
		parts[i] = fmt.Sprint(element)
	}
	return strings.Join(parts, separator)
}

func truncate(width int, text string) (string, error) {
	if width < 1 {
		return "", fmt.Errorf("it must leave at least 1 cell, not %d", width)
	}
	return cut(text, width), nil
}

// ago returns how long before now a moment was, in the largest unit that fits.
func ago(moment string, now time.Time) (string, error) {
	t, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return "", fmt.Errorf("it needs a time in the RFC 3339 format")
	}
	past := now.Sub(t)
	unit := func(n int64, name string) string {
		if n == 1 {
			return "1 " + name + " ago"
		}
		return fmt.Sprintf("%d %ss ago", n, name)
	}
	const day = 24 * time.Hour
	switch {
	case past < -time.Minute:
		return "in the future", nil
	case past < time.Minute:
		return "just now", nil
	case past < time.Hour:
		return unit(int64(past/time.Minute), "minute"), nil
	case past < day:
		return unit(int64(past/time.Hour), "hour"), nil
	case past < 60*day:
		return unit(int64(past/day), "day"), nil
	case past < 365*day:
		return unit(int64(past/(30*day)), "month"), nil
	}
	return unit(int64(past/(365*day)), "year"), nil
}
