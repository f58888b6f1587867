package block

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/oklog/ulid/v2"
)

// OpenSalvage opens a block for what can still be read of it. Where its meta.json
// is damaged, the meta has its name and the numbers of its groups and metrics, and
// nothing else.
func (s *Shared) OpenSalvage(dir string) (*Reader, error) {
	r := &Reader{shared: s, dir: dir}
	err := r.open()
	if (errors.Is(err, ErrCorrupt) || errors.Is(err, fs.ErrNotExist)) && r.index.File == nil {
		name, _, _ := strings.Cut(filepath.Base(dir), ".")
		id, iderr := ulid.ParseStrict(name)
		if iderr != nil {
			return nil, fmt.Errorf("open block %s: %w", dir, err)
		}
		if err = r.openFiles(); err == nil {
			r.meta = Meta{Version: metaVersion, ULID: id, Stats: Stats{Groups: r.toc.groups, Metrics: r.toc.metrics}}
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open block %s: %w", dir, err), r.Close())
	}
	return r, nil
}
