package filewatch

import (
	"os"
	"path/filepath"
	"strings"
)

// route is everything on the way to the files of a set of patterns: a change of any
// of it may change which files there are, or what is in them.
type route struct {
	dirs  map[string]bool // directories to be notified of
	names map[string]bool // files, links and missing things in them that matter
	globs []string        // and whatever matches these
}

func routeOf(patterns []string) route {
	r := route{dirs: make(map[string]bool), names: make(map[string]bool)}
	for _, p := range patterns {
		p = filepath.Clean(p)
		if !hasMeta(p) {
			r.walk(p)
			continue
		}
		// Each part of the pattern that has a wildcard is looked up in the
		// directories that the part before it matches.
		for pattern := p; hasMeta(pattern); pattern = filepath.Dir(pattern) {
			r.globs = append(r.globs, pattern)
			found, _ := filepath.Glob(pattern)
			for _, f := range found {
				r.walk(f)
			}
			if parent := filepath.Dir(pattern); !hasMeta(parent) {
				r.walkInto(parent)
			} else {
				dirs, _ := filepath.Glob(parent)
				for _, d := range dirs {
					r.walkInto(d)
				}
			}
		}
	}
	return r
}

// maxLinks ends the walk of links that lead to themselves, as the kernel does.
const maxLinks = 40

// walk adds what stands between the root, or the working directory, and the path:
// the directory of each link and of the file, and where the path ends early, the
// last directory there is.
func (r *route) walk(path string) {
	for range maxLinks {
		link, rest, exists := firstLink(path)
		r.names[link] = true
		r.dirs[filepath.Dir(link)] = true
		if !exists || rest == "" && link == path && !isLink(link) {
			return
		}
		to, err := os.Readlink(link)
		if err != nil {
			return
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(link), to)
		}
		path = filepath.Join(to, rest)
	}
}

// walkInto is walk for a directory whose content matters.
func (r *route) walkInto(dir string) {
	r.walk(dir)
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		r.dirs[dir] = true
	}
}

// firstLink finds the first part of path that is a symbolic link, or does not exist;
// else it is path itself. rest is the path behind it.
func firstLink(path string) (at, rest string, exists bool) {
	for end := 0; end < len(path); {
		next := strings.IndexByte(path[end+1:], filepath.Separator)
		if next < 0 {
			break
		}
		end += 1 + next
		info, err := os.Lstat(path[:end])
		if err != nil {
			return path[:end], path[end+1:], false
		}
		if info.Mode()&os.ModeSymlink != 0 {
			return path[:end], path[end+1:], true
		}
	}
	_, err := os.Lstat(path)
	return path, "", err == nil
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&os.ModeSymlink != 0
}

func hasMeta(path string) bool { return strings.ContainsAny(path, `*?[\`) }
