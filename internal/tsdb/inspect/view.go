package inspect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/oklog/ulid/v2"

	"monopod/internal/storage"
	"monopod/internal/tsdb"
	"monopod/internal/vfs"
)

// ErrNoStore: the directory holds no data of Monopod.
var ErrNoStore = errors.New("not a data directory of Monopod")

// View is a data directory as it stood at one moment. It implements vfs.FS for
// what is below the directory, and refuses every change with EROFS. All methods
// may be called from many goroutines, until Close.
//
// The program may write to the directory meanwhile. A view is consistent because
// files only grow, or come and go: the names are read before and after all files
// were opened, and again where they differ. The sizes are taken in the order in
// which data moves against its flow, head files first and the log last, so that
// what moved meanwhile is seen twice and not missed.
type View struct {
	dir   string
	files map[string]*frozen
	names map[string][]vfs.Info // by directory
}

// frozen is a file, up to the size that it had.
type frozen struct {
	vfs.File
	size int64
}

// attempts is how often a directory is looked at that changes meanwhile. It
// changes when a block is made or the log is cut: seconds apart at least.
const attempts = 20

// OpenView opens a view of a data directory.
func OpenView(fsys vfs.FS, dir string) (*View, error) {
	dir = filepath.Clean(dir)
	if err := recognise(fsys, dir); err != nil {
		return nil, err
	}
	for range attempts {
		v := &View{dir: dir, files: map[string]*frozen{}}
		ok, err := v.freeze(fsys)
		if err == nil && ok {
			return v, nil
		}
		if err = errors.Join(err, v.Close()); err != nil {
			return nil, fmt.Errorf("read data directory %s: %w", dir, err)
		}
	}
	return nil, fmt.Errorf("read data directory %s: it changed each time while it was opened; try again when less is going on", dir)
}

// recognise tells what else a directory may be.
func recognise(fsys vfs.FS, dir string) error {
	infos, err := fsys.List(dir)
	if err != nil {
		return fmt.Errorf("read data directory %s: %w", dir, err)
	}
	prometheus := false
	for _, i := range infos {
		switch i.Name {
		case catalogDir, headDir, blocksDir:
			return nil
		case walDir:
			if logs, err := fsys.List(filepath.Join(dir, walDir)); err == nil && slices.ContainsFunc(logs, func(i vfs.Info) bool { return strings.HasSuffix(i.Name, ".wal") }) {
				return nil
			}
			prometheus = true
		default:
			_, err := ulid.ParseStrict(i.Name)
			prometheus = prometheus || err == nil
		}
	}
	if prometheus {
		return fmt.Errorf("%s: %w; it looks like one of Prometheus: bring it in with monopod import prometheus", dir, ErrNoStore)
	}
	return fmt.Errorf("%s: %w: it has neither %s/ nor %s/", dir, ErrNoStore, catalogDir, blocksDir)
}

