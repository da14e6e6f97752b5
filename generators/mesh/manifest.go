package mesh

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/strict"
)

// A manifest is a Service as Kubernetes writes it (core/v1, up to 1.36), the
// fields included that belong to the cluster it was read from.
type manifest struct {
	APIVersion string           `yaml:"apiVersion" strict:"required"`
	Kind       string           `yaml:"kind" strict:"required"`
	Metadata   manifestMetadata `yaml:"metadata" strict:"required"`
	Spec       manifestSpec     `yaml:"spec" strict:"required"`
	Status     map[string]any   `yaml:"status"`
}

type manifestMetadata struct {
	Name                       string            `yaml:"name" strict:"required"`
	Namespace                  string            `yaml:"namespace"`
	Labels                     map[string]string `yaml:"labels"`
	Annotations                map[string]string `yaml:"annotations"`
	GenerateName               string            `yaml:"generateName"`
	UID                        string            `yaml:"uid"`
	ResourceVersion            any               `yaml:"resourceVersion"`
	Generation                 int64             `yaml:"generation"`
	SelfLink                   string            `yaml:"selfLink"`
	ClusterName                string            `yaml:"clusterName"`
	CreationTimestamp          any               `yaml:"creationTimestamp"`
	DeletionTimestamp          any               `yaml:"deletionTimestamp"`
	DeletionGracePeriodSeconds int64             `yaml:"deletionGracePeriodSeconds"`
	Finalizers                 []string          `yaml:"finalizers"`
	OwnerReferences            []any             `yaml:"ownerReferences"`
	ManagedFields              []any             `yaml:"managedFields"`
}

type manifestSpec struct {
	ServiceFields `yaml:",inline"`

	ClusterIPs                    []string `yaml:"clusterIPs"`
	IPFamily                      string   `yaml:"ipFamily"` // 1.16 to 1.19
	IPFamilies                    []string `yaml:"ipFamilies"`
	IPFamilyPolicy                string   `yaml:"ipFamilyPolicy"`
	ExternalIPs                   []string `yaml:"externalIPs"`
	ExternalTrafficPolicy         string   `yaml:"externalTrafficPolicy"`
	HealthCheckNodePort           int      `yaml:"healthCheckNodePort"`
	AllocateLoadBalancerNodePorts bool     `yaml:"allocateLoadBalancerNodePorts"`
	LoadBalancerIP                string   `yaml:"loadBalancerIP"`
	LoadBalancerClass             string   `yaml:"loadBalancerClass"`
	LoadBalancerSourceRanges      []string `yaml:"loadBalancerSourceRanges"`
}

// manifestLimit bounds one file of manifests, in bytes.
const manifestLimit = 16 << 20

// read gives the Services of the entry's file, each with the function that
// places a problem in it.
func (e *ServiceEntry) read(fsys fs.FS, dir string) ([]Service, []place, diag.Problems) {
	wrong := func(r *rule.Rule, what, fix string) diag.Problems {
		return diag.Problems{r.Problem(diag.Position{}, "file", what, "", fix)}
	}
	if !fs.ValidPath(e.File) {
		return nil, nil, wrong(rule.ServicesFile, fmt.Sprintf("%q leaves the folder of the mesh", e.File), "name a file in or below the folder that holds it, as in services/shop.yaml")
	}
	if fsys == nil {
		return nil, nil, wrong(rule.ServicesFile, fmt.Sprintf("%q cannot be read here, where the whole mesh is inlined", e.File), "write the Services inline; isthmus live --mode container does so")
	}
	data, err := readFile(fsys, e.File, manifestLimit)
	if err != nil {
		return nil, nil, wrong(rule.ServicesFile, fmt.Sprintf("%q %s", e.File, reason(err)), "name a file of Service manifests; the path starts in the folder of mesh.yaml")
	}
	docs, problems := strict.All(path.Join(dir, e.File), data, strict.Limits{Bytes: manifestLimit, Nodes: 4_000_000})
	problems = append(problems, inClear(path.Join(dir, e.File), data, orMove, docs...)...)
	var services []Service
	var places []place
	excluded := map[string]bool{}
	for _, name := range e.Exclude {
		excluded[name] = false
	}
	for _, doc := range docs {
		report := func(r *rule.Rule, path, what, why, fix string) {
			problems = append(problems, r.Problem(doc.Pos(path), path, what, why, fix))
		}
		if kind := doc.String("kind"); kind == "List" || kind == "ServiceList" {
			report(rule.Manifest, "kind", fmt.Sprintf("a %s is not read", kind), "the Services in it would be left out", `write each item as a document of its own, after a line "---"`)
		}
		if kind := doc.String("kind"); kind != "Service" && diag.Nearest(kind, []string{"Service"}) != "" {
			report(rule.Manifest, "kind", fmt.Sprintf("%q is no kind that is known", kind), "it would be passed over, and what it names copied nowhere", `did you mean "Service"?`)
		}
		if doc.String("kind") != "Service" {
			continue // real manifests hold Deployments and more, which stay at home
		}
		name := doc.String("metadata.name")
		if _, skip := excluded[name]; skip {
			excluded[name] = true
			continue
		}
		// Others have a kind Service too, with fields that would all be unknown.
		if v := doc.String("apiVersion"); v != "" && v != "v1" {
			report(rule.Manifest, "apiVersion", fmt.Sprintf("%q is not the version of a Service that isthmus copies", v), "", "exclude it, take it out of the file, or write v1")
			continue
		}
		var m manifest
		m.Spec.AllocateLoadBalancerNodePorts = true
		found := doc.Decode(&m)
		problems = append(problems, found...)
		if len(found) > 0 {
			continue
		}
		if m.Metadata.Namespace == "" {
			m.Metadata.Namespace = e.Namespace
		}
		m.Spec.atHome()
		services = append(services, Service{
			Namespace:   m.Metadata.Namespace,
			Name:        m.Metadata.Name,
			Labels:      m.Metadata.Labels,
			Annotations: m.Metadata.Annotations,
			Fields:      m.Spec.ServiceFields,
		})
		places = append(places, place{doc: doc, meta: "metadata.", spec: "spec."})
	}
	for i, name := range e.Exclude {
		if !excluded[name] && len(problems.Errors()) == 0 {
			problems = append(problems, rule.NoService.Problem(diag.Position{}, fmt.Sprintf("exclude[%d]", i), fmt.Sprintf("%s holds no Service %q", e.File, name), "", "remove the line, or correct the name"))
		}
	}
	if len(services) == 0 && len(problems.Errors()) == 0 {
		what := "%s holds no Service"
		if len(e.Exclude) > 0 {
			what = "every Service of %s is excluded"
		}
		problems = append(problems, wrong(rule.NoService, fmt.Sprintf(what, e.File), "name a file with Services, or remove the entry")...)
	}
	return services, places, problems
}

// atHome drops the address and the node ports, which the Service's home gave it
// and no other cluster may use.
func (f *ServiceFields) atHome() {
	if !f.Headless() {
		f.ClusterIP = ""
	}
	for i := range f.Ports {
		f.Ports[i].NodePort = 0
	}
}

// readFile reads a regular file of at most limit bytes.
func readFile(fsys fs.FS, name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is not a regular file")
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("has %d bytes; %d is the most that is read", info.Size(), limit)
	}
	return fs.ReadFile(fsys, name)
}
