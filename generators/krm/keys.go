package krm

import (
	"slices"
	"unicode"

	"go.yaml.in/yaml/v2"
)

// sortKeys puts the keys of all mappings into the order of yaml.v2. The sort is
// stable and starts from a given order, so it has one result even where the rule
// goes in circles.
func sortKeys(value any) {
	switch v := value.(type) {
	case yaml.MapSlice:
		slices.SortStableFunc(v, func(a, b yaml.MapItem) int {
			// Keys come from JSON: they are strings.
			left, _ := a.Key.(string)
			right, _ := b.Key.(string)
			return compareKeys([]rune(left), []rune(right))
		})
		for _, item := range v {
			sortKeys(item.Value)
		}
	case []any:
		for _, item := range v {
			sortKeys(item)
		}
	}
}

// compareKeys is keyList.Less of yaml.v2 (sorter.go) for strings: what is not a
// letter stands before letters, and runs of digits are compared as numbers.
func compareKeys(a, b []rune) int {
	less := func(is bool) int {
		if is {
			return -1
		}
		return 1
	}
	for i := range min(len(a), len(b)) {
		if a[i] == b[i] {
			continue
		}
		aLetter, bLetter := unicode.IsLetter(a[i]), unicode.IsLetter(b[i])
		if aLetter && bLetter {
			return less(a[i] < b[i])
		}
		if aLetter || bLetter {
			return less(bLetter)
		}
		var aNumber, bNumber int64
		if a[i] == '0' || b[i] == '0' {
			// A zero within a number that began before i counts.
			for j := i - 1; j >= 0 && unicode.IsDigit(a[j]); j-- {
				if a[j] != '0' {
					aNumber, bNumber = 1, 1
					break
				}
			}
		}
		aEnd, bEnd := i, i
		for ; aEnd < len(a) && unicode.IsDigit(a[aEnd]); aEnd++ {
			aNumber = aNumber*10 + int64(a[aEnd]-'0')
		}
		for ; bEnd < len(b) && unicode.IsDigit(b[bEnd]); bEnd++ {
			bNumber = bNumber*10 + int64(b[bEnd]-'0')
		}
		switch {
		case aNumber != bNumber:
			return less(aNumber < bNumber)
		case aEnd != bEnd:
			return less(aEnd < bEnd)
		default:
			return less(a[i] < b[i])
		}
	}
	return len(a) - len(b)
}
