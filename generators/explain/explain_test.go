package explain

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/render"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
	library "github.com/isthmus-mesh/isthmus/jsonnet"
)

// trio is a mesh of three clusters that has something of everything: fields that
// are given and left out, an inline Service and a file, lists and values.
const trio = `apiVersion: isthmus.dev/v1alpha1
kind: Mesh
metadata: {name: trio}
spec:
  istio:
    version: "1.30.3"
    revision: blue
    values: {pilot: {env: {PILOT_TRACE_SAMPLING: "7"}}}
  network: vpn
  injection: {namespaces: [shop]}
  dns: {capture: true}
  clusters:
    - name: east
      apiServer: https://10.1.0.10:6443
      podCIDRs: [10.10.0.0/16]
      serviceCIDRs: [10.110.0.0/16]
      controlPlane:
        expose: dedicatedGateway
        addresses: [10.1.255.10]
        service: {loadBalancerSourceRanges: [10.0.0.0/8]}
    - name: west
      apiServer: https://10.2.0.10:6443
      podCIDRs: [10.20.0.0/16]
      serviceCIDRs: [10.120.0.0/16]
      kubernetesVersion: "1.33"
    - name: south
      apiServer: https://10.3.0.10:6443
      podCIDRs: [10.30.0.0/16]
      serviceCIDRs: [10.130.0.0/16]
      state: joining
  services:
    - name: cart
      namespace: shop
      labels: {team: a}
      ports: [{name: grpc, port: 7070}]
      trafficDistribution: PreferClose
      clusters: [east]
    - file: services/shop.yaml
      exclude: [internal]
      clusters: [west]
      clients: [east]
  delivery: {engine: flux}
`

const trioServices = `apiVersion: v1
kind: Service
metadata: {name: pay, namespace: shop}
spec:
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: internal, namespace: shop}
spec:
  ports: [{name: http, port: 81}]
`

func trioFiles() fstest.MapFS {
	return fstest.MapFS{"mesh.yaml": {Data: []byte(trio)}, "services/shop.yaml": {Data: []byte(trioServices)}}
}

func openTrio(t testing.TB) *Explainer {
	t.Helper()
	return open(t, trioFiles())
}

