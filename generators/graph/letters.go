package graph

import (
	"math"
	"strings"
)

// letterWidths are widths of letters in thousandths of their size, at least those
// of Verdana and DejaVu Sans, the widest fonts that a browser takes for
// sans-serif; so no text is wider than is counted here.
var letterWidths = func() map[rune]int {
	widths := map[rune]int{}
	for _, set := range []struct {
		letters string
		width   int
	}{
		{"ijl'|", 290}, {" .,:;!", 400}, {"()[]-Itfr/\\", 460}, {"ckszvxyJL", 610}, {"abdeghnopqu0123456789_FEPTY", 640},
		{"ABCKRSVXZ", 720}, {"DGHNOQU+=<>~#…→", 860}, {"mwMW@%&", 1000},
	} {
		for _, r := range set.letters {
			widths[r] = set.width
		}
	}
	return widths
}()

// textWidth gives how many pixels a text takes at most.
func textWidth(text string, size int, bold bool) int {
	sum := 0
	for _, r := range text {
		w, known := letterWidths[r]
		if !known {
			w = 1100
		}
		sum += w
	}
	if bold {
		sum = sum * 113 / 100
	}
	return int(math.Ceil(float64(sum*size) / 1000))
}

// fitted cuts a text to a width, and shows that it did.
func fitted(text string, most, size int, bold bool) string {
	if textWidth(text, size, bold) <= most {
		return text
	}
	letters := []rune(text)
	for len(letters) > 0 && textWidth(string(letters)+"…", size, bold) > most {
		letters = letters[:len(letters)-1]
	}
	return strings.TrimRight(string(letters), " ") + "…"
}

// wrapped breaks a text into lines of a width, at spaces. A word that is wider is
// cut.
func wrapped(text string, most int, bold bool) []string {
	var lines []string
	for word := range strings.FieldsSeq(text) {
		if n := len(lines); n > 0 && textWidth(lines[n-1]+" "+word, textSize, bold) <= most {
			lines[n-1] += " " + word
			continue
		}
		lines = append(lines, fitted(word, most, textSize, bold))
	}
	return lines
}

// broken gives the lines under a node's title as they stand in the picture.
func (n Node) broken() []Line {
	var all []Line
	for _, l := range n.Text() {
		for _, part := range wrapped(l.Marked(), mostText, l.Change != Same) {
			all = append(all, Line{Text: part, Change: l.Change})
		}
	}
	return all
}
