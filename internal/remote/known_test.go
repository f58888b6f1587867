package remote

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"

	"monopod/internal/storage"
)

// handleOf is a handle that is not of any store.
type handleOf string

func (h handleOf) SeriesLabels() labels.Labels { return labels.FromStrings("__name__", string(h)) }

// learnt makes keys known, whose handles are named after them.
func learnt(k *known, now time.Time, keys ...string) {
	var list []unseen
	for _, key := range keys {
		list = append(list, unseen{key: []byte(key), handle: handleOf(key)})
	}
	k.learn(list, &storage.Batch{}, now)
}

func lookup(k *known, key string) storage.Series {
	s := k.search()
	defer s.close()
	if e := s.find([]byte(key)); e != nil {
		return e.handle
	}
	return nil
}

func TestKnownComparesBytes(t *testing.T) {
	k := newKnown(knownBytes, clock())
	learnt(k, clock(), "one", "two")
	// As if both had the same hash.
	g := k.mu.young
	for hash := range g.places {
		g.places[hash] = 1
	}
	if got := lookup(k, "one"); got != nil {
		t.Errorf("the entry of another key was found: %v", got)
	}
	if got := lookup(k, "two"); got != handleOf("two") {
		t.Errorf("got %v, want two", got)
	}
}

func TestKnownExpectsTheNext(t *testing.T) {
	k := newKnown(knownBytes, clock())
	label := func(name, value string) []byte { return appendLabelV1(nil, []byte(name), []byte(value)) }
	a, b := label("__name__", "a"), label("__name__", "b")
	learnt(k, clock(), string(a), string(b))
	s := k.search()
	defer s.close()
	for _, c := range []struct {
		message []byte
		found   bool
	}{
		{b, false}, // not the next one
		{append(bytes.Clone(a), label("job", "x")...), false},
		{a[:len(a)-1], false},
		{append(bytes.Clone(a), 2<<3|wireBytes, 0), true},
		{b, true},
		{b, false}, // it was the last
	} {
		if got := s.prefix(c.message) != nil; got != c.found {
			t.Errorf("%q: found %v, want %v", c.message, got, c.found)
		}
	}
}

func TestKnownIsBounded(t *testing.T) {
	const limit = 100 * (entryBytes + 8)
	k := newKnown(limit, clock())
	for i := range 1000 {
		learnt(k, clock(), fmt.Sprintf("key%05d", i))
	}
	if n := len(k.mu.young.entries); n != 100 {
		t.Errorf("%d entries, want 100", n)
	}
	if lookup(k, "key00000") == nil || lookup(k, "key00500") != nil {
		t.Error("what was there first must stay, what came later must not")
	}
	// Long keys are kept, each in memory of its own.
	long := string(bytes.Repeat([]byte("k"), keyBlock))
	k = newKnown(knownBytes, clock())
	learnt(k, clock(), long, "short")
	if lookup(k, long) != handleOf(long) || lookup(k, "short") != handleOf("short") {
		t.Error("a long key was not found")
	}
}

func TestKnownForgets(t *testing.T) {
	k, at := newKnown(knownBytes, clock()), clock()
	learnt(k, at, "used", "unused")
	at = at.Add(knownFor)
	learnt(k, at)
	if lookup(k, "unused") == nil {
		t.Error("a series of the generation before is forgotten")
	}
	learnt(k, at, "used")
	learnt(k, at.Add(knownFor))
	if lookup(k, "unused") != nil || lookup(k, "used") == nil {
		t.Error("what was used must stay, what was not must not")
	}
	learnt(k, at.Add(4*knownFor))
	if lookup(k, "used") != nil {
		t.Error("a series that was not sent for long is known")
	}
	learnt(k, at.Add(4*knownFor), "again")
	if k.forget(); lookup(k, "again") != nil {
		t.Error("forget did not")
	}
}

