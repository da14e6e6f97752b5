package mesh

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/strict"
)

// fileLimit bounds mesh.yaml, in bytes.
const fileLimit = 1 << 20

// A Source is where a mesh.yaml is read from.
type Source struct {
	FS      fs.FS  // the folder of mesh.yaml, and all that it may read; nil for an inlined mesh
	Name    string // the file's name in FS
	Dir     string // the folder as the user calls it, put before names in positions
	Inlined []byte // the mesh itself where FS is nil: problems then have no lines, for these would be the runner's

	Now              time.Time // reports what is true on a day, as a certificate that ends; zero reports nothing of that kind
	SkipCertificates bool      // leave the folder of certificates alone: for those who mend it
	SkipSealed       bool      // likewise what is sealed

	Lists seal.Lister // writes the lists beside what is sealed, to hold those that are there against; nil leaves them unread: no object comes from them

	AllowUntested bool // take a newer patch or minor for the newest that the dialects were checked against
}

// Load reads a mesh.yaml and the Services that it names. The problems include
// warnings; with any error among them there is no Mesh.
func Load(src Source) (*Mesh, diag.Problems) {
	data, file := src.Inlined, ""
	if src.FS != nil {
		file = path.Join(src.Dir, src.Name)
		var err error
		if data, err = readFile(src.FS, src.Name, fileLimit); err != nil {
			fix := ""
			if errors.Is(err, fs.ErrNotExist) {
				fix = "name the file with -f, or run isthmus where mesh/mesh.yaml or mesh.yaml lies"
			}
			return nil, diag.Problems{{Pos: diag.Position{File: file}, What: reason(err), Fix: fix}}
		}
	}
	m, problems := load(src, file, data)
	problems = inOrder(problems, m, file, src.Dir)
	if src.FS == nil {
		for _, p := range problems {
			p.Pos = diag.Position{}
		}
	}
	if len(problems.Errors()) > 0 {
		return nil, problems
	}
	return m, problems
}

// inOrder sorts problems by file: mesh.yaml first, then the files that it names
// in the order in which it does; each of them by line.
func inOrder(problems diag.Problems, m *Mesh, file, dir string) diag.Problems {
	rank := map[string]int{file: 0}
	if m != nil {
		for i := range m.Spec.Services {
			if name := m.Spec.Services[i].File; name != "" {
				if name = path.Join(dir, name); rank[name] == 0 && name != file {
					rank[name] = len(rank)
				}
			}
		}
	}
	slices.SortStableFunc(problems, func(a, b *diag.Problem) int {
		return cmp.Compare(rank[a.Pos.File], rank[b.Pos.File])
	})
	return problems.Sorted()
}

// reason gives an error of readFile without the name of the file.
func reason(err error) string {
	var failed *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "does not exist"
	case errors.As(err, &failed):
		return "cannot be read: " + failed.Err.Error()
	default:
		return err.Error()
	}
}

func load(src Source, file string, data []byte) (*Mesh, diag.Problems) {
	doc, problems := strict.One(file, data, strict.Limits{})
	if doc == nil {
		return nil, problems
	}
	shape := problems
	c := &checker{doc: doc, untested: src.AllowUntested, inlined: src.FS == nil}
	// Another kind of document would give a screen of unknown fields. One that
	// is no text is a problem of decoding.
	for _, is := range []struct{ field, want string }{{"apiVersion", APIVersion}, {"kind", Kind}} {
		if got := doc.String(is.field); got != "" && got != is.want {
			problems = append(problems, rule.NotAMesh.Problem(doc.Pos(is.field), is.field, fmt.Sprintf("%q is not that of a mesh", got), "", fmt.Sprintf("write %s: %s", is.field, is.want)))
		}
	}
	if len(problems) > len(shape) {
		return nil, problems
	}
	m := defaults()
	m.source = data
	if src.FS != nil {
		m.doc = doc
	}
	problems = append(problems, doc.Decode(m)...)
	c.meant = map[string]bool{}
	for _, p := range problems {
		c.meant[p.Meant] = true
	}
	if len(shape) > 0 {
		return nil, problems // what is there twice, or cannot be read, would mislead the rules
	}
	m.complete()
	c.mesh = m
	c.problems = append(c.problems, inClear(file, data, takeOut, doc)...)
	c.names()
	c.release()
	c.era()
	c.unbuilt()
	c.overrides(src)
	c.networks()
	c.apiServers()
	c.controlPlanes()
	c.families()
	c.security()
	c.external()
	c.sealed(src)
	c.certificates(src)
	c.delivery()
	c.injection()
	c.placeServices(src)
	c.gatewayNamespaces()
	c.checkServices()
	c.plainServices()
	c.silences()
	return m, c.loud(c.merge(problems))
}

// A checker collects what is wrong over several fields and clusters.
type checker struct {
	mesh     *Mesh
	doc      *strict.Document
	untested bool
	inlined  bool // lines are the runner's
	problems diag.Problems
	spans    []span          // the prefixes of all clusters by address, where all are sound
	meant    map[string]bool // the paths of fields that are there by a name misspelt
	places   []place         // of mesh.Services, until they are sorted
}

// A place is where a Service was written: a document and the paths of its
// metadata and its spec in it.
type place struct {
	doc        *strict.Document
	meta, spec string
}

// report records what a rule found at a path of mesh.yaml.
func (c *checker) report(r *rule.Rule, path, what, why, fix string) {
	c.reportIn(c.doc, r, path, what, why, fix)
}

// reportIn records what a rule found at a path of any document.
func (c *checker) reportIn(doc *strict.Document, r *rule.Rule, path, what, why, fix string) {
	c.problems = append(c.problems, r.Problem(doc.Pos(path), path, what, why, fix))
}

// merge adds what the rules found to what decoding found. A field that did not
// decode is empty to the rules, and what they say of it is left out: one
// mistake, one message.
func (c *checker) merge(decoded diag.Problems) diag.Problems {
	file := c.doc.Pos("").File
	broken := maps.Clone(c.meant)
	delete(broken, "")
	above := map[string]bool{}
	for _, p := range decoded {
		broken[p.Path] = true
		if within := parent(p.Path); p.Rule == rule.UnknownField.Code && strings.Count(within, ".") > 1 {
			broken[within] = true // the field that was meant has its default
		}
		for at := p.Path; at != ""; at = parent(at) {
			above[at] = true
		}
	}
	follows := func(p *diag.Problem) bool {
		if p.Pos.File != file {
			return false // a manifest has paths of its own
		}
		for at := p.Path; at != ""; at = parent(at) {
			if broken[at] {
				return true
			}
		}
		return above[p.Path]
	}
	found := slices.DeleteFunc(c.problems, follows)
	return append(decoded, found...)
}

// parent gives the path that holds the value at a path, "" for the outermost.
func parent(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

func cluster(i int) string { return fmt.Sprintf("spec.clusters[%d]", i) }
