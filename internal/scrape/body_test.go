package scrape

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestBodiesAreReadIntoTheSameBuffers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p bodyPool
		capacity := func() (all int) {
			for _, s := range p.mu.spare {
				all += cap(s.buf)
			}
			return all
		}
		large, small := p.get(1<<20), p.get(1<<12)
		p.put(large)
		p.put(small)
		if b := p.get(1 << 12); &b[:1][0] != &small[:1][0] {
			t.Error("a small body takes another buffer than the small one")
		}
		if b := p.get(1 << 12); cap(b) > 1<<14 {
			t.Errorf("a small body takes a buffer of %d bytes", cap(b))
		}
		if b := p.get(1<<20 + 100); &b[:1][0] != &large[:1][0] {
			t.Error("a body that has grown a bit takes a new buffer")
		}
		for range 3 * maxSpare {
			p.put(make([]byte, 0, 1<<16))
		}
		if n := capacity(); n > maxSpare<<16 {
			t.Errorf("%d bytes wait for bodies", n)
		}
		for range 3 {
			time.Sleep(maxUnused/2 + time.Second)
			p.put(p.get(1<<16 - 2))
		}
		if n := capacity(); n != 1<<16 {
			t.Errorf("%d bytes wait where one buffer of %d is used", n, 1<<16)
		}
		time.Sleep(maxUnused + time.Second)
		p.put(small)
		if n := capacity(); n != cap(small) {
			t.Errorf("%d bytes wait that nobody used for a while", n)
		}
	})
}