// TestKnownAnswersAlike sends messages of all kinds to a receiver that knows
// their series, and to one that forgets: answers and what is stored are the same.
func TestKnownAnswersAlike(t *testing.T) {
	series := func(at int64, ls ...string) prompb.TimeSeries {
		return prompb.TimeSeries{Labels: pairs(ls...), Samples: []prompb.Sample{{Timestamp: now + at, Value: float64(at)}}}
	}
	all := func(at int64) []prompb.TimeSeries {
		exemplars := series(at, "__name__", "exemplars", "job", "a")
		exemplars.Exemplars = []prompb.Exemplar{{Labels: pairs("trace_id", fmt.Sprint(at)), Value: 1, Timestamp: now + at}}
		ahead := series(at, "__name__", "ahead", "job", "a")
		ahead.Samples = append(ahead.Samples, prompb.Sample{Timestamp: now + 24*3600_000})
		return []prompb.TimeSeries{
			series(at, "__name__", "sorted", "job", "a"),
			series(at+1, "job", "a", "__name__", "sorted"),
			series(at, "__name__", "empty", "job", "", "zone", "z"),
			series(at, "__name__", "twice", "job", "a", "job", "a"),
			series(at, "job", "nameless"),
			series(at, "__name__", "invalid", "job", "\xff"),
			series(at),
			series(at, "__name__", "old"),
			series(at-1000, "__name__", "old"),
			exemplars, ahead,
		}
	}
	one, other := newRig(t), newRig(t)
	knows, forgets := one.receiver(), other.receiver()
	send := func(body []byte, v2 bool) {
		t.Helper()
		post := postV1
		if v2 {
			post = postV2
		}
		forgets.(*writeHandler).known.forget()
		got, want := post(knows, body), post(forgets, body)
		if got.Code != want.Code || got.Body.String() != want.Body.String() || fmt.Sprint(got.Header()) != fmt.Sprint(want.Header()) {
			t.Errorf("answers differ: %d %s\nwant %d %s", got.Code, got.Body, want.Code, want.Body)
		}
	}
	for round := int64(1); round < 6; round++ {
		at := -3600_000 + round*15_000
		list := all(at)
		if round%2 == 0 {
			for i := range list[:len(list)/2] {
				j := len(list) - 1 - i
				list[i], list[j] = list[j], list[i]
			}
		}
		send(marshal(t, &prompb.WriteRequest{Timeseries: list}), false)
		// Labels behind the samples, which protobuf allows.
		m := marshal(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{series(at+2, "__name__", "sorted", "job", "a")}})
		extra := appendLabelV1(nil, []byte("zone"), []byte("behind"))
		n := len(m) - 2
		send(append(append([]byte{m[0], byte(n + len(extra))}, m[2:]...), extra...), false)

		table := writev2.NewSymbolTable()
		v2 := &writev2.Request{}
		for _, s := range all(at + 5000) {
			one := writev2.TimeSeries{Samples: []writev2.Sample{{Timestamp: s.Samples[0].Timestamp, Value: 1}}}
			for _, l := range s.Labels {
				one.LabelsRefs = append(one.LabelsRefs, table.Symbolize(l.Name), table.Symbolize(l.Value))
			}
			v2.Timeseries = append(v2.Timeseries, one)
		}
		v2.Timeseries = append(v2.Timeseries, v2.Timeseries[0], v2.Timeseries[0])
		v2.Timeseries[len(v2.Timeseries)-1].LabelsRefs = []uint32{1, 999}
		v2.Timeseries[len(v2.Timeseries)-2].Metadata.UnitRef = 999
		v2.Symbols = table.Symbols()
		send(marshal(t, v2), true)
	}
	one.stored(other.all())
	if got, want := one.exemplarsOf(), other.exemplarsOf(); got != want {
		t.Errorf("exemplars are %s, want %s", got, want)
	}
	k := knows.(*writeHandler).known
	for _, e := range k.mu.young.entries {
		if ls := e.handle.SeriesLabels(); !ls.Has("__name__") || !ls.IsValid(model.UTF8Validation) {
			t.Errorf("known is %s", ls)
		}
	}
	if len(k.mu.young.entries) == 0 {
		t.Error("nothing is known")
	}
}

// TestKnownSeriesCollected sends for a series that the store has collected since.
func TestKnownSeriesCollected(t *testing.T) {
	r := newRig(t)
	h := r.receiver()
	k := h.(*writeHandler).known
	w := &moving{Writer: r.db}
	h.(*writeHandler).o.Writer = w
	send := func(at int64) {
		m := &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{{Labels: pairs("__name__", "m"), Samples: []prompb.Sample{{Timestamp: now + at, Value: 1}}}}}
		if a := post(h, snappy.Encode(nil, marshal(t, m))); a.Code != http.StatusNoContent {
			t.Fatal(a.Code, a.Body)
		}
	}
	send(-5000)
	send(-4000)
	if w.handles != 1 || len(k.mu.young.entries) != 1 {
		t.Fatalf("%d samples came with a handle, want 1", w.handles)
	}
	w.moved = true
	send(-3000)
	if len(k.mu.young.entries) != 0 {
		t.Error("the handles of series that were collected are known")
	}
	w.moved = false
	send(-2000)
	send(-1000)
	if w.handles != 3 {
		t.Errorf("%d samples came with a handle, want 3", w.handles)
	}
	r.stored(map[string]string{`{__name__="m"}`: "-5000=1 -4000=1 -3000=1 -2000=1 -1000=1"})
}

// moving is a store that says of series that they were collected.
type moving struct {
	storage.Writer
	moved   bool
	handles int // samples that came with a handle
}

func (w *moving) Write(ctx context.Context, b *storage.Batch) error {
	for i := range b.Samples {
		if b.Samples[i].Series != nil {
			w.handles++
		}
	}
	err := w.Writer.Write(ctx, b)
	b.Moved = b.Moved || w.moved
	return err
}
