package output

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Query makes text of the JSON of a result.
type Query interface {
	// write writes the text for data, which was decoded from JSON with numbers kept
	// as json.Number. It ends when ctx does.
	write(ctx context.Context, out io.Writer, data any) error
}

// query writes what the query makes of data. What it wrote before an error stays
// written.
func (p *Printer) query(data any) error {
	text, err := JSON(data)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	ctx := p.Context
	if ctx == nil {
		ctx = context.Background()
	}
	out := bufio.NewWriter(harmlessWriter{p})
	if err := p.Query.write(ctx, out, value); err != nil {
		_ = out.Flush()
		return err
	}
	return out.Flush()
}

// harmlessWriter writes what a terminal may see.
type harmlessWriter struct{ p *Printer }

func (w harmlessWriter) Write(text []byte) (int, error) {
	if _, err := w.p.Out.Write(w.p.harmless(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// place says where in an expression a byte is, counted in characters from 1.
func place(expression string, offset int) string {
	before := expression[:min(max(offset, 0), len(expression))]
	line := strings.Count(before, "\n") + 1
	character := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	if !strings.Contains(expression, "\n") {
		return fmt.Sprintf("at character %d", character)
	}
	return fmt.Sprintf("at line %d, character %d", line, character)
}
