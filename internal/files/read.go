package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// pipeWait is how long a process may take to write a file that is a pipe.
const pipeWait = 10 * time.Second

// pipePause is between two attempts to open a pipe that no process reads yet.
const pipePause = 10 * time.Millisecond

// ErrTooLarge is in the error of [Read] if the file has more bytes than the limit.
var ErrTooLarge = errors.New("it is too large")

var (
	errNoWriter = errors.New("it is a pipe, and no process writes to it")
	errNoReader = fmt.Errorf("it is a pipe, and no process read it for %v", pipeWait)
	errTooSlow  = fmt.Errorf("it is a pipe, and its writer took more than %v", pipeWait)
)

// Read returns the content of a file of at most limit bytes. It accepts a pipe,
// because shells can pass a secret as a pipe, and waits at most 10 seconds for its
// writer. A larger file, a folder and a device are errors: a device may have no end.
// Only /dev/null is an empty file. Every error names the path.
func Read(path string, limit int64) ([]byte, error) {
	if path == os.DevNull {
		return nil, nil // many people name it for "an empty file"
	}
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // the open must not wait for the writer of a pipe
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	pipe := info.Mode()&fs.ModeNamedPipe != 0
	switch {
	case info.IsDir():
		return nil, named("read", path, ErrIsFolder)
	case pipe:
		_ = file.SetReadDeadline(time.Now().Add(pipeWait)) // where pipes have no deadline, they do not block either
	case !info.Mode().IsRegular():
		return nil, named("read", path, ErrNotRegular)
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, named("read", path, errTooSlow)
	case err != nil:
		return nil, err
	case int64(len(data)) > limit:
		return nil, named("read", path, fmt.Errorf("%w: it has more than %d bytes", ErrTooLarge, limit))
	case pipe && len(data) == 0:
		return nil, named("read", path, errNoWriter)
	}
	return data, nil
}

// ReadRegular returns the content of a regular file of at most limit bytes. Everything
// else is an error, also a pipe: its content can be read only once.
func ReadRegular(path string, limit int64) ([]byte, error) {
	if err := CheckReadPath(path); err != nil {
		return nil, err
	}
	return Read(path, limit)
}

// CheckReadPath returns an error that wraps [ErrNotRegular] if a pipe, a device or a socket
// is at path. It does not open the file. A folder or no file is not an error.
func CheckReadPath(path string) error {
	if info, err := os.Stat(path); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return named("read", path, ErrNotRegular)
	}
	return nil
}
