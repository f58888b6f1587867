package scrape

// shrink lets the store give back the columns of series that came and went, and
// takes on the new numbers of the others. Nothing is spread out.
func (in *ingester) shrink() {
	for i := range in.rows.groups {
		if moved := in.rows.groups[i].Shrink(); moved != nil {
			in.renumber(int32(i), moved)
		}
	}
}

func (in *ingester) renumber(row int32, moved []int32) {
	g := &in.rows.groups[row]
	g.columns = g.Columns()
	for i := range in.entries.all {
		x := &in.entries.all[i]
		if x.row != row {
			continue
		}
		if x.column = moved[x.column]; x.column < 0 {
			x.row, x.column = rowUnplaced, 0
		}
	}
	if row > 0 {
		return
	}
	for i, c := range in.report {
		in.report[i] = max(moved[c], 0)
	}
	if !in.entries.skeleton.renumber(moved, in.texts) {
		// The target gave none of its series for long.
		in.forget()
	}
}

// renumber takes on new columns. It reports false where a column is gone, and
// leaves the skeleton as it was.
func (s *skeleton) renumber(moved []int32, t *texts) bool {
	c := cutter{texts: t, parts: make([]part, 0, len(s.parts))}
	for i := range s.parts {
		p := &s.parts[i]
		for j := range int(p.lines) {
			place := p.place(j)
			if place >= 0 {
				if place = moved[place]; place < 0 {
					return false
				}
			}
			c.places = append(c.places, place)
		}
		c.place(p.literals)
	}
	s.parts = c.parts
	return true
}
