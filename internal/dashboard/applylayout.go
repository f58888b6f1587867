package dashboard

import "monopod/internal/dashboard/jsontree"

// panels carries changes of panels over, and of their layout: a dashboard of rows
// gets the grid where a panel was moved, added or removed.
func (a *apply) panels() {
	before, after := a.was.Get("panels"), a.wanted.Get("panels")
	if sameLayout(before, after) {
		eachPanel(after, func(p *value) {
			was := a.before[p.Int("id")]
			if stands := a.place(was); stands != nil && stands.Kind() == jsontree.Object {
				a.panel(stands, was, p)
			}
		})
		if a.reachable() {
			return
		}
	}
	a.layout(before, after)
}

// reachable tells whether each panel that was changed stands in the source.
func (a *apply) reachable() bool {
	all := true
	eachPanel(a.wanted.Get("panels"), func(p *value) {
		was := a.before[p.Int("id")]
		if !equalButPanels(was, p) && a.place(was) == nil {
			all = false
		}
	})
	return all
}

// sameLayout compares which panels stand where, in which row and order.
func sameLayout(a, b *value) bool {
	x, y := a.Items(), b.Items()
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i].Int("id") != y[i].Int("id") || !jsontree.Equal(x[i].Get("gridPos"), y[i].Get("gridPos")) || !sameLayout(x[i].Get("panels"), y[i].Get("panels")) {
			return false
		}
	}
	return true
}

// panel carries the changes of one panel over, but not of those within it.
func (a *apply) panel(stands, was, wanted *value) {
	for _, key := range keysOf(was, wanted) {
		if key != "panels" {
			a.key(stands, was, wanted, key)
		}
	}
}

// layout writes the list of panels as it is wanted, in the grid.
func (a *apply) layout(before, after *value) {
	if a.rows {
		a.source.Delete("rows")
		if a.source.Int("schemaVersion") < 16 {
			a.source.Set("schemaVersion", 16)
		}
		a.scaleLeast()
	}
	list := a.source.List("panels")
	list.SetItems(a.list(list, before, after))
}

// scaleLeast: minSpan counts twelve columns in a dashboard of rows, and 24 in a
// grid.
func (a *apply) scaleLeast() {
	for _, was := range a.before {
		stands := a.place(was)
		if n, ok := stands.Float("minSpan"); ok {
			stands.Set("minSpan", min(n*2, gridColumns))
		}
	}
}

func (a *apply) list(standing, before, after *value) []*value {
	hidden, first := a.hidden(standing, before)
	out := first
	for _, p := range after.Items() {
		was := a.before[p.Int("id")]
		stands := a.place(was)
		if stands == nil || stands.Kind() != jsontree.Object {
			fresh := p.Copy()
			if inner := p.Get("panels"); inner.Kind() == jsontree.Array {
				fresh.Get("panels").SetItems(a.list(nil, was.Get("panels"), inner))
			}
			out = append(out, fresh)
			continue
		}
		a.panel(stands, was, p)
		for _, key := range []string{"id", "gridPos"} {
			conform(stands, key, p.Get(key))
		}
		if a.rows {
			stands.Delete(rowKeys...)
		}
		if inner := p.Get("panels"); inner.Kind() == jsontree.Array {
			own := stands.List("panels")
			own.SetItems(a.list(own, was.Get("panels"), inner))
		}
		out = append(out, stands)
		out = append(out, hidden[stands]...)
	}
	return out
}

// standingPanel is the panel of the source as it is now, by its number.
func (a *apply) standingPanel(id int) *value {
	if stands := a.place(a.before[id]); stands != nil {
		return stands
	}
	var found *value
	eachPanel(a.source.Get("panels"), func(p *value) {
		if p.Int("id") == id {
			found = p
		}
	})
	return found
}
