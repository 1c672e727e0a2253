package emulator

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/sesctl/sesctl/internal/sesapi"
)

const (
	// maxBody is the largest request (the comment of Attachment.Content in the
	// SDK's models.go: 8M).
	maxBody = 8 << 20
	// maxDrain is how many bytes of a too large body are still read. Some clients
	// read the answer only after they have written the body.
	maxDrain = 32 << 20
	// smallBody is the largest body that needs no share of the budget.
	smallBody = 64 << 10
	// maxBodies is the budget: the total bytes of all larger bodies in memory.
	maxBodies = 64 << 20
	// maxBodyWait is how long a request waits for its share of the budget.
	maxBodyWait = 10 * time.Second
)

// bodies bounds the memory for requests whose signature is not checked yet.
type bodies struct{ budget *semaphore.Weighted }

func newBodies() bodies { return bodies{semaphore.NewWeighted(maxBodies)} }

// read reads the body of a request into c.body. The caller calls free when it no
// longer needs the body.
func (b bodies) read(r *http.Request, c *buffer) (free func(), err *apiError) {
	free = func() {}
	c.body = c.body[:0]
	if r.Body == nil || r.Body == http.NoBody {
		return free, nil
	}
	if r.ContentLength > maxBody {
		return free, tooLarge(r.Body)
	}
	if r.ContentLength < 0 || r.ContentLength > smallBody {
		if free, err = b.take(r); err != nil {
			return free, err
		}
	}
	if err := c.fill(r); err != nil {
		free()
		return func() {}, err
	}
	return free, nil
}

// take waits for a share of the budget.
func (b bodies) take(r *http.Request) (free func(), err *apiError) {
	size := r.ContentLength
	if size < 0 {
		size = maxBody
	}
	ctx, cancel := context.WithTimeout(r.Context(), maxBodyWait)
	defer cancel()
	if b.budget.Acquire(ctx, size) != nil {
		return func() {}, refuse(sesapi.CodeRequestLimitExceeded, "Too many large requests arrive at the same time. Try again later.")
	}
	return func() { b.budget.Release(size) }, nil
}

func (c *buffer) fill(r *http.Request) *apiError {
	if need := int(r.ContentLength) + bytes.MinRead; r.ContentLength > 0 && cap(c.body) < need {
		c.body = make([]byte, 0, need)
	}
	memory := bytes.NewBuffer(c.body)
	_, err := memory.ReadFrom(io.LimitReader(r.Body, maxBody+1))
	c.body = memory.Bytes()
	switch {
	case err != nil:
		return refuse(sesapi.CodeInvalidParameter, "The request body could not be read to its end.")
	case len(c.body) > maxBody:
		return tooLarge(r.Body)
	}
	return nil
}

func tooLarge(rest io.Reader) *apiError {
	_, _ = io.Copy(io.Discard, io.LimitReader(rest, maxDrain))
	return refuse(sesapi.CodeRequestSizeLimit, "The request is larger than %d bytes.", maxBody)
}
