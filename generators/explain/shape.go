package explain

import (
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
	"github.com/google/go-jsonnet/toolutils"

	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
)

// A Place is a line of what gives an object its shape.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Text string `json:"text,omitempty"`
}

// A bench evaluates parts of the Jsonnet library, as it is and changed.
type bench struct {
	vm     *jsonnet.VM
	fields []field
	lines  map[string][]string
	seen   map[*ast.DesugaredObject]bool

	imports map[string][]string // by file
}

// A field is a field of an object in the library.
type field struct {
	*ast.DesugaredObjectField
	file  string
	names []string // that it may have; nil for any
}

func newBench(library fs.FS) (*bench, error) {
	b := &bench{vm: jsonnet.MakeVM(), lines: map[string][]string{}, seen: map[*ast.DesugaredObject]bool{}, imports: map[string][]string{}}
	b.vm.Importer(render.Importer(library))
	err := fs.WalkDir(library, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".jsonnet" && path.Ext(name) != ".libsonnet" {
			return err
		}
		node, _, err := b.vm.ImportAST("", name)
		if err != nil {
			return err
		}
		data, err := fs.ReadFile(library, name)
		b.lines[name] = strings.Split(string(data), "\n")
		b.collect(name, node)
		return err
	})
	return b, err
}

// collect lists the fields below a node.
func (b *bench) collect(file string, n ast.Node) {
	if i, is := n.(*ast.Import); is {
		b.imports[file] = append(b.imports[file], path.Join(path.Dir(file), i.File.Value))
	}
	if o, is := n.(*ast.DesugaredObject); is && !b.seen[o] {
		b.seen[o] = true
		for i := range o.Fields {
			b.fields = append(b.fields, field{&o.Fields[i], file, namesOf(o.Fields[i].Name)})
		}
	}
	for _, c := range toolutils.Children(n) {
		b.collect(file, c)
	}
}

// namesOf gives the names that an expression for one may give, nil for any.
func namesOf(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.LiteralString:
		return []string{n.Value}
	case *ast.LiteralNull:
		return []string{}
	case *ast.Conditional:
		yes, no := namesOf(n.BranchTrue), namesOf(n.BranchFalse)
		if yes == nil || no == nil {
			return nil
		}
		return append(yes, no...)
	}
	return nil
}

// An evaluation is an entry point of the library with its argument.
type evaluation struct {
	entry string
	args  ast.Node
}

// value evaluates what is at a path of the result and nothing else; there is
// false where there is nothing, or evaluating it fails.
func (b *bench) value(e evaluation, at []step) (value any, there bool) {
	code := "function(args) (import '" + e.entry + "')(args)"
	for _, s := range at {
		if s.index >= 0 {
			code += "[" + written([]step{s})[1:]
			continue
		}
		quoted, err := json.Marshal(s.key)
		if err != nil {
			return nil, false
		}
		code += "[" + string(quoted) + "]"
	}
	node, err := jsonnet.SnippetToAST("explain.jsonnet", code)
	if err != nil {
		return nil, false
	}
	b.vm.ExtVar("again", "") // forgets what was evaluated: the library may have changed
	b.vm.TLANode("args", e.args)
	text, err := b.vm.Evaluate(node)
	if err != nil {
		return nil, false
	}
	if json.Unmarshal([]byte(text), &value) != nil {
		return nil, false
	}
	return value, true
}

// mark is what is put into the library to be found again.
const mark = "this was put in by isthmus explain"

// producers lists the fields of the library that hold what is at a path: put
// something else there, and it comes out.
func (b *bench) producers(e evaluation, at []step) []field {
	var found []field
	name := at[len(at)-1].key
	read := b.reads(e.entry)
	for _, f := range b.fields {
		if !read[f.file] || f.names != nil && !slices.Contains(f.names, name) {
			continue
		}
		body, plus := f.Body, f.PlusSuper
		f.Body, f.PlusSuper = &ast.LiteralString{Value: mark, Kind: ast.StringDouble}, false
		got, there := b.value(e, at)
		f.Body, f.PlusSuper = body, plus
		if there && got == mark {
			found = append(found, f)
		}
	}
	return found
}

// reads gives the files that an entry point imports, itself included.
func (b *bench) reads(entry string) map[string]bool {
	all := map[string]bool{entry: true}
	for open := []string{entry}; len(open) > 0; open = open[1:] {
		for _, name := range b.imports[open[0]] {
			if !all[name] {
				all[name] = true
				open = append(open, name)
			}
		}
	}
	return all
}

// shape gives the lines that a field has its form from: the innermost first, then
// the lines in other files that take it in. Where no line holds the field itself,
// a map around it comes from the argument whole.
func (b *bench) shape(e evaluation, at []step) []Place {
	var all []Place
	files := map[string]bool{}
	for n := len(at); n > 0; n-- {
		if at[n-1].index >= 0 {
			continue
		}
		var here []Place
		for _, f := range b.producers(e, at[:n]) {
			if !files[f.file] {
				here = append(here, b.place(f))
			}
		}
		for _, p := range here {
			files[strings.TrimPrefix(p.File, "jsonnet/")] = true
		}
		all = append(all, here...)
	}
	return all
}

func (b *bench) place(f field) Place {
	line := f.LocRange.Begin.Line
	if line == 0 {
		line = f.Body.Loc().Begin.Line
	}
	p := Place{File: "jsonnet/" + f.file, Line: line}
	if lines := b.lines[f.file]; line > 0 && line <= len(lines) {
		p.Text = strings.TrimSpace(lines[line-1])
	}
	return p
}

// unitOf finds the unit that made an object of a cluster's file, and the key
// under which it did.
func (b *bench) unitOf(p *plan.Plan, file output, o object) (e evaluation, unit plan.Unit, key string, found bool) {
	c := p.Clusters[0]
	files := slices.Clone(c.Delivery)
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
	}
	for _, stage := range c.Stages {
		for _, f := range stage.Files {
			files = append(files, f)
			names = append(names, "overlays/"+c.Name+"/"+stage.Name+"/"+f.Name)
		}
	}
	for i, f := range files {
		if names[i] != file.path {
			continue
		}
		for _, pick := range f.Picks {
			unit := p.Units[pick.Unit]
			args, err := render.Node(unit.Args)
			if err != nil {
				return e, unit, "", false
			}
			e := evaluation{unit.Entry, args}
			for _, key := range pick.Keys {
				made, there := b.value(e, []step{{key, -1}})
				m, _ := made.(map[string]any)
				if there && identity(m) == o.Identity && (o.Identity.Name != "" || len(file.objects) == 1) {
					return e, unit, key, true
				}
			}
		}
	}
	return e, unit, "", false
}
