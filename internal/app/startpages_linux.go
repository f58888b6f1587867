package app

import (
	"fmt"
	"os"
	"syscall"
)

// releaseProgram takes the program's code and constants out of the memory of the
// process, and returns how many bytes there were. They stay in the page cache; what
// is in use comes back with a page fault.
func releaseProgram() (released int64, err error) {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return 0, err
	}
	smaps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return 0, err
	}
	defer smaps.Close()
	list, err := programMappings(smaps, program)
	if err != nil {
		return 0, err
	}
	for _, m := range list {
		if _, _, errno := syscall.Syscall(syscall.SYS_MADVISE, m.from, m.to-m.from, syscall.MADV_DONTNEED); errno != 0 {
			return released, fmt.Errorf("madvise %x-%x: %w", m.from, m.to, errno)
		}
		released += m.resident
	}
	return released, nil
}
