package cache

import (
	"errors"
	"testing"
)

func get(t *testing.T, c *Cache, k Key, cost int) (loaded bool) {
	t.Helper()
	v, err := c.Get(k, func() (any, int, error) {
		loaded = true
		return k, cost, nil
	})
	if err != nil || v != k {
		t.Fatalf("section %v is %v, %v", k, v, err)
	}
	return loaded
}

func TestBoundIsKept(t *testing.T) {
	const bound = 64 << 10
	c := New(bound)
	for i := range int64(5000) {
		get(t, c, Key{1, i}, 100)
		if s := c.Stats(); s.Bytes > bound {
			t.Fatalf("%d bytes after %d sections", s.Bytes, i)
		}
	}
	if s := c.Stats(); s.Bytes < bound/2 || s.Sections < 100 {
		t.Errorf("it keeps %+v", s)
	}
	// What was used last is there, what was not is gone.
	if get(t, c, Key{1, 4999}, 100) {
		t.Error("the last section was dropped")
	}
	if !get(t, c, Key{1, 0}, 100) {
		t.Error("the first section is still there")
	}
}

func TestUsedSectionsStay(t *testing.T) {
	c := New(64 << 10)
	hot := Key{2, 7}
	get(t, c, hot, 100)
	for i := range int64(5000) {
		get(t, c, Key{1, i}, 100)
		if get(t, c, hot, 100) {
			t.Fatalf("the section that is used was dropped after %d others", i)
		}
	}
}

func TestForget(t *testing.T) {
	c := New(1 << 20)
	for i := range int64(50) {
		get(t, c, Key{1, i}, 10)
		get(t, c, Key{2, i}, 10)
	}
	c.Forget(1)
	if s := c.Stats(); s.Sections != 50 {
		t.Errorf("%d sections are left", s.Sections)
	}
	if get(t, c, Key{2, 3}, 10) || !get(t, c, Key{1, 3}, 10) {
		t.Error("the wrong file was forgotten")
	}
}

func TestTooLargeAndFailed(t *testing.T) {
	c := New(1 << 10)
	get(t, c, Key{1, 1}, 1<<20)
	if s := c.Stats(); s.Bytes != 0 {
		t.Errorf("a section larger than the cache is kept: %+v", s)
	}
	want := errors.New("no")
	if _, err := c.Get(Key{1, 2}, func() (any, int, error) { return nil, 0, want }); err != want {
		t.Errorf("error of the load: %v", err)
	}
	if !get(t, c, Key{1, 2}, 1) {
		t.Error("a failed load is kept")
	}
}

func TestResize(t *testing.T) {
	c := New(64 << 10)
	for i := range int64(5000) {
		get(t, c, Key{1, i}, 100)
	}
	c.Resize(8 << 10)
	if s := c.Stats(); s.Bytes > 8<<10 || s.Sections == 0 {
		t.Errorf("after it was made smaller it keeps %+v", s)
	}
	c.Resize(32 << 10)
	for i := range int64(5000) {
		get(t, c, Key{2, i}, 100)
	}
	if s := c.Stats(); s.Bytes > 32<<10 || s.Bytes < 16<<10 {
		t.Errorf("after it was made larger it keeps %+v", s)
	}
}
