package inspect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"slices"
	"strconv"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb"
	"monopod/internal/tsdb/index"
	"monopod/internal/vfs"
)

const tombstonesVersion = 1

// tombstone is a deletion, as far as it is of the head.
type tombstone struct {
	Matchers []struct {
		Type, Name, Value string
	} `json:"matchers"`
	MinT int64 `json:"mint"`
	MaxT int64 `json:"maxt"`
	// Head is the last timestamp of each group that was deleted.
	Head map[string]int64 `json:"head"`

	matchers []*labels.Matcher
}

// matcherTypes are the signs of the types.
var matcherTypes = map[string]labels.MatchType{
	"=": labels.MatchEqual, "!=": labels.MatchNotEqual, "=~": labels.MatchRegexp, "!~": labels.MatchNotRegexp,
}

// readTombstones reads the file of tombstones; without one there are none.
func readTombstones(fsys vfs.FS, name string) ([]tombstone, error) {
	b, err := vfs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = verifyTombstones(b)
	}
	if err != nil {
		return nil, err
	}
	_, body, _ := bytes.Cut(b, []byte("\n"))
	var list []tombstone
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, err
	}
	for i := range list {
		for _, m := range list[i].Matchers {
			kind, ok := matcherTypes[m.Type]
			if !ok {
				return nil, fmt.Errorf("matcher of type %q", m.Type)
			}
			matcher, err := labels.NewMatcher(kind, m.Name, m.Value)
			if err != nil {
				return nil, err
			}
			list[i].matchers = append(list[i].matchers, matcher)
		}
	}
	return list, nil
}

// deleted tells whether a sample of a group of the head was deleted.
func (r *repairer) deleted(g index.GroupID, ls labels.Labels, t int64) bool {
	for i := range r.stones {
		x := &r.stones[i]
		last, ok := x.Head[strconv.FormatUint(uint64(g), 10)]
		if !ok || t < x.MinT || t > min(x.MaxT, last) {
			continue
		}
		if !slices.ContainsFunc(x.matchers, func(m *labels.Matcher) bool { return !m.Matches(ls.Get(m.Name)) }) {
			return true
		}
	}
	return false
}

// verifyTombstones checks the file of tombstones: a line that has a version and
// the checksum of version and JSON, and the JSON.
func verifyTombstones(b []byte) error {
	line, body, _ := bytes.Cut(b, []byte("\n"))
	body = bytes.TrimSuffix(body, []byte("\n"))
	var version int
	var sum uint32
	if n, err := fmt.Sscanf(string(line), "monopod-tombstones %d %x", &version, &sum); n != 2 || err != nil {
		return errors.New("the first line is none of tombstones")
	}
	if crc32.Update(crc32.Checksum(strconv.AppendInt(nil, int64(version), 10), castagnoli), castagnoli, body) != sum {
		return errors.New("tombstones do not match their checksum")
	}
	if version != tombstonesVersion {
		return fmt.Errorf("%w %d of tombstones; use the version of Monopod that wrote them", tsdb.ErrVersion, version)
	}
	if !json.Valid(body) {
		return errors.New("tombstones are no JSON")
	}
	return nil
}
