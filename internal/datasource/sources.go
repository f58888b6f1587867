package datasource

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"monopod/internal/events"
)

// Options is what Sources is told.
type Options struct {
	Store  *Store
	Kinds  []Kind
	Logger *slog.Logger
	// Events learn of changes; nil: nobody does.
	Events *events.Hub
	// Local asks Monopod itself, and Grafana is the connection behind "-- Grafana --".
	// They are not closed.
	Local, Grafana Connection
	// LocalInterval is the scrape interval that Monopod uses, as text; nil: 15s.
	LocalInterval func() string
	Environment   Environment
}

// Sources are all data sources: those of the store and the built-in ones. Its
// methods may be called from many goroutines.
type Sources struct {
	options Options
	kinds   map[string]Kind
	mu      struct {
		sync.Mutex
		open   map[string]*opened // by uid
		closed bool
	}
}

// opened is a connection with the version of the source that it was made of.
type opened struct {
	source Source
	Connection
	slots chan struct{} // one for each query that may run
}

// New makes the set of sources.
func New(o Options) *Sources {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Environment.Guard == nil {
		o.Environment.Guard = &Guard{}
	}
	if o.Environment.Limits == (Limits{}) {
		o.Environment.Limits = DefaultLimits()
	}
	s := &Sources{options: o, kinds: map[string]Kind{}}
	for _, k := range o.Kinds {
		for _, t := range k.Types() {
			s.kinds[t] = k
		}
	}
	s.mu.open = map[string]*opened{}
	return s
}

// local describes Monopod itself.
func (s *Sources) local(isDefault bool) Source {
	interval := "15s"
	if s.options.LocalInterval != nil {
		interval = s.options.LocalInterval()
	}
	text, _ := json.Marshal(map[string]any{"timeInterval": interval, "httpMethod": "POST"}) //nolint:errcheck // strings
	return Source{
		ID: 1, UID: LocalUID, Name: LocalName, Type: TypePrometheus, Access: "proxy", IsDefault: isDefault, Options: text, ReadOnly: true, Version: 1,
	}
}

// List returns the sources that users see, Monopod first, then by name.
func (s *Sources) List(ctx context.Context) ([]Source, error) {
	stored, err := s.options.Store.List(ctx)
	if err != nil {
		return nil, err
	}
	own := !slices.ContainsFunc(stored, func(d Source) bool { return d.IsDefault })
	return append([]Source{s.local(own)}, stored...), nil
}

// Get returns a source by its uid.
func (s *Sources) Get(ctx context.Context, uid string) (Source, error) {
	return s.find(ctx, func(d Source) bool { return d.UID == uid })
}

// ByName returns a source by its name.
func (s *Sources) ByName(ctx context.Context, name string) (Source, error) {
	return s.find(ctx, func(d Source) bool { return d.Name == name })
}

// ByID returns a source by its number.
func (s *Sources) ByID(ctx context.Context, id int64) (Source, error) {
	return s.find(ctx, func(d Source) bool { return d.ID == id })
}

func (s *Sources) find(ctx context.Context, is func(Source) bool) (Source, error) {
	list, err := s.List(ctx)
	if err != nil {
		return Source{}, err
	}
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], nil
	}
	return Source{}, ErrNotFound
}

// Create adds a source.
func (s *Sources) Create(ctx context.Context, c Change) (Source, error) {
	d, err := s.options.Store.Create(ctx, c)
	s.changed(err, d.UID)
	return d, err
}

// Update replaces a source.
func (s *Sources) Update(ctx context.Context, uid string, c Change) (Source, error) {
	if uid == LocalUID {
		return Source{}, ErrReadOnly
	}
	d, err := s.options.Store.Update(ctx, uid, c)
	s.changed(err, uid, d.UID)
	return d, err
}

// Delete removes a source.
func (s *Sources) Delete(ctx context.Context, uid string) (Source, error) {
	if uid == LocalUID {
		return Source{}, ErrReadOnly
	}
	d, err := s.options.Store.Delete(ctx, uid, false)
	s.changed(err, uid)
	return d, err
}

// Provision makes the source with the name of the change what the change says:
// it creates it, replaces it, or leaves it where nothing differs.
func (s *Sources) Provision(ctx context.Context, c Change) (Source, error) {
	c.Provisioned = true
	stored, err := s.options.Store.List(ctx)
	if err != nil {
		return Source{}, err
	}
	same := func(d Source) bool { return d.Name == c.Name }
	if c.UID != "" && slices.ContainsFunc(stored, func(d Source) bool { return d.UID == c.UID }) {
		same = func(d Source) bool { return d.UID == c.UID }
	}
	i := slices.IndexFunc(stored, same)
	if i < 0 {
		return s.Create(ctx, c)
	}
	if c.UID == "" {
		c.UID = stored[i].UID
	}
	d, err := s.options.Store.Update(ctx, stored[i].UID, c)
	if err != nil || d.Version != stored[i].Version {
		s.changed(err, stored[i].UID, d.UID)
	}
	return d, err
}

