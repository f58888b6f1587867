package grafanaapi

import (
	"container/list"
	"encoding/json"
	"sync"

	"monopod/internal/dashboard"
	"monopod/internal/dashboard/store"
)

// maxMigratedBytes bounds what is kept of migrated dashboards.
const maxMigratedBytes = 8 << 20

// migration is a dashboard as it is drawn, and how well.
type migration struct {
	dashboard json.RawMessage
	verdicts  []dashboard.Verdict
}

// migrations keeps the dashboards that were read last in their migrated form, by
// the checksum of the source.
type migrations struct {
	migrator dashboard.Migrator
	mu       struct {
		sync.Mutex
		bytes   int
		entries map[string]*list.Element
		recent  list.List // of *kept, the latest first
		// era counts how often all was forgotten.
		era int
	}
}

type kept struct {
	checksum string
	migration
}

func newMigrations(m dashboard.Migrator) *migrations {
	c := &migrations{migrator: m}
	c.mu.entries = map[string]*list.Element{}
	return c
}

// forget drops everything: what migrations depend on beside the source is another.
func (c *migrations) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.recent.Init()
	clear(c.mu.entries)
	c.mu.bytes = 0
	c.mu.era++
}

// of migrates a source, or remembers what came out the last time.
func (c *migrations) of(source []byte) (migration, error) {
	checksum := store.Checksum(source)
	c.mu.Lock()
	era := c.mu.era
	if e, ok := c.mu.entries[checksum]; ok {
		c.mu.recent.MoveToFront(e)
		c.mu.Unlock()
		return e.Value.(*kept).migration, nil
	}
	c.mu.Unlock()
	m, err := c.migrator.Migrate(source)
	if err != nil {
		return migration{}, err
	}
	out := migration{m.Dashboard, m.Verdicts}
	if out.verdicts == nil {
		out.verdicts = []dashboard.Verdict{}
	}
	c.keep(&kept{checksum, out}, era)
	return out, nil
}

func (c *migrations) keep(k *kept, era int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.mu.entries[k.checksum]; ok || era != c.mu.era || len(k.dashboard) > maxMigratedBytes {
		return
	}
	c.mu.entries[k.checksum] = c.mu.recent.PushFront(k)
	c.mu.bytes += len(k.dashboard)
	for c.mu.bytes > maxMigratedBytes {
		last := c.mu.recent.Back()
		old := c.mu.recent.Remove(last).(*kept)
		delete(c.mu.entries, old.checksum)
		c.mu.bytes -= len(old.dashboard)
	}
}
