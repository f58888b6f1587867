package index

const pageEntries = 512

// table is an array by id, in pages: ids are given out ascending and never
// again, so that after some time most of the low ones are gone.
type table[T any] struct {
	pages []*page[T]
}

type page[T any] struct {
	used    int
	entries [pageEntries]T
	set     [pageEntries / 64]uint64
}

// at returns the entry of an id, nil where there is none.
func (t *table[T]) at(id uint32) *T {
	p, i := id/pageEntries, id%pageEntries
	if int(p) >= len(t.pages) || t.pages[p] == nil || t.pages[p].set[i/64]&(1<<(i%64)) == 0 {
		return nil
	}
	return &t.pages[p].entries[i]
}

func (t *table[T]) set(id uint32, v T) {
	p, i := id/pageEntries, id%pageEntries
	for int(p) >= len(t.pages) {
		t.pages = append(t.pages, nil)
	}
	if t.pages[p] == nil {
		t.pages[p] = &page[T]{}
	}
	pg := t.pages[p]
	if pg.set[i/64]&(1<<(i%64)) == 0 {
		pg.set[i/64] |= 1 << (i % 64)
		pg.used++
	}
	pg.entries[i] = v
}

func (t *table[T]) clear(id uint32) {
	if t.at(id) == nil {
		return
	}
	p, i := id/pageEntries, id%pageEntries
	pg := t.pages[p]
	var zero T
	pg.entries[i] = zero
	pg.set[i/64] &^= 1 << (i % 64)
	if pg.used--; pg.used == 0 {
		t.pages[p] = nil
	}
}

// each calls f for every entry, ids ascending.
func (t *table[T]) each(f func(id uint32, v *T)) {
	for p, pg := range t.pages {
		if pg == nil {
			continue
		}
		for i := range pg.entries {
			if pg.set[i/64]&(1<<(i%64)) != 0 {
				f(uint32(p*pageEntries+i), &pg.entries[i])
			}
		}
	}
}
