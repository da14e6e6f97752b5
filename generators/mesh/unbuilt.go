package mesh

import (
	"io/fs"
	"path"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// unbuilt refuses what the schema describes and this version does not render
// yet: a field that is read and then ignored is an outage waiting for its
// reader.
func (c *checker) unbuilt() {
	s := &c.mesh.Spec
	refuse := func(is bool, path, what, fix string) {
		if is {
			c.report(rule.Unbuilt, path, what, "this version of isthmus would ignore it", fix)
		}
	}
	for i := range s.Clusters {
		cl, at := &s.Clusters[i], cluster(i)
		refuse(cl.LocalInjector, at+".localInjector", "a local injector is not built", "remove it")
	}
}

// overrides refuses the file in which a user's own changes will be written: the
// objects would go out without them.
func (c *checker) overrides(src Source) {
	const name = "overrides.jsonnet"
	if src.FS == nil {
		return
	}
	if _, err := fs.Stat(src.FS, name); err == nil {
		c.problems = append(c.problems, rule.Unbuilt.Problem(diag.Position{File: path.Join(src.Dir, name)}, "", "overrides are not built",
			"this version of isthmus would ignore them", "write patches for the clusters in mesh.yaml, and move the file away"))
	}
}