// Unprovision removes a source by name, whoever made it; one that is not there
// is no error.
func (s *Sources) Unprovision(ctx context.Context, name string) error {
	d, err := s.ByName(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if d.UID == LocalUID {
		return ErrReadOnly
	}
	_, err = s.options.Store.Delete(ctx, d.UID, true)
	s.changed(err, d.UID)
	return err
}

// changed drops the connections of sources that changed.
func (s *Sources) changed(err error, uids ...string) {
	if err != nil {
		return
	}
	s.mu.Lock()
	var old []*opened
	for _, uid := range uids {
		if c := s.mu.open[uid]; c != nil {
			old = append(old, c)
			delete(s.mu.open, uid)
		}
	}
	s.mu.Unlock()
	for _, c := range old {
		s.close(c)
	}
	s.options.Events.Publish(events.DataSourcesChanged, struct{}{})
}

func (s *Sources) close(c *opened) {
	if err := c.Connection.Close(); err != nil {
		s.options.Logger.Warn("A connection to a data source did not close well", "source", c.source.Name, "err", err)
	}
}

// Close closes all connections. Queries after it fail.
func (s *Sources) Close() error {
	s.mu.Lock()
	open := s.mu.open
	s.mu.open, s.mu.closed = map[string]*opened{}, true
	s.mu.Unlock()
	for _, c := range open {
		s.close(c)
	}
	return nil
}

// Connect returns the connection to a source. It stays open; nobody closes it
// but Sources.
func (s *Sources) Connect(ctx context.Context, source Source) (Connection, error) {
	switch source.UID {
	case LocalUID:
		return s.options.Local, nil
	case GrafanaUID:
		return s.options.Grafana, nil
	}
	s.mu.Lock()
	if c := s.mu.open[source.UID]; c != nil && c.source.Version == source.Version {
		s.mu.Unlock()
		return c, nil
	}
	s.mu.Unlock()
	settings, err := s.options.Store.Settings(ctx, source.UID)
	if err != nil {
		return nil, Explain(source, err)
	}
	c, err := s.dial(settings)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.closed {
		s.close(c)
		return nil, &Error{Reason: Canceled, Source: source.Name, Message: "Monopod is stopping"}
	}
	if other := s.mu.open[source.UID]; other != nil {
		if other.source.Version >= c.source.Version {
			s.close(c)
			return other, nil
		}
		s.close(other)
	}
	s.mu.open[source.UID] = c
	return c, nil
}

func (s *Sources) dial(settings Settings) (*opened, error) {
	kind := s.kinds[CanonicalType(settings.Type)]
	if kind == nil {
		return nil, &Error{
			Reason: Misconfigured, Source: settings.Name, Message: fmt.Sprintf("Monopod cannot ask data sources of type %q", settings.Type),
			Hint: "it knows " + strings.Join(s.Types(), ", "),
		}
	}
	connection, err := kind.Open(settings, s.options.Environment)
	if err != nil {
		return nil, Explain(settings.Source, err)
	}
	limit := s.options.Environment.Limits.Concurrency
	var o httpOptions
	if err := settings.Decode(&o); err == nil && o.MaxConcurrent > 0 {
		limit = min(o.MaxConcurrent, 100)
	}
	return &opened{settings.Source, connection, make(chan struct{}, limit)}, nil
}

// Types are those of the kinds, in order.
func (s *Sources) Types() []string {
	var list []string
	for t := range s.kinds {
		list = append(list, t)
	}
	slices.Sort(list)
	return list
}

// Settings opens the secrets of a source, for who forwards requests to it.
func (s *Sources) Settings(ctx context.Context, source Source) (Settings, error) {
	return s.options.Store.Settings(ctx, source.UID)
}

// Environment is what connections are made with.
func (s *Sources) Environment() Environment { return s.options.Environment }

// Try checks settings that are not stored, with the stored secrets for those that
// are not given.
func (s *Sources) Try(ctx context.Context, settings Settings) (string, error) {
	c, err := s.dial(settings)
	if err != nil {
		return "", err
	}
	defer s.close(c)
	return c.Check(ctx)
}

func (c *opened) wait(ctx context.Context) (func(), error) {
	select {
	case c.slots <- struct{}{}:
		return func() { <-c.slots }, nil
	case <-ctx.Done():
		return nil, Explain(c.source, ctx.Err())
	}
}

func (c *opened) Query(ctx context.Context, q Query) (Answer, error) {
	free, err := c.wait(ctx)
	if err != nil {
		return Answer{}, err
	}
	defer free()
	a, err := c.Connection.Query(ctx, q)
	return a, Explain(c.source, err)
}

func (c *opened) Values(ctx context.Context, q Query) ([]Choice, error) {
	free, err := c.wait(ctx)
	if err != nil {
		return nil, err
	}
	defer free()
	list, err := c.Connection.Values(ctx, q)
	return list, Explain(c.source, err)
}

func (c *opened) Check(ctx context.Context) (string, error) {
	free, err := c.wait(ctx)
	if err != nil {
		return "", err
	}
	defer free()
	text, err := c.Connection.Check(ctx)
	return text, Explain(c.source, err)
}

// Key is that of the connection, if it has one.
func (c *opened) Key(q Query) string {
	if k, ok := c.Connection.(Keyer); ok {
		return k.Key(q)
	}
	return ""
}

// Release ends the provisioning of a source, which stays as one that people may
// change and delete.
func (s *Sources) Release(ctx context.Context, uid string) error {
	settings, err := s.options.Store.Settings(ctx, uid)
	if err != nil {
		return err
	}
	c := Change{Source: settings.Source, Secrets: settings.Secrets, Provisioned: true}
	c.ReadOnly, c.Provider = false, ""
	_, err = s.options.Store.Update(ctx, uid, c)
	s.changed(err, uid)
	return err
}
