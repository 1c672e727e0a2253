package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"unsafe"
)

// These are numbers of prctl(2) and seccomp(2) for which package syscall has no names.
const (
	setNoNewPrivileges = 38
	setSeccomp         = 22
	modeFilter         = 2
	actionErrno        = 0x00050000
	actionAllow        = 0x7fff0000
	offsetFlags        = 16 + 2*8 // of the third argument in the data of a filter
)

// injected are the system calls that [inject] can make fail. With flags, only a call
// fails whose third argument has one of them.
func injected() map[string]struct{ number, flags uint32 } {
	return map[string]struct{ number, flags uint32 }{
		"create":    {syscall.SYS_OPENAT, syscall.O_CREAT},
		"fchmod":    {syscall.SYS_FCHMOD, 0},
		"fdatasync": {syscall.SYS_FDATASYNC, 0},
		"flock":     {syscall.SYS_FLOCK, 0},
		"fsync":     {syscall.SYS_FSYNC, 0},
		"mkdir":     {syscall.SYS_MKDIRAT, 0},
		"pwrite":    {syscall.SYS_PWRITE64, 0},
		"rename":    {syscall.SYS_RENAMEAT, 0},
	}
}

func errnos() map[string]syscall.Errno {
	return map[string]syscall.Errno{
		"EACCES": syscall.EACCES, "EDQUOT": syscall.EDQUOT, "EFBIG": syscall.EFBIG, "EINTR": syscall.EINTR, "EINVAL": syscall.EINVAL,
		"EIO": syscall.EIO, "ELOOP": syscall.ELOOP, "EMFILE": syscall.EMFILE, "ENAMETOOLONG": syscall.ENAMETOOLONG, "ENOLCK": syscall.ENOLCK,
		"ENOSPC": syscall.ENOSPC, "ENOSYS": syscall.ENOSYS, "ENOTDIR": syscall.ENOTDIR, "EOPNOTSUPP": syscall.EOPNOTSUPP, "EPERM": syscall.EPERM,
		"EROFS": syscall.EROFS, "ESTALE": syscall.ESTALE, "ETXTBSY": syscall.ETXTBSY, "EXDEV": syscall.EXDEV,
	}
}

// inject replaces itself by a program whose system calls fail as a broken disk makes
// them fail: inject CALL=ERRNO[,CALL=ERRNO...] PROGRAM [ARG...]. The kernel returns the
// error by a filter of seccomp(2). With "inject check" it ends with status 0 if the
// system allows such a filter.
func inject() {
	runtime.LockOSThread()
	faults, program := "flock=ENOLCK", "true"
	if len(os.Args) > 2 {
		faults, program = os.Args[1], os.Args[2]
	}
	err := installFilter(strings.Split(faults, ","))
	if err == nil {
		program, err = exec.LookPath(program)
	}
	if err == nil {
		err = syscall.Exec(program, os.Args[min(2, len(os.Args)-1):], os.Environ())
	}
	fmt.Fprintln(os.Stderr, "inject:", err)
	os.Exit(99)
}

func installFilter(faults []string) error {
	load := func(offset uint32) syscall.SockFilter { return syscall.SockFilter{Code: 0x20, K: offset} }
	end := func(action uint32) syscall.SockFilter { return syscall.SockFilter{Code: 0x06, K: action} }
	var filter []syscall.SockFilter
	for _, fault := range faults {
		name, number, _ := strings.Cut(fault, "=")
		call, known := injected()[name]
		errno, knownNumber := errnos()[number]
		if !known || !knownNumber {
			return fmt.Errorf("cannot inject %s", fault)
		}
		filter = append(filter, load(0))
		if call.flags == 0 {
			filter = append(filter, syscall.SockFilter{Code: 0x15, Jf: 1, K: call.number}, end(actionErrno|uint32(errno)))
			continue
		}
		filter = append(filter, syscall.SockFilter{Code: 0x15, Jf: 3, K: call.number}, load(offsetFlags),
			syscall.SockFilter{Code: 0x45, Jf: 1, K: call.flags}, end(actionErrno|uint32(errno)))
	}
	filter = append(filter, end(actionAllow))
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, setNoNewPrivileges, 1, 0, 0, 0, 0); errno != 0 {
		return errno
	}
	program := syscall.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, setSeccomp, modeFilter, uintptr(unsafe.Pointer(&program)), 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