// list reads the names, of the parts that the engine has.
func list(fsys vfs.FS, dir string) (map[string][]vfs.Info, error) {
	out := map[string][]vfs.Info{}
	var walk func(rel string, depth int) error
	walk = func(rel string, depth int) error {
		infos, err := fsys.List(filepath.Join(dir, rel))
		if err != nil {
			return err
		}
		infos = slices.DeleteFunc(infos, func(i vfs.Info) bool {
			return strings.HasSuffix(i.Name, tmpSuffix) || strings.HasSuffix(i.Name, deletedSuffix)
		})
		out[rel] = infos
		for _, i := range infos {
			below := filepath.Join(rel, i.Name)
			part := slices.Contains([]string{headDir, catalogDir, walDir, blocksDir}, partOf(below))
			if !i.Dir || !part || depth == 2 {
				continue
			}
			if err := walk(below, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return out, walk("", 0)
}

// same tells whether two listings have the same names, but for files that grew.
func same(a, b map[string][]vfs.Info) bool {
	if len(a) != len(b) {
		return false
	}
	for dir, x := range a {
		y, ok := b[dir]
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if x[i].Name != y[i].Name || x[i].Name == tombstonesFile && x[i] != y[i] {
				return false
			}
		}
	}
	return true
}

// freeze opens all files; ok is false where the directory changed meanwhile.
func (v *View) freeze(fsys vfs.FS) (ok bool, err error) {
	if v.names, err = list(fsys, v.dir); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		return false, err
	}
	for _, part := range []string{headDir, catalogDir, walDir, blocksDir, tombstonesFile} {
		for dir, infos := range v.names {
			for _, i := range infos {
				rel := filepath.Join(dir, i.Name)
				if i.Dir || partOf(rel) != part || strings.Contains(rel, badSuffix) {
					continue
				}
				if err := v.open(fsys, rel); errors.Is(err, fs.ErrNotExist) {
					return false, nil
				} else if err != nil {
					return false, err
				}
			}
		}
	}
	after, err := list(fsys, v.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return same(v.names, after), err
}

func (v *View) open(fsys vfs.FS, rel string) error {
	f, err := fsys.Open(filepath.Join(v.dir, rel))
	if err != nil {
		return err
	}
	size, err := f.Size()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	v.files[rel] = &frozen{f, size}
	return nil
}

// Close closes the files.
func (v *View) Close() error {
	var errs []error
	for _, f := range v.files {
		errs = append(errs, f.File.Close())
	}
	return errors.Join(errs...)
}

// Dir is the directory.
func (v *View) Dir() string { return v.dir }

// Store opens the store in the view, for reading. It ends before the view.
func (v *View) Store(logger *slog.Logger) (*tsdb.DB, error) {
	return tsdb.Open(tsdb.Options{FS: v, Dir: v.dir, Logger: slog.New(withoutRefusals{logger.Handler()})})
}

func (v *View) rel(name string) string {
	rel, err := filepath.Rel(v.dir, name)
	if err != nil {
		return name
	}
	if rel == "." {
		return ""
	}
	return rel
}

func refused(op, name string) error { return &fs.PathError{Op: op, Path: name, Err: syscall.EROFS} }
func absent(op, name string) error  { return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist} }

// Open implements vfs.FS.
func (v *View) Open(name string) (vfs.File, error) {
	f, ok := v.files[v.rel(name)]
	if !ok {
		return nil, absent("open", name)
	}
	return &handle{SectionReader: io.NewSectionReader(f.File, 0, f.size), name: name}, nil
}

// List implements vfs.FS.
func (v *View) List(dir string) ([]vfs.Info, error) {
	rel := v.rel(dir)
	infos, ok := v.names[rel]
	if !ok {
		return nil, absent("list", dir)
	}
	infos = slices.Clone(infos)
	for i := range infos {
		if f, ok := v.files[filepath.Join(rel, infos[i].Name)]; ok {
			infos[i].SizeBytes = f.size
		}
	}
	return infos, nil
}

// Stat implements vfs.FS.
func (v *View) Stat(name string) (vfs.Info, error) {
	rel := v.rel(name)
	if rel == "" {
		return vfs.Info{Name: filepath.Base(name), Dir: true}, nil
	}
	infos, err := v.List(filepath.Dir(name))
	if err != nil {
		return vfs.Info{}, err
	}
	for _, i := range infos {
		if i.Name == filepath.Base(name) {
			return i, nil
		}
	}
	return vfs.Info{}, absent("stat", name)
}

// The rest of vfs.FS changes something, and is refused.

func (v *View) Create(name string) (vfs.File, error) { return nil, refused("create", name) }
func (v *View) Append(name string) (vfs.File, error) { return nil, refused("append", name) }
func (v *View) Rename(oldName, _ string) error       { return refused("rename", oldName) }
func (v *View) Remove(name string) error             { return refused("remove", name) }
func (v *View) RemoveAll(name string) error          { return refused("remove", name) }
func (v *View) MkdirAll(name string) error           { return refused("mkdir", name) }
func (v *View) Link(oldName, _ string) error         { return refused("link", oldName) }
func (v *View) SyncDir(name string) error            { return refused("sync", name) }
func (v *View) Lock(name string) (io.Closer, error)  { return nil, refused("lock", name) }
func (v *View) Free(string) (free uint64, err error) { return 0, nil }

// Capacity implements vfs.FS.
func (v *View) Capacity(string) (bytes uint64, err error) { return 0, nil }

// handle is a file of a view, opened.
type handle struct {
	*io.SectionReader
	name string
}

func (h *handle) Size() (int64, error)      { return h.SectionReader.Size(), nil }
func (h *handle) Name() string              { return h.name }
func (h *handle) Close() error              { return nil }
func (h *handle) Write([]byte) (int, error) { return 0, refused("write", h.name) }
func (h *handle) Sync() error               { return refused("sync", h.name) }
func (h *handle) Truncate(int64) error      { return refused("truncate", h.name) }

// withoutRefusals passes a log on, but for what the engine tells of a view being
// read-only, which is no news.
type withoutRefusals struct{ slog.Handler }

func (h withoutRefusals) Handle(ctx context.Context, r slog.Record) error {
	refusal := false
	r.Attrs(func(a slog.Attr) bool {
		err, ok := a.Value.Any().(error)
		refusal = refusal || ok && (errors.Is(err, storage.ErrReadOnly) || errors.Is(err, syscall.EROFS))
		return true
	})
	if refusal {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

func (h withoutRefusals) WithAttrs(a []slog.Attr) slog.Handler {
	return withoutRefusals{h.Handler.WithAttrs(a)}
}

func (h withoutRefusals) WithGroup(name string) slog.Handler {
	return withoutRefusals{h.Handler.WithGroup(name)}
}
