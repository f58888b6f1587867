package dashboard

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"monopod/internal/dashboard/jsontree"
)

// The grid of a dashboard: columns, and the pixels that a row takes with its gap.
const (
	gridColumns     = 24
	gridRowPixels   = 38
	leastPixels     = 90
	defaultRowPixel = 250
	defaultSpan     = 4 // of twelve
)

// rowsToGrid makes what were rows of panels with a width each the grid of today.
func rowsToGrid(d *document) {
	rows := d.root.Take("rows").Items()
	if len(rows) == 0 {
		return
	}
	visible := slices.ContainsFunc(rows, func(r *value) bool {
		return r.True("collapse") || r.True("showTitle") || r.Truthy("repeat")
	})
	nextID := 1
	for _, row := range rows {
		for _, p := range row.Get("panels").Items() {
			nextID = max(nextID, p.Int("id")+1)
		}
	}
	list := d.root.List("panels")
	y := 0
	for _, row := range rows {
		if row.Truthy("repeatIteration") {
			continue
		}
		height := gridHeight(row.Get("height"), defaultRowPixel)
		var header *value
		collapsed := row.True("collapse")
		if visible {
			header = jsontree.Obj("id", nextID, "type", "row", "title", row.Text("title"), "collapsed", collapsed,
				"gridPos", gridPos(0, y, gridColumns, 1), "panels", jsontree.Arr())
			if repeat := row.Get("repeat"); repeat.Truthy() {
				header.Set("repeat", repeat)
			}
			list.Add(header)
			nextID++
			y++
		}
		shelf := shelf{y: y, height: height}
		for _, p := range row.Get("panels").Items() {
			if p.Kind() != jsontree.Object {
				continue
			}
			span, ok := p.Float("span")
			if !ok || span <= 0 {
				span = defaultSpan
			}
			if least, ok := p.Float("minSpan"); ok {
				p.Set("minSpan", math.Min(gridColumns, least*gridColumns/12))
			}
			w := min(max(int(span)*gridColumns/12, 1), gridColumns)
			h := gridHeight(p.Get("height"), float64(height)*gridRowPixels)
			x, at := shelf.place(w, h)
			p.Set("gridPos", gridPos(x, at, w, h))
			p.Delete(rowKeys...)
			if collapsed {
				header.Get("panels").Add(p)
			} else {
				list.Add(p)
			}
		}
		if !collapsed {
			y = shelf.end()
		}
	}
}

// rowKeys place a panel within its row.
var rowKeys = []string{"span", "height"}

func gridPos(x, y, w, h int) *value { return jsontree.Obj("h", h, "w", w, "x", x, "y", y) }

// gridHeight is how many rows of the grid a height in pixels takes, which is a
// number or a text as "250px".
func gridHeight(v *value, otherwise float64) int {
	pixels, ok := v.Float()
	if !ok {
		text := strings.TrimSpace(strings.TrimSuffix(v.Text(), "px"))
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			pixels, ok = n, true
		}
	}
	if !ok || pixels <= 0 {
		pixels = otherwise
	}
	return int(math.Ceil(min(max(pixels, leastPixels), 10000) / gridRowPixels))
}

// shelf lays the panels of one row from left to right, and on a new line below
// where one does not fit.
type shelf struct {
	y, height int
	// filled is how far each column of the line is taken, from y on.
	filled [gridColumns]int
}

// place finds a free place at the right end of the line: beside the last panel, or
// below it where it left some of the line's height.
func (s *shelf) place(w, h int) (x, y int) {
	for range 2 {
		// The free columns at the right end, whose panels become no higher to the left.
		from := gridColumns
		for i := gridColumns - 1; i >= 0 && s.filled[i] < s.height; i-- {
			if i < gridColumns-1 && s.filled[i] > s.filled[i+1] {
				break
			}
			from = i
		}
		if gridColumns-from >= w {
			top := slices.Max(s.filled[from:])
			for i := from; i < from+w; i++ {
				s.filled[i] = max(s.filled[i], top+h)
			}
			return from, s.y + top
		}
		s.y = s.end()
		s.filled = [gridColumns]int{}
	}
	return 0, s.y
}

// end is where the next row begins.
func (s *shelf) end() int { return s.y + max(s.height, slices.Max(s.filled[:])) }

// removeRepeats leaves out panels that older versions saved as repeats of another:
// they are made anew from the values of the variable.
func removeRepeats(d *document) {
	var clean func(list *value)
	clean = func(list *value) {
		items := list.Items()
		kept := slices.DeleteFunc(slices.Clone(items), func(p *value) bool {
			return p.Truthy("repeatPanelId") || p.Truthy("repeatByRow")
		})
		if len(kept) != len(items) {
			list.SetItems(kept)
		}
		for _, p := range kept {
			clean(p.Get("panels"))
		}
	}
	clean(d.root.Get("panels"))
}

// uniqueIDs numbers panels that have no number, or that of another.
func uniqueIDs(d *document) {
	taken := map[int]bool{}
	next := 1
	eachPanel(d.root.Get("panels"), func(p *value) { next = max(next, p.Int("id")+1) })
	if next > math.MaxInt32 {
		next = 1
	}
	eachPanel(d.root.Get("panels"), func(p *value) {
		id := p.Int("id")
		if id > 0 && id <= math.MaxInt32 && !taken[id] {
			taken[id] = true
			return
		}
		for taken[next] {
			next++
		}
		p.Set("id", next)
		taken[next] = true
	})
}

// placePanels gives panels without a place, or with an impossible one, a place
// below what is there. Those of a collapsed row are placed below each other.
func placePanels(d *document) { place(d.root.Get("panels"), 0) }

func place(list *value, top int) {
	bottom := top
	for _, p := range list.Items() {
		g := p.Get("gridPos")
		if y, ok := g.Float("y"); ok && y < 1e6 {
			h, _ := g.Float("h")
			bottom = max(bottom, int(y+h))
		}
	}
	for _, p := range list.Items() {
		g := p.Child("gridPos")
		row := p.Text("type") == "row"
		w, h := 12, 8
		if row {
			w, h = gridColumns, 1
		}
		w = bounded(g, "w", 1, gridColumns, w)
		bounded(g, "h", 1, 1000, h)
		_, hasY := g.Float("y")
		bounded(g, "x", 0, gridColumns-w, 0)
		y := bounded(g, "y", 0, 1e6, bottom)
		if !hasY {
			bottom = max(bottom, y+g.Int("h"))
		}
		place(p.Get("panels"), y+1)
	}
}

// bounded makes a number of an object whole and within bounds.
func bounded(v *value, key string, least, most, otherwise int) int {
	f, ok := v.Float(key)
	n := otherwise
	if ok {
		n = int(min(max(f, float64(least)), float64(most)))
	}
	if !ok || float64(n) != f {
		v.Set(key, n)
	}
	return n
}
