package view

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"monopod/internal/datasource"
	"monopod/internal/frame"
)

func TestCacheRunsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache()
		var runs, sharedCount atomic.Int32
		work := func(context.Context) (datasource.Answer, error) {
			runs.Add(1)
			time.Sleep(time.Second)
			return datasource.Answer{Samples: 7, Frames: []*frame.Frame{{}}}, nil
		}
		ask := func() {
			f, shared, err := c.do(t.Context(), "k", work)
			if err != nil || f.answer.Samples != 7 {
				t.Errorf("%+v, %v", f, err)
			}
			if shared {
				sharedCount.Add(1)
			}
		}
		var all sync.WaitGroup
		for range 10 {
			all.Go(ask)
		}
		all.Wait()
		ask() // a moment later
		if runs.Load() != 1 || sharedCount.Load() != 10 {
			t.Errorf("%d runs, %d shared", runs.Load(), sharedCount.Load())
		}
		time.Sleep(2 * keep)
		synctest.Wait()
		if len(c.mu.flights) != 0 || c.mu.bytes != 0 {
			t.Errorf("%d answers of %d bytes are kept for ever", len(c.mu.flights), c.mu.bytes)
		}
		ask()
		if runs.Load() != 2 {
			t.Errorf("%d runs", runs.Load())
		}
		time.Sleep(2 * keep)
	})
}

func TestCacheCancelsWhatNobodyWaitsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache()
		ended := make(chan error, 1)
		work := func(ctx context.Context) (datasource.Answer, error) {
			<-ctx.Done()
			ended <- ctx.Err()
			return datasource.Answer{}, ctx.Err()
		}
		first, cancelFirst := context.WithCancel(t.Context())
		second, cancelSecond := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for _, ctx := range []context.Context{first, second} {
			all.Go(func() {
				if _, _, err := c.do(ctx, "k", work); !errors.Is(err, context.Canceled) {
					t.Errorf("%v", err)
				}
			})
		}
		synctest.Wait()
		cancelFirst()
		synctest.Wait()
		select {
		case <-ended:
			t.Error("the work ended while somebody waited for it")
		default:
		}
		cancelSecond()
		all.Wait()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestErrorsAreNotKept(t *testing.T) {
	c := newCache()
	runs := 0
	for range 2 {
		_, _, err := c.do(t.Context(), "k", func(context.Context) (datasource.Answer, error) {
			runs++
			return datasource.Answer{}, errors.New("down")
		})
		if err == nil {
			t.Error("no error")
		}
	}
	if runs != 2 {
		t.Errorf("%d runs", runs)
	}
}

func TestThinKeepsTablesAndShortGraphs(t *testing.T) {
	long := func(kind string, rows int) *frame.Frame {
		f := &frame.Frame{Meta: &frame.Meta{Type: kind}, Fields: []frame.Field{{Type: frame.Time}, {Type: frame.Number}}}
		for i := range rows {
			f.Fields[0].Numbers = append(f.Fields[0].Numbers, float64(i))
			f.Fields[1].Numbers = append(f.Fields[1].Numbers, float64(i%7))
		}
		return f
	}
	for _, test := range []struct {
		kind string
		rows int
		want int
	}{{"timeseries-wide", 1000, 100}, {"timeseries-multi", 200, 200}, {"table", 1000, 1000}, {"log-lines", 1000, 1000}} {
		if got := thin([]*frame.Frame{long(test.kind, test.rows)}, 100)[0].Len(); got != test.want {
			t.Errorf("%s of %d rows: %d, want %d", test.kind, test.rows, got, test.want)
		}
	}
}
