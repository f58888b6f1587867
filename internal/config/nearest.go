package config

import "strings"

// nearest returns the candidate that the user most likely meant, and false where
// none is near. Candidates are sorted; of equally near ones the first wins.
func nearest(word string, candidates []string) (string, bool) {
	folded := fold(word)
	best, bestDistance := "", len(folded)/3+1
	for _, c := range candidates {
		if fold(c) == folded {
			return c, true
		}
		if d := distance(folded, fold(c), bestDistance); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best, best != ""
}

// fold makes scrapeInterval, scrape-interval and ScrapeInterval one word.
func fold(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "", ".", "").Replace(s))
}

// distance is how many letters must be inserted, removed, replaced or swapped with
// their neighbour to make a of b; limit where it is at least that.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before := make([]int, len(b)+1) // two rows up
	above := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return min(above[len(b)], limit)
}
