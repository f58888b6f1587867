package frame

import "math"

// Decimate returns a frame of at most about points rows in place of a time
// series with more: of the rows that fall into one pair of points it keeps each
// number's least and greatest value, in the order in which they came. Frames
// that are no time series, and those that are short enough, come back as they are.
func Decimate(f *Frame, points int) *Frame {
	times := f.First(Time)
	if times == nil || points < 2 || len(f.Fields) < 2 || len(times.Numbers) <= points {
		return f
	}
	for i := range f.Fields {
		if t := f.Fields[i].Type; t != Number && &f.Fields[i] != times {
			return f
		}
	}
	first, last := times.Numbers[0], times.Numbers[len(times.Numbers)-1]
	if !(last > first) {
		return f
	}
	bounds := buckets(times.Numbers, first, last, points/2)
	if bounds == nil {
		return f
	}
	if len(f.Fields) == 2 {
		return f.Select(extremes(f.First(Number).Numbers, bounds))
	}
	out := *f
	out.Fields = make([]Field, len(f.Fields))
	for i, field := range f.Fields {
		if field.Type == Time {
			field.Numbers = ends(field.Numbers, bounds)
		} else {
			field.Numbers = pick(field.Numbers, extremes(field.Numbers, bounds))
		}
		out.Fields[i] = field
	}
	return &out
}

// buckets returns the first row of each pair of points, and the end. Nil: the
// times are not in order.
func buckets(times []float64, first, last float64, count int) []int {
	bounds := make([]int, 0, count+1)
	width := (last - first) / float64(count)
	bucket := -1
	for row, t := range times {
		if row > 0 && !(t >= times[row-1]) {
			return nil
		}
		if b := min(int((t-first)/width), count-1); b != bucket {
			bounds = append(bounds, row)
			bucket = b
		}
	}
	return append(bounds, len(times))
}

// extremes returns two rows of each bucket; one where it has only one.
func extremes(values []float64, bounds []int) []int {
	rows := make([]int, 0, 2*len(bounds))
	for i := 1; i < len(bounds); i++ {
		from, to := bounds[i-1], bounds[i]
		if to-from == 1 {
			rows = append(rows, from)
			continue
		}
		least, greatest := -1, -1
		for row := from; row < to; row++ {
			if math.IsNaN(values[row]) {
				continue
			}
			if least < 0 || values[row] < values[least] {
				least = row
			}
			if greatest < 0 || values[row] > values[greatest] {
				greatest = row
			}
		}
		switch {
		case least < 0:
			least, greatest = from, to-1
		case least == greatest && least > from:
			least = from // the only number there: a gap stays before it
		case least == greatest:
			greatest = to - 1
		}
		rows = append(rows, min(least, greatest), max(least, greatest))
	}
	return rows
}

// ends returns the times at which a bucket's two rows of several numbers stand.
func ends(times []float64, bounds []int) []float64 {
	out := make([]float64, 0, 2*len(bounds))
	for i := 1; i < len(bounds); i++ {
		out = append(out, times[bounds[i-1]])
		if bounds[i]-bounds[i-1] > 1 {
			out = append(out, times[bounds[i]-1])
		}
	}
	return out
}

func pick(values []float64, rows []int) []float64 {
	out := make([]float64, len(rows))
	for i, row := range rows {
		out[i] = values[row]
	}
	return out
}
