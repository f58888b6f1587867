package tsdb

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/index"
	"monopod/internal/vfs"
)

// tombstone is a deletion: the samples of matching series within a time range
// that were stored when it was made. What is stored later is not deleted, so it
// names what there was: groups of the head, with the last timestamp of each, and
// blocks. A block that is made later is made without what was deleted.
type tombstone struct {
	matchers   []*labels.Matcher
	mint, maxt int64
	head       map[index.GroupID]int64
	blocks     map[ulid.ULID]bool
}

// matches tells whether a series is meant.
func (t *tombstone) matches(ls labels.Labels) bool {
	for _, m := range t.matchers {
		if !m.Matches(ls.Get(m.Name)) {
			return false
		}
	}
	return true
}

// in is the range that is deleted at a place; ok is false where nothing is.
func (t *tombstone) in(p *place) (iv interval, ok bool) {
	var id index.GroupID
	switch {
	case p.s != nil:
		id = p.s.set.id
	case p.g != nil:
		id = p.g.id
	default:
		m := p.block.Meta()
		iv = interval{t.mint, t.maxt}
		// Of aggregates go those whose windows have deleted samples.
		if r := m.Origin.Resolution; r > 0 && iv.maxt < math.MaxInt64-r {
			iv.maxt += r - 1
		}
		return iv, t.blocks[m.ULID]
	}
	last, ok := t.head[id]
	iv = interval{t.mint, min(t.maxt, last)}
	return iv, ok && iv.mint <= iv.maxt
}

// deletions is the tombstones that are in force. The slice does not change: a
// new one replaces it.
type deletions struct {
	mu   sync.RWMutex
	list []*tombstone
}

func (d *deletions) all() []*tombstone {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.list
}

// deletedAt returns what is deleted of a series at a place, sorted, without overlap.
func deletedAt(stones []*tombstone, ls labels.Labels, p *place) []interval {
	var out []interval
	for _, t := range stones {
		if iv, ok := t.in(p); ok && t.matches(ls) {
			out = append(out, iv)
		}
	}
	return mergeIntervals(out)
}

func mergeIntervals(in []interval) []interval {
	if len(in) < 2 {
		return in
	}
	slices.SortFunc(in, func(a, b interval) int {
		if a.mint < b.mint {
			return -1
		}
		return 1
	})
	out := in[:1]
	for _, iv := range in[1:] {
		if last := &out[len(out)-1]; iv.mint <= last.maxt || last.maxt != math.MaxInt64 && iv.mint == last.maxt+1 {
			last.maxt = max(last.maxt, iv.maxt)
		} else {
			out = append(out, iv)
		}
	}
	return out
}

// The file of tombstones is a line, and JSON:
//
//	monopod-tombstones VERSION CRC
//	[{"matchers": [{"type": "=~", "name": "job", "value": "x"}], "mint": 1, "maxt": 2,
//	  "head": {"GROUP": LAST}, "blocks": ["ULID"]}]
//
// CRC is the CRC-32C of VERSION and the JSON, in hexadecimal. It is replaced as a whole.
// Versions:
//
//	1: the first
const tombstoneVersion = 1

type tombstoneJSON struct {
	Matchers []matcherJSON    `json:"matchers"`
	MinT     int64            `json:"mint"`
	MaxT     int64            `json:"maxt"`
	Head     map[string]int64 `json:"head,omitempty"`
	Blocks   []ulid.ULID      `json:"blocks,omitempty"`
}

type matcherJSON struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

var matchTypes = map[string]labels.MatchType{
	"=": labels.MatchEqual, "!=": labels.MatchNotEqual, "=~": labels.MatchRegexp, "!~": labels.MatchNotRegexp,
}

