package vfs

import (
	"io/fs"
	"syscall"
)

// Sync leaves out the times of access and change, which fsync would write too.
func (f osFile) Sync() error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var serr error
	err = conn.Control(func(fd uintptr) {
		for {
			if serr = syscall.Fdatasync(int(fd)); serr != syscall.EINTR {
				return
			}
		}
	})
	if err == nil && serr != nil {
		err = &fs.PathError{Op: "fdatasync", Path: f.Name(), Err: serr}
	}
	return err
}
