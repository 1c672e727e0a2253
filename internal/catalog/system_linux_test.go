package catalog

import (
	"syscall"
	"testing"
)

// TestSystemErrors checks that the errors of files and networks are translated as a whole:
// formats such as "cannot %s" fit some of them by chance.
func TestSystemErrors(t *testing.T) {
	t.Parallel()
	c := For(Chinese)
	for _, code := range []syscall.Errno{
		syscall.EPERM, syscall.ENOENT, syscall.EINTR, syscall.EIO, syscall.ENXIO, syscall.E2BIG, syscall.ENOEXEC, syscall.EBADF, syscall.EAGAIN,
		syscall.ENOMEM, syscall.EACCES, syscall.EBUSY, syscall.EEXIST, syscall.EXDEV, syscall.ENODEV, syscall.ENOTDIR, syscall.EISDIR, syscall.EINVAL,
		syscall.ENFILE, syscall.EMFILE, syscall.ENOTTY, syscall.ETXTBSY, syscall.EFBIG, syscall.ENOSPC, syscall.ESPIPE, syscall.EROFS, syscall.EMLINK,
		syscall.EPIPE, syscall.ENAMETOOLONG, syscall.ENOLCK, syscall.ENOSYS, syscall.ENOTEMPTY, syscall.ELOOP, syscall.EPROTO, syscall.EMSGSIZE,
		syscall.EOPNOTSUPP, syscall.EPROTONOSUPPORT, syscall.EAFNOSUPPORT, syscall.EADDRINUSE, syscall.EADDRNOTAVAIL, syscall.ENETDOWN,
		syscall.ENETUNREACH, syscall.ECONNABORTED, syscall.ECONNRESET, syscall.ENOBUFS, syscall.ENOTCONN, syscall.ETIMEDOUT, syscall.ECONNREFUSED,
		syscall.EHOSTDOWN, syscall.EHOSTUNREACH, syscall.EALREADY, syscall.EINPROGRESS, syscall.ESTALE, syscall.EUCLEAN, syscall.EREMOTEIO, syscall.EDQUOT,
		syscall.ENOMEDIUM, syscall.ECANCELED, syscall.ENOKEY, syscall.EKEYEXPIRED,
	} {
		english := code.Error()
		if got, ok := c.entry(english); !ok || !hasWide(got) {
			t.Errorf("%q becomes %q", english, got)
		} else if !c.has(english) {
			t.Errorf("%q has no entry of its own, and becomes %q", english, got)
		}
		if got := c.Text("dial tcp 10.0.0.1:80: connect: " + english); got != "连接 10.0.0.1:80："+c.Text(english) {
			t.Errorf("a connection that fails: %q", got)
		}
	}
}