func encodeTombstones(stones []*tombstone) ([]byte, error) {
	out := make([]tombstoneJSON, len(stones))
	for i, t := range stones {
		j := &out[i]
		j.MinT, j.MaxT = t.mint, t.maxt
		for _, m := range t.matchers {
			j.Matchers = append(j.Matchers, matcherJSON{m.Type.String(), m.Name, m.Value})
		}
		if len(t.head) > 0 {
			j.Head = map[string]int64{}
		}
		for g, last := range t.head {
			j.Head[strconv.FormatUint(uint64(g), 10)] = last
		}
		j.Blocks = slices.SortedFunc(maps.Keys(t.blocks), ulid.ULID.Compare)
	}
	b, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	head := fmt.Sprintf("monopod-tombstones %d %08x\n", tombstoneVersion, tombstoneSum(tombstoneVersion, b))
	return append([]byte(head), append(b, '\n')...), nil
}

func tombstoneSum(version int, body []byte) uint32 {
	return crc32.Update(crc32.Checksum(strconv.AppendInt(nil, int64(version), 10), castagnoli), castagnoli, body)
}

var errTombstones = errors.New("tombstones are damaged")

func decodeTombstones(b []byte) ([]*tombstone, error) {
	line, body, _ := bytes.Cut(b, []byte("\n"))
	body = bytes.TrimSuffix(body, []byte("\n"))
	var version int
	var sum uint32
	if n, err := fmt.Sscanf(string(line), "monopod-tombstones %d %x", &version, &sum); n != 2 || err != nil {
		return nil, fmt.Errorf("%w: first line", errTombstones)
	}
	if tombstoneSum(version, body) != sum {
		return nil, fmt.Errorf("%w: they do not match their checksum", errTombstones)
	}
	if version != tombstoneVersion {
		return nil, fmt.Errorf("%w %d of tombstones; this program knows %d, use a later one", ErrVersion, version, tombstoneVersion)
	}
	var in []tombstoneJSON
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, fmt.Errorf("%w: %w", errTombstones, err)
	}
	var out []*tombstone
	for _, j := range in {
		t := &tombstone{mint: j.MinT, maxt: j.MaxT, head: map[index.GroupID]int64{}, blocks: map[ulid.ULID]bool{}}
		for _, m := range j.Matchers {
			typ, ok := matchTypes[m.Type]
			if !ok {
				return nil, fmt.Errorf("%w: matcher %q", errTombstones, m.Type)
			}
			matcher, err := labels.NewMatcher(typ, m.Name, m.Value)
			if err != nil {
				return nil, fmt.Errorf("%w: %w", errTombstones, err)
			}
			t.matchers = append(t.matchers, matcher)
		}
		for g, last := range j.Head {
			id, err := strconv.ParseUint(g, 10, 32)
			if err != nil {
				return nil, fmt.Errorf("%w: %w", errTombstones, err)
			}
			t.head[index.GroupID(id)] = last
		}
		for _, id := range j.Blocks {
			t.blocks[id] = true
		}
		out = append(out, t)
	}
	return out, nil
}

func tombstonePath(dir string) string { return filepath.Join(dir, "tombstones") }

// loadTombstones reads what was deleted. A damaged file is put aside: what it
// deleted is there again, and the log says so.
func (db *DB) loadTombstones() error {
	path := tombstonePath(db.o.Dir)
	b, err := vfs.ReadFile(db.fsys, path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	list, err := decodeTombstones(b)
	if errors.Is(err, errTombstones) {
		db.renameBad("tombstones", path, err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	db.deletions.list = list
	return nil
}

// setTombstones makes a list durable, and then puts it in force. DB.upkeeping is
// held.
func (db *DB) setTombstones(list []*tombstone) error {
	if err := writeTombstones(db.fsys, db.o.Dir, list); err != nil {
		return refusal(err)
	}
	db.deletions.mu.Lock()
	db.deletions.list = list
	db.deletions.mu.Unlock()
	return nil
}

func writeTombstones(fsys vfs.FS, dir string, list []*tombstone) error {
	b, err := encodeTombstones(list)
	if err != nil {
		return err
	}
	return vfs.WriteFile(fsys, tombstonePath(dir), b)
}
