package inspect

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"monopod/internal/tsdb"
	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cache"
	"monopod/internal/vfs"
)

const headExtension = ".chunks"

// Checked is how much a check has read.
type Checked struct {
	Bytes   int64
	Chunks  int
	Columns int
	Samples int64
}

// Check reads all of a view: every checksum must match, every chunk and page
// decode, and what they refer to be there. It returns the damage, in order. An
// error is why the check could not be done; one that is tsdb.ErrVersion or
// block.ErrVersion means that a later version of the program is needed.
func Check(ctx context.Context, v *View) ([]Damage, Checked, error) {
	c := checker{ctx: ctx, v: v}
	if err := c.run(); err != nil {
		return nil, c.done, fmt.Errorf("check %s: %w", v.dir, err)
	}
	slices.SortFunc(c.damage, compareDamage)
	return c.damage, c.done, nil
}

type checker struct {
	ctx    context.Context
	v      *View
	defs   *definitions
	damage []Damage
	done   Checked
}

func (c *checker) found(d ...Damage) { c.damage = append(c.damage, d...) }

func (c *checker) run() error {
	catalog, log, err := c.v.readLogs()
	if err != nil {
		return err
	}
	c.defs = catalog.defs
	c.found(append(catalog.damage, log.damage...)...)
	c.done.Bytes += catalog.report.Bytes + log.report.Bytes
	for _, i := range c.v.names[headDir] {
		if strings.HasSuffix(i.Name, headExtension) {
			if err := c.headFile(filepath.Join(headDir, i.Name)); err != nil {
				return err
			}
		}
	}
	for _, name := range c.v.blocks() {
		if err := c.block(filepath.Join(blocksDir, name)); err != nil {
			return err
		}
	}
	return c.tombstones()
}

func chunkDamage(rel string, c *chunk, g *groupDefinition) Damage {
	d := Damage{Part: "head", Path: rel, Offset: c.offset, Bytes: int64(c.size)}
	if len(c.times) > 0 {
		d.Lost = fmt.Sprintf("%d rows from %s to %s", len(c.times), timeText(c.times[0]), timeText(c.times[len(c.times)-1]))
	}
	switch {
	case c.malformed != nil:
		d.Reason = c.malformed.Error()
		if g != nil {
			d.Lost += " of group " + g.base.String()
		}
	case g == nil:
		d.Reason = fmt.Sprintf("chunk of group %d, which is not in the catalog", c.group)
	}
	return d
}

// stretches is the damage that the scanner has skipped.
func (s *chunkScanner) stretches(rel string) []Damage {
	var out []Damage
	for _, x := range s.damage {
		out = append(out, Damage{Part: "head", Path: rel, Offset: x.offset, Bytes: x.bytes, Reason: "no chunk whose head matches its checksum", Lost: "rows that the log does not have"})
	}
	return out
}

func (c *checker) headFile(rel string) error {
	file, err := c.v.Open(filepath.Join(c.v.dir, rel))
	if err != nil {
		return err
	}
	s := chunkScanner{file: file, size: c.v.size(rel)}
	c.done.Bytes += s.size
	for {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		chunk, err := s.next()
		if err != nil {
			return fmt.Errorf("%s: %w", rel, err)
		}
		if chunk == nil {
			break
		}
		c.done.Chunks++
		g := c.defs.groups[chunk.group]
		if chunk.malformed = chunk.verify(); chunk.malformed == nil && g != nil {
			if n := len(chunk.columns); n > 0 && chunk.columns[n-1] >= len(g.columns) {
				chunk.malformed = fmt.Errorf("column %d of a group that has %d in the catalog", chunk.columns[n-1], len(g.columns))
			}
		}
		if chunk.malformed != nil || g == nil {
			c.found(chunkDamage(rel, chunk, g))
		}
	}
	c.found(s.stretches(rel)...)
	return nil
}

// openBlock opens a block of the view; done closes it.
func (v *View) openBlock(rel string, cacheBytes int64) (b *block.Reader, done func(), err error) {
	id := uint64(0)
	shared, err := block.NewShared(v, cache.New(cacheBytes), func() uint64 { id++; return id })
	if err != nil {
		return nil, nil, err
	}
	if b, err = shared.Open(filepath.Join(v.dir, rel)); err != nil {
		shared.Close()
		return nil, nil, err
	}
	return b, func() {
		_ = b.Close() // handles of a view have nothing to close
		shared.Close()
	}, nil
}

