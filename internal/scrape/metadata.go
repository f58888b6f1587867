package scrape

import (
	"sync"

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
		scrape   uint64 // counts the bodies whose metadata was read
		families map[string]*family
		gone     bool // some families were not in the last body
	}
}

type family struct {
	Metadata
	seen uint64
}

const metadataScrapes = 10

func newMetadata() *metadata {
	m := &metadata{}
	m.mu.families = map[string]*family{}
	return m
}

func (m *metadata) familyLocked(name []byte) *family {
	f, ok := m.mu.families[string(name)]
	if !ok {
		f = &family{Metadata: Metadata{Family: string(name), Type: model.MetricTypeUnknown}}
		m.mu.families[f.Family] = f
	}
	f.seen = m.mu.scrape
	return f
}

func (m *metadata) setType(name []byte, t model.MetricType) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.familyLocked(name).Type = t
}

func (m *metadata) setHelp(name, help []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f := m.familyLocked(name); f.Help != string(help) {
		f.Help = string(help)
	}
}

func (m *metadata) setUnit(name, unit []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f := m.familyLocked(name); f.Unit != string(unit) {
		f.Unit = string(unit)
	}
}

// done ends a body whose metadata was read as a whole.
func (m *metadata) done() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mu.gone = false
	for name, f := range m.mu.families {
		switch {
		case m.mu.scrape-f.seen > metadataScrapes:
			delete(m.mu.families, name)
		case f.seen != m.mu.scrape:
			m.mu.gone = true
		}
	}
	m.mu.scrape++
}

// repeat ends a body that has the metadata of the body before, and perhaps more.
// It costs nothing where there is no more and no family is on its way out.
func (m *metadata) repeat(more bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.mu.gone && !more {
		return
	}
	m.mu.gone = false
	for name, f := range m.mu.families {
		switch {
		case m.mu.scrape-f.seen <= 1:
			f.seen = m.mu.scrape
		case m.mu.scrape-f.seen > metadataScrapes:
			delete(m.mu.families, name)
		default:
			m.mu.gone = true
		}
	}
	m.mu.scrape++
}

func (m *metadata) get(name string) (Metadata, bool) {
	if m == nil {
		return Metadata{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.mu.families[name]
	if !ok {
		return Metadata{}, false
	}
	return f.Metadata, true
}

func (m *metadata) list() []Metadata {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]Metadata, 0, len(m.mu.families))
	for _, f := range m.mu.families {
		out = append(out, f.Metadata)
	}
	return out
}

// size is how many families there are and the bytes of their texts.
func (m *metadata) size() (families, sizeBytes int) {
	if m == nil {
		return 0, 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range m.mu.families {
		sizeBytes += len(f.Help) + len(f.Unit) + len(f.Type)
	}
	return len(m.mu.families), sizeBytes
}
