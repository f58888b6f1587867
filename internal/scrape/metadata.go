package scrape

import (
	"slices"
	"strings"
	"sync"
	"unique"

	"github.com/prometheus/common/model"
)

// Metadata is what a target says about a metric family.
type Metadata struct {
	Family string
	Type   model.MetricType
	Help   string
	Unit   string
}

// metadata is what a target said about its families. It outlives a family's last
// appearance by metadataScrapes scrapes.
type metadata struct {
	mu struct {
		sync.Mutex
		scrape   uint64   // counts the bodies whose metadata was read
		families []family // by name
		last     int      // that was searched
		// fresh are families that the last bodies began to tell of; they join the
		// others when a body is done.
		fresh map[string]*freshFamily
		gone  bool // some families were not in the last body
	}
}

// family is a family of one target. What is said of it, other targets say too.
type family struct {
	said unique.Handle[Metadata]
	seen uint64
}

type freshFamily struct {
	Metadata
	seen uint64
}

const metadataScrapes = 10

func newMetadata() *metadata { return &metadata{} }

// searchLocked returns where the family is, or where it would be. Bodies name
// their families several times, and mostly in order.
func (m *metadata) searchLocked(name []byte) (int, bool) {
	from, to := 0, len(m.mu.families)
	for i := m.mu.last; i < min(m.mu.last+2, to); i++ {
		if m.mu.families[i].said.Value().Family == string(name) {
			m.mu.last = i
			return i, true
		}
	}
	for from < to {
		mid := (from + to) / 2
		if m.mu.families[mid].said.Value().Family < string(name) {
			from = mid + 1
		} else {
			to = mid
		}
	}
	m.mu.last = from
	return from, from < len(m.mu.families) && m.mu.families[from].said.Value().Family == string(name)
}

// knownLocked returns the family, which is in the body, or nil where it is fresh.
func (m *metadata) knownLocked(name []byte) *family {
	i, ok := m.searchLocked(name)
	if !ok {
		return nil
	}
	f := &m.mu.families[i]
	f.seen = m.mu.scrape
	return f
}

// freshLocked returns a family that is not among the families, and is in the body.
func (m *metadata) freshLocked(name []byte) *freshFamily {
	f, ok := m.mu.fresh[string(name)]
	if !ok {
		if m.mu.fresh == nil {
			m.mu.fresh = map[string]*freshFamily{}
		}
		f = &freshFamily{Metadata: Metadata{Family: string(name), Type: model.MetricTypeUnknown}}
		m.mu.fresh[f.Family] = f
	}
	f.seen = m.mu.scrape
	return f
}

func (m *metadata) setType(name []byte, t model.MetricType) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.knownLocked(name)
	if f == nil {
		m.freshLocked(name).Type = t
	} else if d := f.said.Value(); d.Type != t {
		d.Type = t
		f.said = unique.Make(d)
	}
}

func (m *metadata) setHelp(name, help []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.knownLocked(name)
	if f == nil {
		m.freshLocked(name).Help = string(help)
	} else if d := f.said.Value(); d.Help != string(help) {
		d.Help = string(help)
		f.said = unique.Make(d)
	}
}

func (m *metadata) setUnit(name, unit []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.knownLocked(name)
	if f == nil {
		m.freshLocked(name).Unit = string(unit)
	} else if d := f.said.Value(); d.Unit != string(unit) {
		d.Unit = string(unit)
		f.said = unique.Make(d)
	}
}

// done ends a body whose metadata was read as a whole.
func (m *metadata) done() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.endLocked()
}

// repeat ends a body that has the metadata of the body before, and perhaps more.
// It costs nothing where there is no more and no family is on its way out.
func (m *metadata) repeat(more bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.mu.gone && !more {
		return
	}
	for i := range m.mu.families {
		if f := &m.mu.families[i]; m.mu.scrape-f.seen <= 1 {
			f.seen = m.mu.scrape
		}
	}
	for _, f := range m.mu.fresh {
		f.seen = m.mu.scrape
	}
	m.endLocked()
}

func (m *metadata) endLocked() {
	kept := m.mu.families
	if len(m.mu.fresh) > 0 {
		kept = make([]family, 0, len(m.mu.families)+len(m.mu.fresh))
		kept = append(kept, m.mu.families...)
		for _, f := range m.mu.fresh {
			kept = append(kept, family{unique.Make(f.Metadata), f.seen})
		}
		slices.SortFunc(kept, func(a, b family) int {
			return strings.Compare(a.said.Value().Family, b.said.Value().Family)
		})
		m.mu.fresh = nil
	}
	kept = slices.DeleteFunc(kept, func(f family) bool { return m.mu.scrape-f.seen > metadataScrapes })
	m.mu.families = kept
	m.mu.gone = slices.ContainsFunc(kept, func(f family) bool { return f.seen != m.mu.scrape })
	m.mu.scrape++
}

func (m *metadata) get(name string) (Metadata, bool) {
	if m == nil {
		return Metadata{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if i, ok := m.searchLocked([]byte(name)); ok {
		return m.mu.families[i].said.Value(), true
	}
	if f, ok := m.mu.fresh[name]; ok {
		return f.Metadata, true
	}
	return Metadata{}, false
}

// list returns all families, in no order.
func (m *metadata) list() []Metadata {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]Metadata, 0, len(m.mu.families)+len(m.mu.fresh))
	for _, f := range m.mu.families {
		out = append(out, f.said.Value())
	}
	for _, f := range m.mu.fresh {
		out = append(out, f.Metadata)
	}
	return out
}

// size is how many families there are and the bytes of their texts.
func (m *metadata) size() (families, sizeBytes int) {
	all := m.list()
	for i := range all {
		sizeBytes += len(all[i].Help) + len(all[i].Unit) + len(all[i].Type)
	}
	return len(all), sizeBytes
}