func open(t testing.TB, files fs.FS) *Explainer {
	t.Helper()
	e, err := Open(Source{Source: mesh.Source{FS: files, Name: "mesh.yaml", Dir: "mesh"}, Path: "mesh/mesh.yaml", Library: library.Files})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A place is one field of one object of one cluster.
type place struct {
	cluster int
	file    string
	object  string
	path    string
}

// everywhere lists all fields of all files.
func everywhere(t testing.TB, e *Explainer) []place {
	t.Helper()
	all, err := e.all()
	if err != nil {
		t.Fatal(err)
	}
	var places []place
	for i, r := range all {
		for _, f := range r.files {
			for _, o := range f.objects {
				for _, at := range fields(o.value) {
					places = append(places, place{i, f.path, named(o), written(at)})
				}
			}
		}
	}
	return places
}

func named(o object) string {
	if o.Name == "" {
		return ""
	}
	return o.Identity.String()
}

// sample gives some of a list, the same each time.
func sample[T any](list []T, n int, seed uint64) []T {
	rng := rand.New(rand.NewPCG(seed, 1))
	some := slices.Clone(list)
	rng.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	return some[:min(n, len(some))]
}

// answerFor asks about one field.
func answerFor(t *testing.T, e *Explainer, p place) *Answer {
	t.Helper()
	answers, err := e.Field(p.file + "#" + p.path)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range answers {
		if a.Object == p.object {
			return a
		}
	}
	t.Fatalf("no answer for %+v", p)
	return nil
}

// Every field of every file has an answer to what shapes it: lines of the library
// that hold it, or the Go that writes kustomizations.
func TestEveryFieldHasAShape(t *testing.T) {
	e := openTrio(t)
	all, err := e.all()
	if err != nil {
		t.Fatal(err)
	}
	b, err := newBench(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	known := map[string]bool{}
	for i, r := range all {
		s, err := e.newSearch(question{cluster: i})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.files {
			for _, o := range f.objects {
				evaluated, unit, key, found := b.unitOf(s.plan, f, o)
				if !found {
					if !strings.HasSuffix(f.path, "kustomization.yaml") {
						t.Errorf("%s %s comes of no unit", f.path, o.Identity)
					}
					continue
				}
				for _, at := range fields(o.value) {
					if once := fmt.Sprintf("%s %s %s %v", unit.Entry, o.Kind, written(at), i == 0); known[once] {
						continue // shaped as one before
					} else {
						known[once] = true
					}
					count++
					places := b.shape(evaluated, append([]step{{key, -1}}, at...))
					if len(places) == 0 || places[0].Line == 0 || places[0].Text == "" {
						t.Errorf("%s %s %s has no shape: %v", f.path, o.Identity, written(at), places)
					}
				}
			}
		}
	}
	if count < 100 {
		t.Errorf("only %d fields were looked at", count)
	}
}

// A line of the library that is named holds the field: other text put into the
// file there, and not into its syntax tree, comes out.
func TestShapeByText(t *testing.T) {
	e := openTrio(t)
	all, err := e.all()
	if err != nil {
		t.Fatal(err)
	}
	b, err := newBench(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, p := range sample(everywhere(t, e), 30, 3) {
		s, err := e.newSearch(question{cluster: p.cluster})
		if err != nil {
			t.Fatal(err)
		}
		r := all[p.cluster]
		f := r.files[r.file(p.file)]
		o := f.objects[slices.IndexFunc(f.objects, func(o object) bool { return named(o) == p.object })]
		evaluated, _, key, found := b.unitOf(s.plan, f, o)
		if !found {
			continue
		}
		at, err := steps(p.path)
		if err != nil {
			t.Fatal(err)
		}
		at = append([]step{{key, -1}}, at...)
		for len(at) > 0 && at[len(at)-1].index >= 0 {
			at = at[:len(at)-1]
		}
		for _, producer := range b.producers(evaluated, at) {
			loc := producer.Body.Loc()
			if producer.PlusSuper || !loc.IsSet() {
				continue
			}
			checked++
			if got := valueWith(t, producer.file, *loc, evaluated, at); got != mark {
				t.Errorf("%s: %s:%d does not hold it: %v", p.path, producer.file, loc.Begin.Line, got)
			}
		}
	}
	if checked < 15 {
		t.Errorf("only %d lines were tried", checked)
	}
}

// valueWith evaluates with a part of one file of the library replaced.
func valueWith(t *testing.T, file string, loc ast.LocationRange, e evaluation, at []step) any {
	t.Helper()
	edited := fstest.MapFS{}
	err := fs.WalkDir(library.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(library.Files, name)
		edited[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(edited[file].Data), "\n")
	offset := func(l ast.Location) int { return len(strings.Join(lines[:l.Line-1], "")) + l.Column - 1 }
	text := strings.Join(lines, "")
	edited[file].Data = []byte(text[:offset(loc.Begin)] + "'" + mark + "'" + text[offset(loc.End):])
	b := &bench{vm: jsonnet.MakeVM()}
	b.vm.Importer(render.Importer(edited))
	value, _ := b.value(e, at)
	return value
}

// matrix makes every trial of every input, without leaving any out, and gives the
// lines that each field depends on.
func matrix(t *testing.T, e *Explainer) map[place]map[string]bool {
	t.Helper()
	base, err := e.all()
	if err != nil {
		t.Fatal(err)
	}
	depends := map[place]map[string]bool{}
	for _, l := range e.tree.leaves() {
		trials, most := e.trials(l)
		for _, tr := range trials {
			if most == 0 {
				break
			}
			now, err := e.tried(tr)
			if err != nil {
				continue
			}
			most--
			for i := range base {
				if i >= len(now) {
					continue
				}
				r := &Reach{}
				r.add(map[string]int{}, base[i], now[i])
				for _, x := range r.Reached {
					if x.New {
						continue
					}
					name := strings.ReplaceAll(strings.ReplaceAll(x.File, "overlays/*/", "overlays/"+base[i].cluster+"/"), "clusters/*/", "clusters/"+base[i].cluster+"/")
					p := place{i, name, x.Object, x.Path}
					if depends[p] == nil {
						depends[p] = map[string]bool{}
					}
					depends[p][fmt.Sprintf("%s:%d %s", e.shown(l.file.name), l.line(), l.path)] = true
				}
			}
		}
	}
	return depends
}

// What an answer names is what the field depends on, no more and no less: the
// search that leaves parts of the input out finds what trying all of it finds.
func TestAnswersAreWhole(t *testing.T) {
	e := openTrio(t)
	truth := matrix(t, e)
	all := everywhere(t, e)
	decided := slices.DeleteFunc(slices.Clone(all), func(p place) bool { return len(truth[p]) == 0 })
	for _, p := range slices.Concat(sample(decided, 6, 7), sample(all, 2, 7)) {
		want := map[string]bool{}
		for line := range truth[p] {
			want[line] = true
		}
		for line := range truth[place{p.cluster, p.file, p.object, ""}] { // the object's being there
			want[line] = true
		}
		got := map[string]bool{}
		for _, c := range answerFor(t, e, p).Causes {
			if !c.Default {
				got[fmt.Sprintf("%s:%d %s", c.File, c.Line, c.Path)] = true
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%+v depends on (-want +got):\n%s", p, diff)
		}
	}
}

// Each line that an answer names is changed in the text of the file, which is then
// rendered by itself: the field differs, or its object is gone. And what the line
// reaches has the field.
func TestAnswersHold(t *testing.T) {
	e := openTrio(t)
	lines, reached := 0, 0
	for _, p := range []place{
		{1, "overlays/west/control-plane/stubs.yaml", "EndpointSlice/istio-system/istiod-blue", "endpoints[0].addresses[0]"},
		{1, "overlays/west/control-plane/releases.yaml", "HelmRelease/istio-system/istiod-blue", "spec.values.istiodRemote.injectionPath"},
		{0, "overlays/east/control-plane/releases.yaml", "HelmRelease/istio-system/istiod-blue", "spec.chart.spec.version"},
		{0, "overlays/east/control-plane/releases.yaml", "HelmRelease/istio-system/istiod-blue", "spec.values.pilot.env.PILOT_TRACE_SAMPLING"},
		{0, "overlays/east/control-plane/releases.yaml", "HelmRelease/istio-system/istio-eastwestgateway", "spec.values.service.loadBalancerSourceRanges[0]"},
		{2, "overlays/south/services/ns-shop.yaml", "Service/shop/cart", "spec.trafficDistribution"},
		{0, "overlays/east/services/ns-shop.yaml", "Service/shop/pay", "spec.ports[0].targetPort"},
		{1, "overlays/west/services/ns-shop.yaml", "Namespace/shop", `metadata.labels["istio.io/rev"]`},
		{2, "clusters/south/isthmus.yaml", "Kustomization/flux-system/isthmus-south-services", "spec.path"},
	} {
		for _, c := range answerFor(t, e, p).Causes {
			if c.Default {
				continue
			}
			r, err := e.From(c.File, c.Line)
			if err != nil {
				t.Fatal(err)
			}
			reached++
			if !slices.ContainsFunc(r.Reached, func(x Reached) bool {
				return !x.New && x.Object == p.object && (x.Path == p.path && !c.Existence || x.Existence && c.Existence) && strings.HasSuffix(p.file, x.File[strings.LastIndex(x.File, "*")+1:])
			}) {
				t.Errorf("%+v comes from %s:%d, which does not reach it: %+v", p, c.File, c.Line, r.Reached)
			}
			if c.Tried == removed || clusterName.MatchString(c.Path) || c.Path == "metadata.name" {
				continue // not done by one word of one line
			}
			lines++
			files := trioFiles()
			name := strings.TrimPrefix(c.File, "mesh/")
			files[name] = &fstest.MapFile{Data: replaceAt(t, files[name].Data, c)}
			was, is := fieldOf(t, trioFiles(), p), fieldOf(t, files, p)
			if reflect.DeepEqual(was, is) {
				t.Errorf("%+v stays %v with %s:%d changed from %s to %s", p, was, c.File, c.Line, c.Value, c.Tried)
			}
		}
	}
	if lines < 18 || reached < 22 {
		t.Errorf("only %d lines were changed and %d followed", lines, reached)
	}
}

// replaceAt changes the text of a file as an answer says that it was tried.
func replaceAt(t *testing.T, data []byte, c Cause) []byte {
	t.Helper()
	lines := bytes.SplitAfter(data, []byte("\n"))
	line := lines[c.Line-1]
	before, after := line[:c.Column-1], line[c.Column-1:]
	after = bytes.TrimPrefix(after, []byte(`"`))
	if !bytes.HasPrefix(after, []byte(c.Value)) {
		t.Fatalf("%s:%d:%d holds %q, not %q", c.File, c.Line, c.Column, after, c.Value)
	}
	tried := c.Tried
	if len(before)+len(after) == len(line) && c.Tried != "true" && c.Tried != "false" && c.Value != "" && (c.Value[0] < '0' || c.Value[0] > '9') {
		tried = `"` + tried + `"`
	}
	lines[c.Line-1] = slices.Concat(before, line[c.Column-1:len(line)-len(after)], []byte(tried), after[len(c.Value):])
	return bytes.Join(lines, nil)
}

// fieldOf renders files and gives one field, nil where it is not there.
func fieldOf(t *testing.T, files fs.FS, p place) any {
	t.Helper()
	e := open(t, files)
	all, err := e.all()
	if err != nil {
		t.Fatal(err)
	}
	r := all[p.cluster]
	i := r.file(p.file)
	if i < 0 {
		return nil
	}
	at, err := steps(p.path)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range r.files[i].objects {
		if named(o) == p.object {
			value, _ := lookup(o.value, at)
			return value
		}
	}
	return nil
}

// What is sealed is copied, and nothing else decides about it. That it is tried is
// not said: nobody can make another ciphertext.
func TestSealed(t *testing.T) {
	files := trioFiles()
	const name = "sealed/east/istio-remote-secret-west.yaml"
	files[name] = &fstest.MapFile{Data: append([]byte("# sealed\n"), sealtest.Manifest("istio-remote-secret-west", "west", "")...)}
	files[seal.LockPath] = &fstest.MapFile{Data: sealtest.Lock(map[string][]byte{name: files[name].Data})}
	e := open(t, files)
	a := answerFor(t, e, place{0, "overlays/east/secrets/istio-remote-secret-west.yaml", "SealedSecret/istio-system/istio-remote-secret-west", "spec.encryptedData.west"})
	if a.Copied != "mesh/"+name || len(a.Shape) > 0 {
		t.Errorf("got %+v", a)
	}
	if text := a.Text(); !strings.Contains(text, "copied      from mesh/"+name) || strings.Contains(text, "constant") {
		t.Errorf("got %s", text)
	}
}

// Nothing that was tried is left behind.
func TestNothingStays(t *testing.T) {
	e := openTrio(t)
	encoded := func() (all [][]byte) {
		for _, f := range e.files {
			data, err := f.encode()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, data)
		}
		return all
	}
	before := encoded()
	first := answerFor(t, e, place{1, "overlays/west/services/ns-shop.yaml", "Service/shop/cart", "spec.ports[0].port"})
	if _, err := e.From("mesh/mesh.yaml", 22); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, encoded()); diff != "" {
		t.Errorf("the input was changed:\n%s", diff)
	}
	again := answerFor(t, e, place{1, "overlays/west/services/ns-shop.yaml", "Service/shop/cart", "spec.ports[0].port"})
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the answer differs the second time:\n%s", diff)
	}
}

// Every golden mesh can be explained.
func TestGoldenMeshes(t *testing.T) {
	found, err := filepath.Glob("../testdata/*/mesh")
	if err != nil || len(found) == 0 {
		t.Fatal(found, err)
	}
	for i, dir := range found {
		t.Run(filepath.Base(filepath.Dir(dir)), func(t *testing.T) {
			t.Parallel()
			e := open(t, os.DirFS(dir))
			for _, p := range sample(everywhere(t, e), 1, uint64(i)) {
				a := answerFor(t, e, p)
				if len(a.Causes)+len(a.Shape) == 0 {
					t.Errorf("no answer for %+v", p)
				}
			}
		})
	}
}
