package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// ErrLocked is the reason of TryLock if somebody else holds the lock.
var ErrLocked = errors.New("it is locked by another process")

// lockPause is how long Lock waits before it tries again.
const lockPause = 2 * time.Millisecond

// Lock is a lock that this process holds on a file. It is advisory: it excludes only
// processes that ask for it too. The system releases it when the process ends, even
// if the process is killed.
type Lock struct{ flock *flock.Flock }

// Kind is the kind of a lock.
type Kind int

// The kinds of locks.
const (
	Exclusive Kind = iota
	Shared         // other processes can hold a shared lock too
)

// WaitLock waits for the lock on a file, which is created if it does not exist. If
// the context ends first, the error wraps ctx.Err(). The folder of the file must
// exist.
func WaitLock(ctx context.Context, path string, kind Kind) (*Lock, error) {
	lock := newFlock(path)
	try := lock.TryLockContext
	if kind == Shared {
		try = lock.TryRLockContext
	}
	_, err := again(func() (bool, error) { return try(ctx, lockPause) })
	if err != nil {
		return nil, errors.Join(lockError(path, err), lock.Close())
	}
	return &Lock{lock}, nil
}

// TryLock takes the exclusive lock on a file, which is created if it does not exist.
// If somebody else holds it, the error is [ErrLocked].
func TryLock(path string) (*Lock, error) {
	lock := newFlock(path)
	held, err := again(lock.TryLock)
	switch {
	case err != nil:
		return nil, errors.Join(lockError(path, err), lock.Close())
	case !held:
		return nil, errors.Join(named(operationLock, path, ErrLocked), lock.Close())
	}
	return &Lock{lock}, nil
}

// Locked reports whether somebody holds the exclusive lock on a file. The file is
// not created; if it does not exist, the error is [fs.ErrNotExist].
func Locked(path string) (bool, error) {
	lock := flock.New(path, flock.SetFlag(os.O_RDONLY))
	free, err := again(lock.TryRLock)
	_ = lock.Close() // only tested
	return err == nil && !free, err
}

// again calls try until no signal interrupts it. The system continues an interrupted
// flock(2) by itself, but file systems in user space (FUSE) do not. The number of calls
// is limited, because such a file system may return that error forever.
func again(try func() (bool, error)) (held bool, err error) {
	for range 100 {
		if held, err = try(); !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	return held, err
}

// Release releases the lock. The file stays.
func (l *Lock) Release() error { return l.flock.Close() }

func newFlock(path string) *flock.Flock { return flock.New(path, flock.SetPermissions(0o600)) }

// operationLock is the operation in the error of a lock that failed.
const operationLock = "lock"

// lockError adds the name of the file to an error that does not have it. The error
// has it already if the file could not be opened.
func lockError(path string, err error) error {
	var number syscall.Errno
	var opening *fs.PathError
	if errors.As(err, &number) && !errors.As(err, &opening) {
		return named(operationLock, path, err)
	}
	return err
}