func (c *checker) block(rel string) error {
	b, done, err := c.v.openBlock(rel, 32<<20)
	if errors.Is(err, block.ErrVersion) {
		return err
	}
	if err != nil {
		c.found(Damage{Part: "block", Path: rel, Reason: told(err.Error(), filepath.Join(c.v.dir, rel)), Lost: "all of the block"})
		return nil
	}
	defer done()
	c.done.Bytes += c.v.size(filepath.Join(rel, "data")) + c.v.size(filepath.Join(rel, "index"))
	x := blockCheck{checker: c, b: b, rel: rel, reasons: map[string]int{}}
	if err := x.run(); err != nil {
		return err
	}
	x.report()
	return nil
}

// told is a message about a block without its directory, which stands beside it.
func told(reason, dir string) string {
	for _, s := range []string{"open block " + dir + ": ", "read block " + dir + ": ", " of block " + dir} {
		reason = strings.ReplaceAll(reason, s, "")
	}
	return reason
}

func (c *checker) tombstones() error {
	b, err := vfs.ReadFile(c.v, filepath.Join(c.v.dir, tombstonesFile))
	if err != nil {
		return nil // there are none
	}
	c.done.Bytes += int64(len(b))
	err = verifyTombstones(b)
	if errors.Is(err, tsdb.ErrVersion) {
		return err
	}
	if err != nil {
		c.found(Damage{Part: "tombstones", Path: tombstonesFile, Bytes: int64(len(b)), Reason: err.Error(), Lost: "which series were deleted: they are there again"})
	}
	return nil
}

// blockCheck reads all of a block.
type blockCheck struct {
	*checker
	b       *block.Reader
	rel     string
	reasons map[string]int // what was lost for each
	order   []string
}

func (x *blockCheck) bad(err error) {
	reason := err.Error()
	if x.reasons[reason]++; x.reasons[reason] == 1 {
		x.order = append(x.order, reason)
	}
}

func (x *blockCheck) report() {
	const shown = 100
	for i, reason := range x.order {
		if i == shown {
			x.found(Damage{Part: "block", Path: x.rel, Reason: fmt.Sprintf("and %d places more", len(x.order)-shown)})
			break
		}
		lost := ""
		if n := x.reasons[reason]; n > 1 {
			lost = fmt.Sprintf("%d pieces", n)
		}
		x.found(Damage{Part: "block", Path: x.rel, Reason: told(reason, x.b.Dir()), Lost: lost})
	}
}

// run reads every section of the index, then every page.
func (x *blockCheck) run() error {
	if _, err := x.b.Shapes(); err != nil {
		x.bad(err)
	}
	for _, name := range x.b.LabelNames() {
		if _, err := x.b.LabelValues(name); err != nil {
			x.bad(err)
		}
	}
	contents, err := readContents(x.ctx, x.b, x.bad)
	if err != nil {
		return err
	}
	before := len(x.order)
	samples, err := contents.readSamples(x.ctx, x.b, x.bad)
	if err != nil {
		return err
	}
	x.done.Samples += samples
	if m := x.b.Meta(); len(x.order) == before && before == 0 && uint64(samples) != m.Stats.Samples {
		x.bad(fmt.Errorf("%w: it holds %d samples, and its meta.json says %d", block.ErrCorrupt, samples, m.Stats.Samples))
	}
	data, err := x.v.Open(filepath.Join(x.v.dir, x.rel, "data"))
	if err == nil {
		err = x.beginning("index", indexMagic)
	}
	if err != nil {
		return err
	}
	err = pages(data, func(e pageEntry, cell []byte) error {
		x.done.Columns++
		return x.ctx.Err()
	})
	if x.ctx.Err() != nil {
		return x.ctx.Err()
	}
	if err != nil && len(x.order) == 0 {
		x.bad(fmt.Errorf("%w: %w", block.ErrPage, err))
	}
	return nil
}

// beginning checks the first bytes of a file, which no checksum covers.
func (x *blockCheck) beginning(name, magic string) error {
	f, err := x.v.Open(filepath.Join(x.v.dir, x.rel, name))
	if err != nil {
		return err
	}
	b := make([]byte, len(magic)+1)
	if _, err := f.ReadAt(b, 0); err != nil {
		return err
	}
	if version := b[len(magic)]; string(b[:len(magic)]) != magic || version < oldestBlock || version > newestBlock {
		x.bad(fmt.Errorf("%w: %s begins with %q", block.ErrCorrupt, name, b))
	}
	return nil
}
