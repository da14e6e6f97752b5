package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// A tree is one rendered mesh: overlays/ and, where something delivers it,
// clusters/.
type tree struct {
	root string
	mesh mesh
}

// A mesh is the part of mesh.yaml that says what the clusters are like; strict
// loading is the product's affair.
type mesh struct {
	Spec struct {
		Istio struct {
			Version   string `json:"version"`
			Namespace string `json:"namespace"`
			Install   string `json:"install"`
		} `json:"istio"`
		Namespaces string    `json:"namespaces"`
		Clusters   []cluster `json:"clusters"`
	} `json:"spec"`
}

type cluster struct {
	Name         string   `json:"name"`
	Version      string   `json:"version"`
	ServiceCIDRs []string `json:"serviceCIDRs"`
	ControlPlane struct {
		Expose  string `json:"expose"`
		Gateway struct {
			Namespace string `json:"namespace"`
		} `json:"gateway"`
	} `json:"controlPlane"`
}

// findTrees returns the trees of the repository: the reference mesh and the
// golden ones. ISTHMUS_E2E_TREES, a list of folders that hold overlays/, takes
// their place, for trees that are not committed.
func findTrees(root, instead string) ([]tree, error) {
	folders := filepath.SplitList(instead)
	if instead == "" {
		golden, err := filepath.Glob(filepath.Join(root, "generators", "testdata", "*", "want"))
		if err != nil {
			return nil, err
		}
		folders = append([]string{root}, golden...)
	}
	var found []tree
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, "overlays")); err != nil {
			return nil, err
		}
		read, err := readMesh(folder)
		if err != nil {
			return nil, err
		}
		found = append(found, tree{root: folder, mesh: read})
	}
	return found, nil
}

// readMesh reads mesh/mesh.yaml beside overlays/, or beside the folder want that
// a golden tree lies in.
func readMesh(folder string) (mesh, error) {
	var read mesh
	data, err := os.ReadFile(filepath.Join(folder, "mesh", "mesh.yaml"))
	if errors.Is(err, fs.ErrNotExist) && filepath.Base(folder) == "want" {
		data, err = os.ReadFile(filepath.Join(filepath.Dir(folder), "mesh", "mesh.yaml"))
	}
	if err != nil {
		return read, err
	}
	if err := yaml.Unmarshal(data, &read); err != nil {
		return read, err
	}
	if len(read.Spec.Clusters) == 0 {
		return read, fmt.Errorf("%s: its mesh has no clusters", folder)
	}
	if read.Spec.Istio.Namespace == "" {
		read.Spec.Istio.Namespace = "istio-system"
	}
	return read, nil
}

// name is the tree's in the output of the test.
func (t tree) name() string {
	absolute, err := filepath.Abs(t.root)
	if err != nil {
		return t.root
	}
	if filepath.Base(absolute) == "want" {
		absolute = filepath.Dir(absolute)
	}
	return filepath.Base(absolute)
}

// old says whether a cluster runs Istio 1.4 or 1.5.
func (m mesh) old(name string) bool {
	version := m.Spec.Istio.Version
	for _, c := range m.Spec.Clusters {
		if c.Name == name && c.Version != "" {
			version = c.Version
		}
	}
	return strings.HasPrefix(version, "1.4.") || strings.HasPrefix(version, "1.5.")
}

// A site is one API server and what is applied to it, in order.
type site struct {
	name         string
	serviceCIDRs []string
	member       bool // a cluster of the mesh, not only the place where Flux or Argo CD runs
	flux         bool // Flux runs here
	prunes       bool // by Flux, here or from a hub
	argocd       bool // Argo CD runs here
	steps        []step
}

// A step is what is applied as a whole: a stage of an overlay, or the objects
// that tell Flux or Argo CD of the stages.
type step struct {
	name            string // of the stage; delivery for a folder of clusters/
	owner, ownerSpc string // the Flux Kustomization that owns the objects, and its namespace
	folder          string // to build; for delivery, of files to read
}

const delivery = "delivery"

// sites returns the clusters of the mesh, then the places that deliver to them
// and are none.
func (t tree) sites() ([]site, error) {
	var names []string
	byName := map[string]*site{}
	add := func(name string) *site {
		if byName[name] == nil {
			names = append(names, name)
			byName[name] = &site{name: name, serviceCIDRs: familyCIDRs(nil)}
		}
		return byName[name]
	}
	for _, c := range t.mesh.Spec.Clusters {
		s := add(c.Name)
		s.member, s.serviceCIDRs = true, familyCIDRs(c.ServiceCIDRs)
	}
	flux, err := t.fluxStages()
	if err != nil {
		return nil, err
	}
	homes, err := os.ReadDir(filepath.Join(t.root, "clusters"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, home := range homes {
		s := add(home.Name())
		s.steps = append(s.steps, step{
			name: delivery, owner: "flux-system", ownerSpc: "flux-system",
			folder: filepath.Join(t.root, "clusters", home.Name()),
		})
		s.flux = slices.ContainsFunc(flux, func(f fluxStage) bool { return f.home == home.Name() })
		s.argocd = !s.flux
	}
	for _, c := range t.mesh.Spec.Clusters {
		listed, err := t.listedStages(c.Name)
		if err != nil {
			return nil, err
		}
		var delivered []string
		for _, f := range flux {
			if f.cluster != c.Name {
				continue
			}
			target := f.home
			if f.remote {
				target = c.Name
			}
			byName[target].steps = append(byName[target].steps, f.step)
			byName[target].prunes = true
			delivered = append(delivered, f.name)
		}
		if delivered == nil {
			for _, stage := range listed {
				byName[c.Name].steps = append(byName[c.Name].steps, step{
					name: stage, owner: "overlay-" + c.Name + "-" + stage, ownerSpc: "default",
					folder: filepath.Join(t.root, "overlays", c.Name, stage),
				})
			}
			continue
		}
		for _, stage := range listed {
			if !slices.Contains(delivered, stage) {
				return nil, fmt.Errorf("%s: overlays/%s lists the stage %s, which no Flux Kustomization delivers", t.root, c.Name, stage)
			}
		}
	}
	var found []site
	for _, name := range names {
		found = append(found, *byName[name])
	}
	return found, nil
}

// listedStages returns the stages that an overlay's kustomization lists, in
// order.
func (t tree) listedStages(cluster string) ([]string, error) {
	data, err := os.ReadFile(filepath.Join(t.root, "overlays", cluster, "kustomization.yaml"))
	if err != nil {
		return nil, err
	}
	var list struct {
		Resources []string `json:"resources"`
	}
	if err := yaml.Unmarshal(data, &list); err != nil {
		return nil, err
	}
	return list.Resources, nil
}

// familyCIDRs returns the first CIDR of each IP family, in order: an API server
// takes no more. A place that is no cluster of the mesh gets one of each.
func familyCIDRs(all []string) []string {
	var first []string
	for _, cidr := range all {
		of := strings.Contains(cidr, ":")
		if !slices.ContainsFunc(first, func(have string) bool { return strings.Contains(have, ":") == of }) {
			first = append(first, cidr)
		}
	}
	if first == nil {
		return []string{"10.96.0.0/16", "fd00:96::/112"}
	}
	return first
}
