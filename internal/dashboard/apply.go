package dashboard

import (
	"fmt"
	"slices"

	"monopod/internal/dashboard/jsontree"
)

// Apply carries what was edited in the migrated form over to its source, without
// knowing any data source by its name.
func Apply(source, edited []byte) ([]byte, error) { return Migrator{}.Apply(source, edited) }

// Apply carries what was edited in the migrated form over to the source that it
// was made from, by a Migrator that knows the same. What was not changed keeps its
// bytes, and its old form; the result migrates to what was edited.
//
// A change is first made where it stands in the source. Where the source says it in
// an older way, so that this has no effect or another one, the panel, variable or
// setting as a whole takes the new form, and only where that does not do either,
// the dashboard.
func (m Migrator) Apply(source, edited []byte) ([]byte, error) {
	tree, err := jsontree.Parse(source)
	if err != nil {
		return nil, fmt.Errorf("read the stored dashboard: %w", err)
	}
	was, err := m.form(source, tree)
	if err != nil {
		return nil, err
	}
	if was.readOnly != nil {
		return nil, was.readOnly
	}
	editedTree, err := jsontree.Parse(edited)
	if err != nil {
		return nil, fmt.Errorf("read the edited dashboard: %w", err)
	}
	if editedTree.Kind() == jsontree.Object && editedTree.Int("schemaVersion") < SchemaVersion {
		editedTree.Set("schemaVersion", SchemaVersion)
	}
	wanted, err := m.form(edited, editedTree)
	if err != nil {
		return nil, err
	}
	if jsontree.Equal(was.root, wanted.root) {
		return source, nil
	}
	whole := tree.Clone()
	target, err := open(source, whole)
	if err != nil {
		return nil, err
	}
	a := apply{source: target.root, was: was.root, wanted: wanted.root}
	a.index()
	a.merge()
	for round := range 4 {
		text := jsontree.Rewrite(source, whole)
		again, err := jsontree.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("write the dashboard: %w", err)
		}
		now, err := m.form(text, again)
		if err != nil {
			return nil, fmt.Errorf("write the dashboard: %w", err)
		}
		if jsontree.Equal(now.root, wanted.root) || round == 3 {
			return text, nil
		}
		a.renew(now.root, round)
	}
	panic("unreachable")
}

// form is the migrated form of a source's tree, which stays as it is.
func (m Migrator) form(source []byte, tree *value) (*document, error) {
	d, err := open(source, tree.Clone())
	if err != nil {
		return nil, err
	}
	return d, m.migrate(d)
}

// apply changes a clone of the source.
type apply struct {
	// source is the clone, was its migrated form, wanted the one to come to.
	source, was, wanted *value
	// standing has the values of the clone by the value of the tree that both it and
	// the migrated form are clones of.
	standing map[*value]*value
	// rows: the source has rows of panels, which say where these stand.
	rows bool
	// before has the panels of the migrated form by number.
	before map[int]*value
}

func (a *apply) index() {
	a.rows = len(a.source.Get("rows").Items()) > 0
	a.standing = map[*value]*value{}
	a.source.Walk(func(v *value) { a.standing[v.Origin()] = v })
	a.before = panelsByID(a.was)
}

func panelsByID(root *value) map[int]*value {
	out := map[int]*value{}
	eachPanel(root.Get("panels"), func(p *value) { out[p.Int("id")] = p })
	return out
}

// place finds where a value of the migrated form stands in the source.
func (a *apply) place(was *value) *value {
	if was == nil || was.Origin() == nil {
		return nil
	}
	return a.standing[was.Origin()]
}

func (a *apply) merge() {
	for _, key := range keysOf(a.was, a.wanted) {
		if key != "panels" && key != "schemaVersion" {
			a.key(a.source, a.was, a.wanted, key)
		}
	}
	a.panels()
}

