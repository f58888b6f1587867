package dashboard

import (
	"fmt"
	"math/rand/v2"

	"monopod/internal/dashboard/jsontree"
)

// randomEdit changes the migrated form as an editor would, and says how.
func randomEdit(r *rand.Rand, root *value) string {
	var panels []*value
	eachPanel(root.Get("panels"), func(p *value) { panels = append(panels, p) })
	pick := func() *value { return panels[r.IntN(len(panels))] }
	vars := root.Get("templating", "list").Items()
	if len(panels) == 0 {
		root.Set("title", "renamed")
		return "title"
	}
	p := pick()
	id := p.Int("id")
	switch r.IntN(13) {
	case 0:
		root.Set("title", fmt.Sprint("renamed ", r.IntN(100)))
		return "title"
	case 1:
		p.Set("title", fmt.Sprint("panel ", r.IntN(100)))
		return fmt.Sprint("title of panel ", id)
	case 2:
		if p.Text("type") == "row" {
			p.Set("collapsed", p.True("collapsed"))
			return "nothing"
		}
		p.Child("fieldConfig", "defaults").Set("unit", "bytes")
		fieldConfig(p)
		return fmt.Sprint("unit of panel ", id)
	case 3:
		p.Child("options", "legend").Set("displayMode", "table")
		p.Child("options", "legend").Set("showLegend", r.IntN(2) == 0)
		return fmt.Sprint("legend of panel ", id)
	case 4:
		p.Child("gridPos").Set("y", r.IntN(50))
		return fmt.Sprint("place of panel ", id)
	case 5:
		list := root.Get("panels")
		items := list.Items()
		i := r.IntN(len(items))
		list.SetItems(append(items[:i:i], items[i+1:]...))
		return fmt.Sprint("without panel number ", i)
	case 6:
		next := 0
		for _, q := range panels {
			next = max(next, q.Int("id")+1)
		}
		root.Get("panels").Add(jsontree.Obj("id", next, "type", "stat", "title", "new", "gridPos", gridPos(0, 99, 6, 4), "targets",
			jsontree.Arr(jsontree.Obj("refId", "A", "expr", "up"))))
		return fmt.Sprint("a new panel ", next)
	case 7:
		items := root.Get("panels").Items()
		r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		return "panels shuffled"
	case 8:
		if len(vars) == 0 {
			return "nothing"
		}
		v := vars[r.IntN(len(vars))]
		v.Set([]string{"label", "regex"}[r.IntN(2)], "x")
		v.Set("refresh", r.IntN(3))
		return "variable " + v.Text("name")
	case 9:
		if t := p.Get("targets").Items(); len(t) > 0 {
			t[r.IntN(len(t))].Set("expr", "rate(x[5m])")
		}
		return fmt.Sprint("a query of panel ", id)
	case 10:
		root.Set("timezone", "utc")
		root.Child("time").Set("from", "now-7d")
		return "time"
	case 11:
		if p.Text("type") == "row" {
			return "nothing"
		}
		p.Set("type", "stat")
		p.Set("options", jsontree.Obj("graphMode", "area"))
		return fmt.Sprint("kind of panel ", id)
	default:
		if p.Text("type") != "row" {
			p.Set("datasource", jsontree.Obj("type", "prometheus", "uid", "other"))
		}
		return fmt.Sprint("data source of panel ", id)
	}
}
