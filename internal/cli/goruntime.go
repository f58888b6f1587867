package cli

import (
	"os"
	"runtime"
)

// limitThreads undoes what the Go runtime does by itself, which is to follow the
// CPU limit, where it was told to. What the environment sets goes first, as in
// every Go program.
func (f *serveFlags) limitThreads() {
	if !f.maxprocs && os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.NumCPU())
	}
}
