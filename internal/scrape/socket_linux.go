// The race detector sees no order between a system call of ours and what the other
// side does.

//go:build linux && !race

package scrape

import (
	"os"
	"syscall"
	"unsafe"
)

const rawSockets = true

// tryRead reads once; it tells that there is an outcome.
func (s *socket) tryRead(fd uintptr) bool {
	for {
		n, _, errno := syscall.RawSyscall(syscall.SYS_READ, fd, uintptr(unsafe.Pointer(&s.bytes[0])), uintptr(len(s.bytes)))
		switch errno {
		case 0:
			s.n = int(n)
			return true
		case syscall.EINTR:
		case syscall.EAGAIN:
			return false
		default:
			s.err = os.NewSyscallError("read", errno)
			return true
		}
	}
}

// tryWrite writes what is left; it tells that nothing is, or that there is an error.
func (s *socket) tryWrite(fd uintptr) bool {
	for s.n < len(s.bytes) {
		n, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, fd, uintptr(unsafe.Pointer(&s.bytes[s.n])), uintptr(len(s.bytes)-s.n))
		switch errno {
		case 0:
			s.n += int(n)
		case syscall.EINTR:
		case syscall.EAGAIN:
			return false
		default:
			s.err = os.NewSyscallError("write", errno)
			return true
		}
	}
	return true
}
