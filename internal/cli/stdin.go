package cli

import (
	"context"
	"io"
)

// untilDone is a reader that ends with its context. Otherwise, reading a terminal or a
// pipe could wait forever, and neither an interrupt nor the timeout would end it.
type untilDone struct {
	ctx context.Context
	in  io.Reader
}

// readUntil makes reads of standard input end with ctx. It replaces an earlier context
// instead of adding one, because each context costs one goroutine for every read.
func (a *app) readUntil(ctx context.Context) {
	a.ends = ctx
	in := a.env.Stdin
	if above, ok := in.(untilDone); ok {
		in = above.in
	}
	a.env.Stdin = untilDone{ctx, in}
}

// await returns the result of f, or the error of ctx if ctx ends first. Reading a file
// may wait forever, because the file may be a pipe.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case got := <-done:
		return got.value, got.err
	}
}

func (r untilDone) Read(p []byte) (int, error) {
	data, err := await(r.ctx, func() ([]byte, error) {
		// The read may continue after the caller has returned, so it needs its own
		// buffer.
		data := make([]byte, len(p))
		n, err := r.in.Read(data)
		return data[:n], err
	})
	return copy(p, data), err
}
