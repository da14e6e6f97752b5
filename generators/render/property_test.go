package render

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"testing"
	"testing/fstest"

	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// drawn lists what the meshes of even a short run have to hold, so that none of
// the equalities is counted over too little.
var drawn = []string{
	"era 1.4", "era 1.5.0", "era 1.5", "era today",
	"pod 1.4", "clusterIP 1.4", "loadBalancer 1.4", "gateway 1.4",
	"pod 1.5.0", "clusterIP 1.5.0",
	"pod 1.5", "clusterIP 1.5", "loadBalancer 1.5", "gateway 1.5", "dedicatedGateway 1.5",
	"pod today", "clusterIP today", "loadBalancer today", "gateway today", "dedicatedGateway today", "hostname",
	"stubs both 1.4", "stubs overlay 1.4", "stubs profile 1.4", "stubs both 1.5.0", "stubs profile 1.5.0",
	"stubs both 1.5", "stubs overlay 1.5", "stubs profile 1.5", "stubs overlay today", "stubs profile today",
	"istioctl", "operator", "helm", "sail", "values",
	"by nobody", "by Flux", "by a hub", "by Argo CD",
	"joining", "active", "leaving", "leastPrivilege", "Mixer 1.4", "Mixer 1.5",
}

// The environment asks for another number of meshes, from another one on, and for
// a folder in which they are left for who looks at them further: interop does.
const (
	meshesVar = "ISTHMUS_MESHES"
	firstVar  = "ISTHMUS_FIRST_MESH"
	folderVar = "ISTHMUS_MESHES_IN"
)

func number(t *testing.T, name string, otherwise int) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return uint64(otherwise)
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// Whatever Load accepts is planned and rendered, and what is rendered holds
// together over all clusters: the equalities by which Istio, Kubernetes and the
// engines find one thing from another are counted again from the YAML alone.
func TestRandomMeshes(t *testing.T) {
	meshes, first := number(t, meshesVar, 300), number(t, firstVar, 0)
	accepted, seen, has := uint64(0), map[string]int{}, map[string]int{}
	for seed := first; seed < first+meshes; seed++ {
		s := &sketch{Rand: rand.New(rand.NewPCG(seed, 130))}
		text := s.mesh()
		m, problems := mesh.Load(mesh.Source{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text)}}, Name: "mesh.yaml"})
		if m == nil {
			if problems.Errors() == nil {
				t.Errorf("seed %d: no mesh and no error", seed)
			}
			continue
		}
		accepted++
		if mistaken := s.mistaken(text); loads(mistaken) {
			t.Fatalf("seed %d: it loads with values that part the clusters:\n%s", seed, mistaken)
		}
		for _, what := range s.drawn {
			has[what]++
		}
		w := &witness{mesh: m, problems: map[string]bool{}, seen: seen}
		if err := w.render(filepath.Join(os.Getenv(folderVar), fmt.Sprint("seed-", seed)), text); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		for problem := range w.problems {
			t.Errorf("seed %d: %s", seed, problem)
		}
		if t.Failed() {
			t.Fatal(text)
		}
	}
	t.Logf("%d meshes, %d of them accepted", meshes, accepted)
	// A generator that draws nothing but mistakes, or a check that never finds
	// its object, proves nothing.
	if accepted < meshes/2 {
		t.Errorf("%d of %d meshes were accepted", accepted, meshes)
	}
	if meshes < 300 {
		return
	}
	for _, check := range checks {
		t.Logf("%6d times %s", seen[check], check)
		if seen[check] < 10 {
			t.Errorf("%q was checked %d times", check, seen[check])
		}
	}
	for _, what := range drawn {
		if has[what] == 0 {
			t.Errorf("no mesh has %q", what)
		}
	}
}

func loads(text string) bool {
	m, _ := mesh.Load(mesh.Source{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text)}}, Name: "mesh.yaml"})
	return m != nil
}

// render renders the mesh, witnesses each cluster and then all of them, and leaves
// the mesh and its objects in the folder that the environment names.
func (w *witness) render(folder, text string) error {
	p, err := plan.Of(w.mesh)
	if err != nil {
		return err
	}
	objects, err := Of(jsonnet.Files, p)
	if err != nil {
		return err
	}
	files := map[string][]byte{"mesh/mesh.yaml": []byte(text)}
	for i, c := range p.Clusters {
		made, err := objects.Cluster(c)
		if err != nil {
			return err
		}
		w.cluster(&w.mesh.Spec.Clusters[i], c, made)
		for i, stage := range c.Stages {
			for j, f := range stage.Files {
				files[path.Join("overlays", c.Name, stage.Name, f.Name)] = krm.Stream(made.Stages[i][j])
			}
		}
	}
	w.all()
	if os.Getenv(folderVar) == "" {
		return nil
	}
	for name, data := range files {
		at := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(at, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
