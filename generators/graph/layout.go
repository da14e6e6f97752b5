package graph

// The layout of the SVG, in pixels. Each control plane has a frame; in it the
// control plane stands on top and its remotes below, in rows. The lines between
// them run in the margins that are kept for them: down the left side of the
// frame and along the top of each row, so that none crosses a box.
const (
	margin    = 16
	padding   = 10  // of a box
	titleSize = 14  // of letters
	textSize  = 12  // of letters
	titleLine = 19  // from one line to the next
	textLine  = 16  // from one line to the next
	leastBox  = 120 // width
	mostText  = 300 // width of a line: longer ones are broken
	across    = 960 // width that rows fill before they break
	between   = 20  // boxes of a row
	lanes     = 44  // height above a row, for two lines
	laneC     = 14  // of the line of configuration, from the edge that it runs along
	laneR     = 26  // of the line of reading
	shift     = 10  // from the middle of a box to where its lines end
	bus       = 26  // left of the frames, where control planes read each other's clusters
	head      = 58  // height of the title
)

// A rect is a place in the picture.
type rect struct{ x, y, w, h int }

// A box is a node in its place.
type box struct {
	rect
	node                Node
	configuration, read Change // of a remote: what became of its lines
}

// A frame is a control plane with its remotes, or the control planes that have
// none.
type frame struct {
	rect
	plane *box // nil where the rows are control planes
	rows  [][]box
}

// A picture is a Graph with places.
type picture struct {
	w, h   int
	graph  *Graph
	frames []frame
	legend int // where it starts
}

// layout gives each node its place.
func (g *Graph) layout() *picture {
	width := leastBox
	for _, p := range g.Planes {
		width = max(width, boxWidth(p.Node))
		for _, r := range p.Remotes {
			width = max(width, boxWidth(r))
		}
	}
	columns := max(1, (across+between)/(width+between))
	pic := &picture{graph: g}
	left, y := margin, margin+head
	var alone []box
	for _, p := range g.Planes {
		if len(p.Remotes) == 0 {
			alone = append(alone, box{node: p.Node})
		}
	}
	framed := len(g.Planes) - len(alone)
	if len(alone) > 0 {
		framed++
	}
	if framed > 1 {
		left += bus
	}
	for _, p := range g.Planes {
		if len(p.Remotes) == 0 {
			continue
		}
		f := frame{rect: rect{x: left, y: y}, plane: &box{node: p.Node}}
		f.plane.rect = rect{left + lanes, y + margin, width, boxHeight(p.Node)}
		var remotes []box
		for _, r := range p.Remotes {
			b := box{node: r}
			b.configuration, b.read = p.edge(r)
			remotes = append(remotes, b)
		}
		bottom := f.place(remotes, columns, width, f.plane.y+f.plane.h, lanes)
		f.h = bottom + margin - y
		y = bottom + margin + between
		pic.frames = append(pic.frames, f)
	}
	if len(alone) > 0 {
		f := frame{rect: rect{x: left, y: y}}
		bottom := f.place(alone, columns, width, y, margin)
		f.h = bottom + margin - y
		y = bottom + margin + between
		pic.frames = append(pic.frames, f)
	}
	for i := range pic.frames {
		pic.w = max(pic.w, pic.frames[i].x+pic.frames[i].w)
	}
	for i := range pic.frames { // one width looks calmer
		pic.frames[i].w = pic.w - pic.frames[i].x
	}
	pic.legend = y
	pic.h = y + len(pic.legendLines())*textLine + margin
	pic.w = max(pic.w, margin+pic.wordsWidth()) + margin
	return pic
}

// place sets boxes in rows below a height, each row after a gap, and gives where
// the last one ends. The boxes of a row are of one height.
func (f *frame) place(boxes []box, columns, width, y, gap int) int {
	if f.plane != nil {
		f.w = lanes + width + margin
	}
	for len(boxes) > 0 {
		row := boxes[:min(columns, len(boxes))]
		boxes = boxes[len(row):]
		y += gap
		tall := 0
		for i := range row {
			tall = max(tall, boxHeight(row[i].node))
		}
		x := f.x + margin
		if f.plane != nil {
			x = f.x + lanes
		}
		for i := range row {
			row[i].rect = rect{x, y, width, tall}
			x += width + between
		}
		f.w = max(f.w, x-between+margin-f.x)
		f.rows = append(f.rows, row)
		y += tall
	}
	return y
}

func boxWidth(n Node) int {
	w := textWidth(n.Title(), titleSize, true)
	if n.Change != Same {
		w += between + textWidth(n.Change.String(), textSize, true)
	}
	for _, l := range n.broken() {
		w = max(w, textWidth(l.Text, textSize, l.Change != Same))
	}
	return min(w, mostText) + 2*padding
}

func boxHeight(n Node) int { return 2*padding + titleLine + len(n.broken())*textLine - 3 }

// wordsWidth gives the width that the title and the legend need.
func (p *picture) wordsWidth() int {
	w := max(textWidth(p.graph.Title, 18, true), textWidth(p.graph.facts(), textSize, false))
	for _, l := range p.legendLines() {
		w = max(w, sample+textWidth(l.text, textSize, false))
	}
	return w
}
