package config

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"monopod/internal/filewatch"
)

// component is an applier that tells what it follows and can be told to fail.
type component struct {
	name string
	mu   sync.Mutex
	// follows is the job names of the configurations it was given, in order.
	follows []string
	refuses string // job names that it fails at
}

func (c *component) applier() Applier {
	return Applier{Name: c.name, Apply: func(l *Loaded) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		jobs := jobNames(l)
		c.follows = append(c.follows, jobs)
		if c.refuses != "" && jobs == c.refuses {
			return fmt.Errorf("cannot do %s", jobs)
		}
		return nil
	}}
}

func (c *component) history() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.follows, " ")
}

func jobNames(l *Loaded) string {
	var names []string
	for _, j := range l.Jobs {
		names = append(names, j.JobName)
	}
	return strings.Join(names, "+")
}

func textWith(jobs ...string) string {
	text := "scrape_configs:\n"
	for _, j := range jobs {
		text += "  - job_name: " + j + "\n"
	}
	return text
}

// reloading is a reloader of a text that a test may change.
type reloading struct {
	*Reloader
	registry *prometheus.Registry
	text     string
}

func newReloading(t *testing.T, appliers ...Applier) *reloading {
	t.Helper()
	r := &reloading{registry: prometheus.NewRegistry()}
	var err error
	r.Reloader, err = NewReloader(ReloaderOptions{
		Load:       func() (*Loaded, error) { return Parse(r.text, Options{}) },
		Apply:      appliers,
		Logger:     slog.New(slog.DiscardHandler),
		Registerer: r.registry,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *reloading) metrics(t *testing.T, successful bool, at time.Time) {
	t.Helper()
	want := fmt.Sprintf(`# HELP prometheus_config_last_reload_success_timestamp_seconds Timestamp of the last successful configuration reload.
# TYPE prometheus_config_last_reload_success_timestamp_seconds gauge
prometheus_config_last_reload_success_timestamp_seconds %g
# HELP prometheus_config_last_reload_successful Whether the last configuration reload attempt was successful.
# TYPE prometheus_config_last_reload_successful gauge
prometheus_config_last_reload_successful %d
`, float64(at.UnixMilli())/1000, map[bool]int{true: 1}[successful])
	if err := testutil.GatherAndCompare(r.registry, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}

func TestReloadIsAllOrNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, c := &component{name: "a"}, &component{name: "b"}, &component{name: "c"}
		r := newReloading(t, a.applier(), b.applier(), c.applier())
		ctx := context.Background()
		if r.Current() != nil {
			t.Error("there is a configuration before the first reload")
		}

		r.text = textWith("one")
		if err := r.Reload(ctx, TriggerStart); err != nil {
			t.Fatal(err)
		}
		first := time.Now()
		r.metrics(t, true, first)

		time.Sleep(time.Minute)
		r.text = textWith("one", "two")
		b.refuses = "one+two"
		err := r.Reload(ctx, TriggerHTTP)
		if want := "apply the configuration to b: cannot do one+two"; err == nil || err.Error() != want {
			t.Errorf("error = %v, want %s", err, want)
		}
		if got, want := a.history(), "one one+two one"; got != want {
			t.Errorf("a followed %s, want %s", got, want)
		}
		if got, want := b.history(), "one one+two one"; got != want {
			t.Errorf("b followed %s, want %s", got, want)
		}
		if got, want := c.history(), "one"; got != want {
			t.Errorf("c followed %s, want %s", got, want)
		}
		if got := jobNames(r.Current()); got != "one" {
			t.Errorf("the current configuration is that of %s, want one", got)
		}
		r.metrics(t, false, first)
		s := r.Status()
		if s.Successful || s.Error != err.Error() || s.Trigger != TriggerHTTP || !s.LastSuccess.Equal(first) || !s.LastAttempt.Equal(time.Now()) {
			t.Errorf("status = %+v", s)
		}

		time.Sleep(time.Minute)
		r.text = "scrape_configs:\n  - job_nam: x\n"
		if err := r.Reload(ctx, TriggerSignal); err == nil {
			t.Error("a configuration with a fault was taken")
		}
		if s := r.Status(); len(s.Problems) != 1 || s.Problems[0].Line != 2 {
			t.Errorf("problems = %v, want one in line 2", s.Problems)
		}
		if got, want := c.history(), "one"; got != want {
			t.Errorf("c followed %s, want %s", got, want)
		}

		r.text = textWith("three")
		if err := r.Reload(ctx, TriggerSignal); err != nil {
			t.Fatal(err)
		}
		r.metrics(t, true, time.Now())
		if s := r.Status(); !s.Successful || s.Error != "" || s.Problems != nil || s.Trigger != TriggerSignal {
			t.Errorf("status = %+v", s)
		}
	})
}

