//go:build !race

package column

const poolKeeps = true
