package monopod

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers lists Monopod's packages, lowest layer first. A package imports lower
// layers only. Packages of one layer do not import each other; a package may
// import its own sub-packages, which stand in its layer.
var layers = [][]string{
	0: {"internal/vfs", "internal/budget", "internal/buildinfo", "internal/events", "internal/filewatch", "ui", "test/process"},
	1: {"internal/storage", "internal/state", "internal/frame"},
	2: {"internal/tsdb", "internal/auth"},
	3: {"internal/scrape", "internal/discovery", "internal/config", "internal/probe", "internal/remote", "internal/dashboard", "internal/datasource"},
	4: {"internal/httpapi", "internal/grafanaapi", "internal/provision"},
	5: {"internal/app"},
	6: {"internal/cli"},
	7: {"cmd", "tools", "test", "bench"},
}

// bans are imports that are wrong wherever they stand, or wrong outside one place.
var bans = []struct {
	path   string   // import path, with all below it
	except []string // packages that may, by prefix
	reason string
}{
	{"github.com/prometheus/prometheus/web", nil,
		"the HTTP API is our own; upstream's is the oracle of its tests"},
	{"github.com/prometheus/prometheus/scrape", nil,
		"the scrape loop is our own: it writes rows, upstream's writes samples"},
	{"github.com/prometheus/prometheus/discovery/install", nil,
		"links forty cloud SDKs; discoveries are imported one by one in internal/discovery"},
	{"github.com/prometheus/prometheus/config", []string{"internal/config", "internal/scrape", "internal/discovery", "internal/app", "internal/httpapi", "internal/remote", "internal/cli"},
		"engines get values, not the configuration"},
	{"github.com/alecthomas/kingpin", []string{"internal/cli", "cmd", "tools", "internal/probe/node"},
		"flags stop at cli; probe/node only quiets the flags of the collectors it links"},
	{"flag", []string{"tools", "test", "bench"},
		"flags stop at cli"},
	{"unsafe", []string{"internal/tsdb", "internal/scrape", "internal/remote"},
		"only the hot path may trade safety for speed"},
	{"github.com/pkg/errors", nil, "the standard errors package does this"},
	{"log", nil, "components log through the slog.Logger they are given"},
}

func TestLayers(t *testing.T) {
	const module = "monopod/"
	level := func(pkg string) (int, string) {
		for i, names := range layers {
			for _, n := range names {
				if pkg == n || strings.HasPrefix(pkg, n+"/") {
					return i, n
				}
			}
		}
		return -1, ""
	}
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); n == "node_modules" || n == "testdata" || n == "build" || path != "." && strings.HasPrefix(n, ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || !strings.Contains(path, "/") {
			return nil
		}
		files++
		pkg := filepath.ToSlash(filepath.Dir(path))
		own, ownName := level(pkg)
		if own < 0 {
			t.Errorf("%s: package %s stands in no layer; add it to layers", path, pkg)
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			imp, _ := strconv.Unquote(spec.Path.Value)
			if in, ok := strings.CutPrefix(imp, module); ok {
				other, otherName := level(in)
				if other > own || other == own && otherName != ownName {
					t.Errorf("%s (layer %d) imports %s (layer %d): imports go to a lower layer only", path, own, in, other)
				}
			}
			for _, b := range bans {
				// A dot in its first element tells a module from the standard library,
				// where log is not above log/slog.
				within := imp == b.path || strings.Contains(b.path, ".") && strings.HasPrefix(imp, b.path+"/")
				may := slices.ContainsFunc(b.except, func(e string) bool { return pkg == e || strings.HasPrefix(pkg, e+"/") })
				if within && !may {
					t.Errorf("%s imports %s: %s", path, imp, b.reason)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Fatal("found no Go files: the test does not run in the module's root")
	}
}
