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

// Query turns the JSON of a result into text.
type Query interface {
	// write writes the text for data, which was decoded from JSON with numbers as
	// json.Number. It ends when ctx ends.
	write(ctx context.Context, out io.Writer, data any) error
}

// query writes the output of the query for data. Output before an error is not
// taken back.
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

// harmlessWriter writes only text that is safe for a terminal.
type harmlessWriter struct{ p *Printer }

func (w harmlessWriter) Write(text []byte) (int, error) {
	if _, err := w.p.Out.Write(w.p.harmless(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// place returns the place of a byte in an expression, counted in characters from
// 1.
func place(expression string, offset int) string {
	before := expression[:min(max(offset, 0), len(expression))]
	line := strings.Count(before, "\n") + 1
	character := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	if !strings.Contains(expression, "\n") {
		return fmt.Sprintf("at character %d", character)
	}
	return fmt.Sprintf("at line %d, character %d", line, character)
}
