package graph

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
)

// A shape is an element of an SVG that has a place.
type shape struct {
	name, class, group, text string
	x, y, w, h               int
	d                        string
}

// shapes reads an SVG: what it draws, the class of the group around each, and
// the texts of title and desc.
func shapes(t *testing.T, data []byte) (all []shape, about map[string]string) {
	t.Helper()
	about = map[string]string{}
	decoder := xml.NewDecoder(strings.NewReader(string(data)))
	group, path := "", []string{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return all, about
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			path = append(path, e.Name.Local)
			s := shape{name: e.Name.Local, group: group}
			for _, a := range e.Attr {
				n, _ := strconv.Atoi(a.Value)
				switch a.Name.Local {
				case "class":
					s.class = a.Value
				case "x":
					s.x = n
				case "y":
					s.y = n
				case "width":
					s.w = n
				case "height":
					s.h = n
				case "d":
					s.d = a.Value
				}
			}
			if s.name == "g" {
				group = s.class
			}
			all = append(all, s)
		case xml.EndElement:
			path = path[:len(path)-1]
			if e.Name.Local == "g" {
				group = ""
			}
		case xml.CharData:
			if len(path) == 0 {
				continue
			}
			if in := path[len(path)-1]; in == "text" {
				all[len(all)-1].text = string(e)
			} else if len(path) == 2 {
				about[in] = string(e)
			}
		}
	}
}

// hold checks the geometry of a picture: no two boxes overlap, each lies in a
// frame, no text leaves its box, nothing leaves the page, and no line crosses a
// box.
func hold(t *testing.T, data []byte) {
	t.Helper()
	all, about := shapes(t, data)
	if about["title"] == "" || about["desc"] == "" {
		t.Errorf("the picture is not described: %q", about)
	}
	page := all[0]
	var frames, boxes []shape
	for _, s := range all {
		switch {
		case s.name == "rect" && s.class == "frame":
			frames = append(frames, s)
		case s.name == "rect" && strings.HasPrefix(s.group, "node"):
			boxes = append(boxes, s)
		}
	}
	within := func(s, outer shape) bool {
		return s.x >= outer.x && s.y >= outer.y && s.x+s.w <= outer.x+outer.w && s.y+s.h <= outer.y+outer.h
	}
	overlap := func(a, b shape) bool {
		return a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h
	}
	for i, b := range boxes {
		inside := 0
		for _, f := range frames {
			if within(b, f) {
				inside++
			}
		}
		if inside != 1 || !within(b, shape{w: page.w, h: page.h}) {
			t.Errorf("box %+v lies in %d frames", b, inside)
		}
		for _, o := range boxes[:i] {
			if overlap(b, o) {
				t.Errorf("boxes %+v and %+v overlap", b, o)
			}
		}
	}
	for i, f := range frames {
		for _, o := range frames[:i] {
			if overlap(f, o) {
				t.Errorf("frames %+v and %+v overlap", f, o)
			}
		}
	}
	var box shape
	bottom := 0
	for _, s := range all {
		switch {
		case s.name == "rect":
			box, bottom = s, 0
		case s.name == "text" && s.group != "":
			size, bold := textSize, s.class != "line"
			if s.class == "name" {
				size = titleSize
			}
			w := textWidth(s.text, size, bold)
			if s.class == "word" { // ends at its x
				s.x -= w
			}
			if s.x < box.x+padding-1 || s.x+w > box.x+box.w-padding+1 || s.y-size < box.y || s.y+4 > box.y+box.h {
				t.Errorf("text %q at %d,%d is not within its box %+v", s.text, s.x, s.y, box)
			}
			if s.class != "word" && s.y < bottom {
				t.Errorf("text %q runs into the line above", s.text)
			}
			if s.class != "word" {
				bottom = s.y + textSize
			}
		case s.name == "text":
			size := textSize
			if s.class == "mesh" {
				size = 18
			}
			if s.x+textWidth(s.text, size, s.class == "mesh") > page.w || s.y > page.h {
				t.Errorf("text %q leaves the page", s.text)
			}
		case s.name == "path" && s.class != "" && !strings.HasPrefix(s.class, "head"):
			for _, line := range segments(t, s.d) {
				for _, b := range boxes {
					inner := shape{x: b.x + 1, y: b.y + 1, w: b.w - 2, h: b.h - 2}
					if overlap(line, inner) {
						t.Errorf("line %s crosses box %+v", s.d, b)
					}
				}
			}
		}
	}
}

// segments gives the straight parts of a path as thin rectangles.
func segments(t *testing.T, d string) []shape {
	t.Helper()
	var lines []shape
	x, y := 0, 0
	for len(d) > 0 {
		command := d[0]
		end := strings.IndexAny(d[1:], "MVHh") + 1
		if end == 0 {
			end = len(d)
		}
		var to [2]int
		n, err := fmt.Sscan(strings.ReplaceAll(d[1:end], ",", " "), &to[0], &to[1])
		if n == 0 {
			t.Fatal(d, err)
		}
		d = d[end:]
		fromX, fromY := x, y
		switch command {
		case 'M':
			x, y = to[0], to[1]
			continue
		case 'H':
			x = to[0]
		case 'h':
			x += to[0]
		case 'V':
			y = to[0]
		}
		lines = append(lines, shape{x: min(x, fromX), y: min(y, fromY), w: max(x, fromX) - min(x, fromX) + 1, h: max(y, fromY) - min(y, fromY) + 1})
	}
	return lines
}
