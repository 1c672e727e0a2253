package output

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/itchyny/gojq"
)

// jq is an expression in the language of jq.
type jq struct{ code *gojq.Code }

// ParseJQ reads an expression in the language of jq, as gojq implements it. The
// error names the place in the expression. The expression can read only the
// result: no environment, no files and no other input.
func ParseJQ(expression string) (Query, error) {
	query, err := gojq.Parse(expression)
	var invalid *gojq.ParseError
	switch {
	case errors.As(err, &invalid):
		return nil, fmt.Errorf("%w %s", err, place(expression, invalid.Offset-len(invalid.Token)))
	case err != nil:
		return nil, err
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, compileError(expression, err)
	}
	return jq{code}, nil
}

// compileError adds the place to the error of an expression that uses an unknown
// name. gojq gives the name only in its message, after a colon.
func compileError(expression string, err error) error {
	_, name, found := strings.Cut(err.Error(), ": ")
	name, _, _ = strings.Cut(name, "/")
	offset := strings.Index(expression, strings.Trim(name, `"`))
	if !found || name == "" || offset < 0 {
		return err
	}
	return fmt.Errorf("%w, %s", err, place(expression, offset))
}

// write writes each result on a line: a string unchanged, null as an empty line,
// and anything else as JSON. gh does the same.
func (q jq) write(ctx context.Context, out io.Writer, data any) error {
	results := q.code.RunWithContext(ctx, data)
	for {
		result, more := results.Next()
		if !more {
			return nil
		}
		if err, failed := result.(error); failed {
			return runError(ctx, err)
		}
		if err := writeResult(out, result); err != nil {
			return err
		}
	}
}

func writeResult(out io.Writer, result any) error {
	var line []byte
	switch value := result.(type) {
	case nil:
	case string:
		line = []byte(value)
	default:
		var err error
		if line, err = gojq.Marshal(result); err != nil {
			return err
		}
		line = escapeUnsafe(line, jsonEscape)
	}
	_, err := out.Write(append(line, '\n'))
	return err
}

// runError returns the error that stopped an expression, or nil if the expression
// stopped itself.
func runError(ctx context.Context, err error) error {
	var halt *gojq.HaltError
	var own gojq.ValueError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &halt) && halt.Value() == nil:
		return nil
	case errors.As(err, &own): // the argument of error or halt_error in the expression
		return fmt.Errorf("--jq: %w", err)
	}
	return fmt.Errorf("--jq: %s", withoutValues(err.Error()))
}

// withoutValues removes the values from a message of gojq. The message holds the
// beginning of the values that an operation failed on. They may be callback URLs.
func withoutValues(message string) string {
	i := strings.IndexAny(message, "(\"[{")
	if i < 0 {
		return message
	}
	short := strings.TrimRight(message[:i], " :")
	const operation = "cannot be applied to"
	if before, found := strings.CutSuffix(short, operation); found || strings.Contains(message[i:], operation) {
		short = strings.TrimRight(before, " ")
		short += " " + operation + " this value"
	}
	return short
}
