//go:build race

package column

// Under the race detector, sync.Pool drops at random what it is given.
const poolKeeps = false
