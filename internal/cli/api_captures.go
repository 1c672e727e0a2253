package cli

import (
	"errors"
	"os"

	"github.com/sesctl/sesctl/internal/capture"
	"github.com/sesctl/sesctl/internal/failure"
)

// readCaptures reads capture files; - is standard input.
func (a *app) readCaptures(paths []string) (capture.Capture, error) {
	var all capture.Capture
	for _, path := range paths {
		one, err := a.readCapture(path)
		if err != nil {
			return capture.Capture{}, err
		}
		all.Add(one)
	}
	return all, nil
}

func (a *app) readCapture(path string) (capture.Capture, error) {
	in, name, err := a.openInput(path)
	if err != nil {
		return capture.Capture{}, failure.New(failure.Failure, "cannot read the capture: %w", err)
	}
	defer in.Close()
	one, err := capture.Read(in, name)
	if pathError := (*os.PathError)(nil); errors.As(err, &pathError) {
		return one, failure.New(failure.Failure, "cannot read the capture: %w", err)
	}
	if err != nil {
		return one, failure.New(failure.Usage, "%s: %w", name, err).
			WithHint("in the network panel of the browser, use 'Save all as HAR', or 'Copy as cURL' on one request")
	}
	return one, nil
}
