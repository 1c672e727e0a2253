package cli

import (
	"context"
	"io"
)

// untilDone reads until its context ends. What reads a terminal or a pipe can
// wait for ever otherwise, and neither an interrupt nor the time limit would end
// it.
type untilDone struct {
	ctx context.Context
	in  io.Reader
}

// readUntil makes reading standard input end with ctx, in place of a context above
// it: each costs every read a goroutine.
func (a *app) readUntil(ctx context.Context) {
	a.ends = ctx
	in := a.env.Stdin
	if above, ok := in.(untilDone); ok {
		in = above.in
	}
	a.env.Stdin = untilDone{ctx, in}
}

// await returns what f returns, or the error of ctx where that ends before. The
// reading of a file may wait for ever: it may be a pipe.
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
		// A buffer of its own: the read may end after its caller has left.
		data := make([]byte, len(p))
		n, err := r.in.Read(data)
		return data[:n], err
	})
	return copy(p, data), err
}