func TestReloadTellsWhenTheWayBackFails(t *testing.T) {
	a, b := &component{name: "a"}, &component{name: "b"}
	r := newReloading(t, a.applier(), b.applier())
	r.text = textWith("one")
	if err := r.Reload(context.Background(), TriggerStart); err != nil {
		t.Fatal(err)
	}
	a.refuses, b.refuses = "one", "two"
	r.text = textWith("two")
	err := r.Reload(context.Background(), TriggerHTTP)
	want := "apply the configuration to b: cannot do two\n" +
		"go back to the last good configuration in a, which may now follow neither: cannot do one"
	if err == nil || err.Error() != want {
		t.Errorf("error = %v\nwant %s", err, want)
	}
	if got, want := b.history(), "one two one"; got != want {
		t.Errorf("b followed %s, want %s: it goes back although a did not", got, want)
	}
}

func TestReloadsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		running, most := 0, 0
		slow := Applier{Name: "slow", Apply: func(*Loaded) error {
			running++
			most = max(most, running)
			time.Sleep(time.Second)
			running--
			return nil
		}}
		r := newReloading(t, slow)
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if err := r.Reload(context.Background(), TriggerHTTP); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second/2)
		defer cancel()
		if err := r.Reload(ctx, TriggerHTTP); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a reload that did not get its turn returned %v", err)
		}
		wg.Wait()
		if most != 1 {
			t.Errorf("%d reloads at a time", most)
		}
	})
}

// messages is a log that keeps the messages.
type messages struct {
	slog.Handler
	mu  sync.Mutex
	all []string
}

func (m *messages) Enabled(context.Context, slog.Level) bool { return true }

func (m *messages) Handle(_ context.Context, r slog.Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	line := r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "section" {
			line += ": " + a.Value.String()
		}
		return true
	})
	m.all = append(m.all, line)
	return nil
}

func (m *messages) count(s string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, line := range m.all {
		if strings.Contains(line, s) {
			n++
		}
	}
	return n
}

func TestNoticesAreToldOnce(t *testing.T) {
	log := &messages{}
	text := "remote_write:\n  - url: http://localhost/\n"
	r, err := NewReloader(ReloaderOptions{
		Load:       func() (*Loaded, error) { return Parse(text, Options{}) },
		Logger:     slog.New(log),
		Registerer: prometheus.NewRegistry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := r.Reload(context.Background(), TriggerSignal); err != nil {
			t.Fatal(err)
		}
		text = "# a line more\n" + text
	}
	text += "otlp:\n  keep_identifying_resource_attributes: true\n"
	if err := r.Reload(context.Background(), TriggerSignal); err != nil {
		t.Fatal(err)
	}
	if a, b := log.count("remote_write"), log.count("otlp"); a != 1 || b != 1 {
		t.Errorf("remote_write was told %d times, otlp %d times; want once each", a, b)
	}
}

func TestRunFollowsFiles(t *testing.T) {
	dir := t.TempDir()
	main, drawnIn := filepath.Join(dir, "prometheus.yml"), filepath.Join(dir, "jobs", "a.yml")
	write := func(file, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file+".new", []byte(text), 0o644), os.Rename(file+".new", file)); err != nil {
			t.Fatal(err)
		}
	}
	write(main, textWith("one"))
	r, err := NewReloader(ReloaderOptions{
		Load:       func() (*Loaded, error) { return Load(main, Options{}) },
		Logger:     slog.New(slog.DiscardHandler),
		Registerer: prometheus.NewRegistry(),
		Path:       main,
		Watcher:    filewatch.New(filewatch.Options{Settle: 10 * time.Millisecond, Poll: time.Hour}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Reload(context.Background(), TriggerStart); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.Run(ctx)
	}()
	defer func() {
		cancel()
		<-ended
	}()
	until := func(what string, ok func() bool) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s did not come about; status %+v", what, r.Status())
			}
		}
	}
	follows := func(jobs string) func() bool { return func() bool { return jobNames(r.Current()) == jobs } }

	write(main, textWith("one", "two"))
	until("a changed main file", follows("one+two"))
	if s := r.Status(); s.Trigger != TriggerFile || !slices.Equal(s.Files, []string{main}) {
		t.Errorf("status = %+v, want a change of %s", s, main)
	}
	write(main, textWith("one")+"scrape_config_files: [jobs/*.yml]\n")
	until("a main file that draws in others", follows("one"))
	write(drawnIn, textWith("three"))
	until("a new drawn-in file", follows("one+three"))
	write(drawnIn, "scrape_configs: [")
	until("a broken drawn-in file", func() bool { return !r.Status().Successful })
	if got := jobNames(r.Current()); got != "one+three" {
		t.Errorf("with a broken file the configuration is %s, want the last good one", got)
	}
	write(drawnIn, textWith("four"))
	until("a mended drawn-in file", follows("one+four"))

	// A configuration whose fault is in a file that only it draws in.
	write(filepath.Join(dir, "more.yml"), "scrape_configs: [")
	write(main, "scrape_config_files: [more.yml]\n")
	until("a fault in a newly drawn-in file", func() bool { return !r.Status().Successful })
	write(filepath.Join(dir, "more.yml"), textWith("five"))
	until("the mended new file", follows("five"))
}
