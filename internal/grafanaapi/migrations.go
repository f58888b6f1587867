package grafanaapi

import (
	"container/list"
	"encoding/json"
	"sync"

	"monopod/internal/dashboard"
	"monopod/internal/dashboard/store"
)

const (
	// maxMigratedBytes bounds what is kept of migrated dashboards.
	maxMigratedBytes = 8 << 20
	// largeBytes is where a dashboard takes so much memory while it is read, many
	// times its size, that one is read at a time.
	largeBytes = 1 << 20
)

// migration is a dashboard as it is drawn, and how well.
type migration struct {
	dashboard json.RawMessage
	verdicts  []dashboard.Verdict
}

// migrations keeps the dashboards that were read last in their migrated form, by
// the checksum of the source.
type migrations struct {
	migrator dashboard.Migrator
	large    sync.Mutex // held while a large dashboard is worked on
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

// begin waits until a dashboard of the size may be worked on; what it returns ends
// the work.
func (c *migrations) begin(size int) (end func()) {
	if size < largeBytes {
		return func() {}
	}
	c.large.Lock()
	return c.large.Unlock
}

// check tells whether a source could be opened again.
func (c *migrations) check(source []byte) error {
	defer c.begin(len(source))()
	_, err := dashboard.Summarize(source)
	return err
}

// migrate migrates a source that need not be remembered.
func (c *migrations) migrate(source []byte) (*dashboard.Migrated, error) {
	defer c.begin(len(source))()
	return c.migrator.Migrate(source)
}

// apply carries what was edited over to the source.
func (c *migrations) apply(source, edited []byte) ([]byte, error) {
	defer c.begin(len(source) + len(edited))()
	return c.migrator.Apply(source, edited)
}

// compare tells the differences in meaning and in text.
func (c *migrations) compare(a, b []byte, nameA, nameB string) ([]dashboard.Change, string, error) {
	defer c.begin(len(a) + len(b))()
	changes, err := dashboard.Diff(a, b)
	if err != nil {
		return nil, "", err
	}
	return changes, dashboard.UnifiedDiff(a, b, nameA, nameB), nil
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
	m, err := c.migrate(source)
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