// keysOf are the keys of both objects, in the order of the second.
func keysOf(was, wanted *value) []string {
	keys := wanted.Keys()
	for _, k := range was.Keys() {
		if !wanted.Has(k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// key carries the change of one key of an object over.
func (a *apply) key(source, was, wanted *value, key string) {
	before, after := was.Get(key), wanted.Get(key)
	switch {
	case jsontree.Equal(before, after) && was.Has(key) == wanted.Has(key):
	case !wanted.Has(key):
		source.Delete(key)
	case source.Has(key) && a.place(before) == source.Get(key) && before.Kind() == after.Kind() && source.Get(key).Kind() == after.Kind():
		a.value(source, key, before, after)
	default:
		conform(source, key, after)
	}
}

// value carries a change within a value over that stands in the source as in the
// migrated form.
func (a *apply) value(holder *value, key string, before, after *value) {
	standing := holder.Get(key)
	switch after.Kind() {
	case jsontree.Object:
		for _, k := range keysOf(before, after) {
			a.key(standing, before, after, k)
		}
	case jsontree.Array:
		standing.SetItems(a.items(standing, before, after))
	default:
		conform(holder, key, after)
	}
}

// items are the elements of an array after the change. Elements of the source that
// the migrated form does not show stay behind the one that they were behind.
func (a *apply) items(standing, before, after *value) []*value {
	hidden, first := a.hidden(standing, before)
	out := first
	olds := before.Items()
	taken := make([]bool, len(olds))
	for i, x := range after.Items() {
		at := counterpart(x, i, olds, taken, len(after.Items()))
		if at < 0 {
			out = append(out, x.Copy())
			continue
		}
		taken[at] = true
		stands := a.place(olds[at])
		out = append(out, a.element(stands, olds[at], x))
		if stands != nil {
			out = append(out, hidden[stands]...)
		}
	}
	return out
}

// element is the element that stands in the source with the change made.
func (a *apply) element(stands, before, after *value) *value {
	switch {
	case jsontree.Equal(before, after) && stands != nil:
	case stands == nil:
		return after.Copy()
	case stands.Kind() == jsontree.Object && after.Kind() == jsontree.Object && before.Kind() == jsontree.Object:
		for _, k := range keysOf(before, after) {
			a.key(stands, before, after, k)
		}
	default:
		conformTo(stands, after)
	}
	return stands
}

// hidden are the elements of the source that the migrated form left out, by the one
// that they follow; first are those before any other.
func (a *apply) hidden(standing, before *value) (after map[*value][]*value, first []*value) {
	shown := map[*value]bool{}
	for _, x := range before.Items() {
		if s := a.place(x); s != nil {
			shown[s] = true
		}
	}
	after = map[*value][]*value{}
	var last *value
	for _, s := range standing.Items() {
		switch {
		case shown[s]:
			last = s
		case last == nil:
			first = append(first, s)
		default:
			after[last] = append(after[last], s)
		}
	}
	return after, first
}

// counterpart finds what an element was before: by its name where elements have
// one, otherwise an equal one, or the one at its place.
func counterpart(x *value, i int, olds []*value, taken []bool, count int) int {
	if name := identity(x); name != "" {
		for at, old := range olds {
			if !taken[at] && identity(old) == name {
				return at
			}
		}
		return -1
	}
	if i < len(olds) && !taken[i] && (jsontree.Equal(olds[i], x) || count == len(olds)) {
		return i
	}
	for at, old := range olds {
		if !taken[at] && jsontree.Equal(old, x) {
			return at
		}
	}
	return -1
}

// identity is what tells an element from the others, also after it was changed.
func identity(v *value) string {
	for _, key := range []string{"refId", "name"} {
		if text := v.Text(key); text != "" {
			return key + " " + text
		}
	}
	return ""
}

// renew gives the parts that did not come out as wanted the new form as a whole.
func (a *apply) renew(now *value, round int) {
	if round > 1 {
		a.source.Set("schemaVersion", SchemaVersion)
		for _, key := range a.source.Keys() {
			if !a.wanted.Has(key) {
				a.source.Delete(key)
			}
		}
		for _, key := range a.wanted.Keys() {
			conform(a.source, key, a.wanted.Get(key))
		}
		return
	}
	for _, key := range keysOf(now, a.wanted) {
		if key == "panels" || jsontree.Equal(now.Get(key), a.wanted.Get(key)) && now.Has(key) == a.wanted.Has(key) {
			continue
		}
		if list := a.wanted.Get(key, "list"); list.Kind() == jsontree.Array && a.source.Get(key, "list").Kind() == jsontree.Array {
			a.source.Set("schemaVersion", SchemaVersion)
		}
		if a.wanted.Has(key) {
			conform(a.source, key, a.wanted.Get(key))
		} else {
			a.source.Delete(key)
		}
	}
	if !sameLayout(now.Get("panels"), a.wanted.Get("panels")) {
		conform(a.source, "panels", a.wanted.Get("panels"))
		a.source.Delete("rows")
		a.source.Set("schemaVersion", SchemaVersion)
		return
	}
	became := panelsByID(now)
	for id, p := range panelsByID(a.wanted) {
		if !equalButPanels(became[id], p) {
			if stands := a.standingPanel(id); stands != nil {
				a.conformPanel(stands, p)
			}
		}
	}
}

// conform makes the value at a key mean what is wanted, and keeps what is equal.
func conform(holder *value, key string, wanted *value) {
	if there := holder.Get(key); there != nil && there.Kind() == wanted.Kind() {
		conformTo(there, wanted)
		return
	}
	holder.Set(key, wanted.Copy())
}

func conformTo(v, wanted *value) {
	switch {
	case jsontree.Equal(v, wanted):
	case v.Kind() == jsontree.Object && wanted.Kind() == jsontree.Object:
		for _, key := range v.Keys() {
			if !wanted.Has(key) {
				v.Delete(key)
			}
		}
		for _, key := range wanted.Keys() {
			conform(v, key, wanted.Get(key))
		}
	case v.Kind() == jsontree.Array && wanted.Kind() == jsontree.Array:
		olds := v.Items()
		taken := make([]bool, len(olds))
		out := make([]*value, 0, len(wanted.Items()))
		for i, x := range wanted.Items() {
			at := counterpart(x, i, olds, taken, len(wanted.Items()))
			if at < 0 || olds[at].Kind() != x.Kind() {
				out = append(out, x.Copy())
				continue
			}
			taken[at] = true
			conformTo(olds[at], x)
			out = append(out, olds[at])
		}
		v.SetItems(out)
	default:
		v.Become(wanted.Copy())
	}
}

// conformPanel leaves the panels of a row to themselves, and a panel of a row of
// panels where it is.
func (a *apply) conformPanel(v, wanted *value) {
	inner := v.Get("panels")
	inRow := a.rows && a.source.Has("rows")
	for _, key := range v.Keys() {
		if !wanted.Has(key) && key != "panels" && !(inRow && slices.Contains(rowKeys, key)) {
			v.Delete(key)
		}
	}
	for _, key := range wanted.Keys() {
		if key == "panels" && inner.Kind() == jsontree.Array || key == "gridPos" && inRow {
			continue
		}
		conform(v, key, wanted.Get(key))
	}
}

func equalButPanels(a, b *value) bool {
	keys := keysOf(a, b)
	return !slices.ContainsFunc(keys, func(k string) bool {
		return k != "panels" && (!jsontree.Equal(a.Get(k), b.Get(k)) || a.Has(k) != b.Has(k))
	})
}
