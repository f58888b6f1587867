package filewatch

import (
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/cespare/xxhash/v2"
)

// fingerprint is what is compared of a file.
type fingerprint struct {
	size int64
	hash uint64
	// unreadable is why the content is not known; the reason counts as content.
	unreadable string
}

// hashCache spares reading files that cannot have changed.
type hashCache map[string]cached

type cached struct {
	fingerprint
	modified time.Time
	hashed   time.Time
}

// mtimeDoubt is how close to its modification time a file must have been read for a
// second modification to have the same time. File systems keep times as coarsely as
// two seconds.
const mtimeDoubt = 3 * time.Second

// state reads which files match and what is in them. Directories and other things
// that are no files are left out.
func (c hashCache) state(patterns []string) map[string]fingerprint {
	state := make(map[string]fingerprint)
	for _, p := range patterns {
		// A pattern that is malformed matches nothing.
		files, _ := filepath.Glob(p)
		if !hasMeta(p) {
			files = []string{p}
		}
		for _, file := range files {
			if _, done := state[file]; done {
				continue
			}
			if f, ok := c.read(file); ok {
				state[file] = f
			}
		}
	}
	return state
}

// keep forgets the files that are not in the state.
func (c hashCache) keep(state map[string]fingerprint) {
	for file := range c {
		if _, ok := state[file]; !ok {
			delete(c, file)
		}
	}
}

func (c hashCache) read(file string) (fingerprint, bool) {
	info, err := os.Stat(file)
	if err != nil {
		// Not there, or behind a directory that may not be entered.
		return fingerprint{}, false
	}
	if !info.Mode().IsRegular() {
		return fingerprint{}, false
	}
	if had, ok := c[file]; ok && had.size == info.Size() && had.modified.Equal(info.ModTime()) && had.hashed.Sub(had.modified) > mtimeDoubt {
		return had.fingerprint, true
	}
	now := time.Now()
	f := hash(file)
	if f.unreadable == "" {
		c[file] = cached{fingerprint: f, modified: info.ModTime(), hashed: now}
	}
	return f, true
}

func hash(file string) fingerprint {
	in, err := os.Open(file)
	if err != nil {
		return fingerprint{unreadable: err.Error()}
	}
	defer in.Close()
	d := xxhash.New()
	n, err := io.Copy(d, in)
	if err != nil {
		return fingerprint{unreadable: err.Error()}
	}
	return fingerprint{size: n, hash: d.Sum64()}
}
