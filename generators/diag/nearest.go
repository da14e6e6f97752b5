package diag

import "strings"

// Nearest gives the choice that was probably meant by word, or "" where none is
// near: a person's slip is one letter of a short word, one or two of another, or
// the wrong case.
func Nearest(word string, choices []string) string {
	best, least := "", 3
	if len(word) < 6 {
		least = 2
	}
	for _, choice := range choices {
		if d := distance(strings.ToLower(word), strings.ToLower(choice), least); d < least {
			best, least = choice, d
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b, giving up at limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
