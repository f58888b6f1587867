package index

import "slices"

// Sets are ascending slices without duplicates.

// intersect returns what is in both a and b, in a new slice.
func intersect[T ~uint32](a, b []T) []T {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 {
		return nil
	}
	out := make([]T, 0, len(a))
	for _, x := range a {
		i := gallop(b, x)
		b = b[i:]
		if len(b) == 0 {
			break
		}
		if b[0] == x {
			out = append(out, x)
			b = b[1:]
		}
	}
	return out
}

// subtract returns what is in a and not in b, in a new slice; a itself where b
// is empty.
func subtract[T ~uint32](a, b []T) []T {
	if len(b) == 0 || len(a) == 0 {
		return a
	}
	out := make([]T, 0, len(a))
	for _, x := range a {
		b = b[gallop(b, x):]
		if len(b) == 0 || b[0] != x {
			out = append(out, x)
		}
	}
	return out
}

// Union returns what is in any of the sets; the one set itself where there is
// one only.
func Union[T ~uint32](sets [][]T) []T {
	switch len(sets) {
	case 0:
		return nil
	case 1:
		return sets[0]
	}
	n := 0
	for _, s := range sets {
		n += len(s)
	}
	out := make([]T, 0, n)
	for _, s := range sets {
		out = append(out, s...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// gallop returns the first index of b whose element is at least x: in steps
// that double, so that it is cheap when that is near.
func gallop[T ~uint32](b []T, x T) int {
	if len(b) == 0 || b[0] >= x {
		return 0
	}
	step := 1
	for step < len(b) && b[step] < x {
		step <<= 1
	}
	low := step >> 1
	i, _ := slices.BinarySearch(b[low:min(step+1, len(b))], x)
	return low + i
}

// insert adds x to a set. Those who hold the old slice see no change: an element
// that is not the greatest goes into a copy.
func insert[T ~uint32](set []T, x T) []T {
	if n := len(set); n == 0 || set[n-1] < x {
		return append(set, x)
	}
	i, found := slices.BinarySearch(set, x)
	if found {
		return set
	}
	out := make([]T, 0, len(set)+1)
	out = append(out, set[:i]...)
	out = append(out, x)
	return append(out, set[i:]...)
}

// remove takes x out of a set, into a copy.
func remove[T ~uint32](set []T, x T) []T {
	i, found := slices.BinarySearch(set, x)
	if !found {
		return set
	}
	if len(set) == 1 {
		return nil
	}
	out := make([]T, 0, len(set)-1)
	out = append(out, set[:i]...)
	return append(out, set[i+1:]...)
}
