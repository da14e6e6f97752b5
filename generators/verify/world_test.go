package verify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
	"github.com/isthmus-mesh/isthmus/generators/verify"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// A world is what one cluster has: objects by resource, namespace and name.
type world map[string]map[string]any

var resources = map[string]string{
	"Namespace": "namespaces", "Service": "services", "Endpoints": "endpoints", "EndpointSlice": "endpointslices",
	"Secret": "secrets", "ServiceAccount": "serviceaccounts", "Deployment": "deployments", "MutatingWebhookConfiguration": "mutatingwebhookconfigurations",
	"SealedSecret": "sealedsecrets.bitnami.com", "ExternalSecret": "externalsecrets.external-secrets.io",
}

func (w world) put(resource, namespace, name string, fields map[string]any) map[string]any {
	meta, _ := fields["metadata"].(map[string]any)
	if meta == nil {
		meta = map[string]any{}
		fields["metadata"] = meta
	}
	meta["name"] = name
	if namespace != "" {
		meta["namespace"] = namespace
	}
	w[resource+" "+namespace+"/"+name] = fields
	return fields
}

// get gives an object that is there, to break it.
func (w world) get(t *testing.T, at string) map[string]any {
	t.Helper()
	if w[at] == nil {
		t.Fatalf("the cluster has no %s", at)
	}
	return w[at]
}

// ask answers as kubectl does; what is asked of Secrets goes through the template
// that it is given, which is the one that kubectl would run.
func (w world) ask(t *testing.T) verify.Ask {
	return func(q verify.Question) ([]byte, error) {
		args := q.Args()
		if q.Path != "" {
			if w["path "+q.Path] == nil {
				t.Fatalf("asks for %s", q.Path)
			}
			if text, is := w["path "+q.Path]["text"].(string); is {
				return []byte(text), nil
			}
			return json.Marshal(w["path "+q.Path])
		}
		if failure := w["fails "+q.Resource]; failure != nil {
			return nil, fmt.Errorf("%s", failure["text"])
		}
		if w["unknown "+q.Resource] != nil {
			return nil, verify.ErrNoKind
		}
		var found []any
		for _, at := range slices.Sorted(keysOf(w)) {
			resource, id, _ := strings.Cut(at, " ")
			namespace, name, _ := strings.Cut(id, "/")
			if resource != q.Resource || namespace != q.Namespace || len(q.Names) > 0 && !slices.Contains(q.Names, name) {
				continue
			}
			if key, value, is := strings.Cut(q.Labels, "="); is {
				labels, _ := w[at]["metadata"].(map[string]any)["labels"].(map[string]any)
				if labels[key] != value {
					continue
				}
			}
			found = append(found, w[at])
		}
		var answer any = map[string]any{"kind": "List", "metadata": map[string]any{"resourceVersion": ""}, "items": append([]any{}, found...)}
		if len(q.Names) == 1 {
			if len(found) == 0 {
				return nil, nil
			}
			answer = found[0]
		}
		last := args[len(args)-1]
		if text, is := strings.CutPrefix(last, "--output=go-template="); is {
			var out bytes.Buffer
			if err := template.Must(template.New("").Parse(text)).Execute(&out, answer); err != nil {
				t.Fatalf("%v: %v", args, err)
			}
			return out.Bytes(), nil
		}
		if last != "--output=json" || q.Resource == "secrets" {
			t.Fatalf("asks %v", args)
		}
		return json.Marshal(answer)
	}
}

func keysOf(w world) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range w {
			if !yield(key) {
				return
			}
		}
	}
}

// sitesOf gives the clusters of a mesh of the golden tests.
func sitesOf(t *testing.T, folder string) map[string]verify.Site {
	t.Helper()
	return sitesIn(t, os.DirFS(filepath.Join("../testdata", folder, "mesh")))
}

// sitesIn gives those of the mesh in a folder.
func sitesIn(t *testing.T, files fs.FS) map[string]verify.Site {
	t.Helper()
	m, problems := mesh.Load(mesh.Source{FS: files, Name: "mesh.yaml"})
	if m == nil {
		t.Fatal(problems.Text())
	}
	p, err := plan.Of(m)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := render.Of(jsonnet.Files, p)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]verify.Site{}
	for i, c := range p.Clusters {
		made, err := objects.Cluster(c)
		if err != nil {
			t.Fatal(err)
		}
		all[c.Name] = verify.Site{Mesh: m, Cluster: &m.Spec.Clusters[i], Plan: c, Made: made, Context: "ctx"}
	}
	return all
}

// worldOf gives a cluster as it is once all of it is installed: what is rendered,
// and what the release's installers and controllers make besides.
func worldOf(site verify.Site) world {
	w, s := world{}, &site.Mesh.Spec
	w["path /readyz"], w["path /healthz"] = map[string]any{"text": "ok"}, map[string]any{"text": "ok"}
	w["path /version"] = map[string]any{"gitVersion": "v" + site.Cluster.KubernetesVersion.MinorVersion().String() + ".7-gke.1"}
	namespace := s.Istio.Namespace
	for _, o := range site.Made.Listed() {
		if resource := resources[o.Kind]; resource != "" {
			var copied map[string]any
			data, _ := json.Marshal(o.Value)
			_ = json.Unmarshal(data, &copied)
			w.put(resource, o.Namespace, o.Name, copied)
		}
	}
	for at, o := range w {
		if strings.HasPrefix(at, "secrets ") && o["type"] == "kubernetes.io/service-account-token" {
			o["data"] = map[string]any{"token": "c2VjcmV0", "ca.crt": "c2VjcmV0", "namespace": "eA=="}
		}
	}
	deployment := func(namespace, name, image string) {
		w.put("deployments", namespace, name, map[string]any{
			"metadata": map[string]any{"generation": 3},
			"spec":     map[string]any{"template": map[string]any{"spec": map[string]any{"containers": []any{map[string]any{"image": image}}}}},
			"status": map[string]any{
				"observedGeneration": 3, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2,
				"conditions": []any{
					map[string]any{"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
					map[string]any{"type": "Available", "status": "True"},
				},
			},
		})
	}
	hook := func(name, service, path, url string) {
		config := map[string]any{"caBundle": "Y2E="}
		if url != "" {
			config["url"] = url + path
		} else {
			config["service"] = map[string]any{"name": service, "namespace": namespace, "path": path}
		}
		w.put("mutatingwebhookconfigurations", "", name, map[string]any{"webhooks": []any{map[string]any{"name": "rev.namespace.sidecar-injector.istio.io", "clientConfig": config}}})
	}
	version := site.Cluster.Version.String()
	reader := map[string]any{}
	switch dialect := site.Cluster.Dialect(); {
	case dialect == mesh.Dialect14:
		for _, name := range []string{"istio-pilot", "istio-galley", "istio-citadel", "istio-sidecar-injector"} {
			deployment(namespace, name, "docker.io/istio/"+strings.ReplaceAll(strings.TrimPrefix(name, "istio-"), "-", "_")+":"+version)
		}
		hook("istio-sidecar-injector", "istio-sidecar-injector", "/inject", "")
	case dialect.Old():
		deployment(namespace, "istiod", "docker.io/istio/pilot:"+version+"-distroless")
		hook("istio-sidecar-injector", "istiod", "/inject", "")
	default:
		suffix := ""
		if namespace != "istio-system" {
			suffix = "-" + namespace
		}
		revisions, tags := map[string]string{s.Istio.Revision: version}, map[string][]string{s.Istio.Revision: s.Istio.RevisionTags}
		if canary := s.Istio.Canary; canary != nil {
			revisions[canary.Revision], tags[canary.Revision] = canary.Version.String(), canary.RevisionTags
		}
		for revision, version := range revisions {
			of := ""
			if revision != "" {
				of = "-" + revision
			}
			path, url := "/inject", ""
			if site.Cluster.ControlPlane == nil {
				path += "/cluster/" + site.Cluster.Name + "/net/" + s.Network
				if host := s.Primary(site.Cluster).ControlPlane.Hostname; host != "" {
					url = "https://" + host + ":15017"
				}
			} else {
				tag := version
				if s.Istio.Tag != "" {
					tag = s.Istio.Tag
				}
				deployment(namespace, "istiod"+of, "gcr.io/istio-release/pilot:"+tag)
			}
			hook("istio-sidecar-injector"+of+suffix, "istiod"+of, path, url)
			for _, tag := range tags[revision] {
				hook("istio-revision-tag-"+tag+suffix, "istiod"+of, path, url)
			}
		}
		if cp := site.Cluster.ControlPlane; cp != nil && cp.Expose == mesh.ExposeDedicatedGateway {
			deployment(cp.Gateway.Namespace, cp.Gateway.Name, "auto")
		}
	}
	if cp := site.Cluster.ControlPlane; cp != nil && site.Cluster.Dialect().Old() && cp.Expose == mesh.ExposeDedicatedGateway {
		deployment(cp.Gateway.Namespace, cp.Gateway.Name, "docker.io/istio/proxyv2:"+version)
	}
	if s.Old() {
		reader["secrets"] = []any{map[string]any{"name": "istio-reader-service-account-token-x"}}
	}
	w.put("serviceaccounts", namespace, "istio-reader-service-account", reader)
	if site.Cluster.ControlPlane != nil {
		for i := range s.Clusters {
			if name := s.Clusters[i].Name; name != site.Cluster.Name {
				w.put("secrets", namespace, "istio-remote-secret-"+name, map[string]any{
					"type": "Opaque", "metadata": map[string]any{"labels": map[string]any{"istio/multiCluster": "true"}}, "data": map[string]any{name: "c2VjcmV0"},
				})
			}
		}
	}
	if (s.Old() || site.Cluster.ControlPlane != nil) && s.Security.Certificates == mesh.Plugged {
		w.put("secrets", namespace, "cacerts", map[string]any{"type": "Opaque", "data": map[string]any{"ca-cert.pem": "eA==", "ca-key.pem": "c2VjcmV0", "root-cert.pem": "eA==", "cert-chain.pem": "eA=="}})
	}
	for at, o := range w {
		if resource, id, _ := strings.Cut(at, " "); resource == resources["ExternalSecret"] { // as its operator leaves it
			o["metadata"].(map[string]any)["generation"] = 2
			o["status"] = map[string]any{"syncedResourceVersion": "2-a", "conditions": []any{map[string]any{"type": "Ready", "status": "True", "message": "Secret was synced"}}}
			template := o["spec"].(map[string]any)["target"].(map[string]any)["template"].(map[string]any)
			if given, is := template["metadata"].(map[string]any); is && given["annotations"] != nil {
				w["secrets "+id]["metadata"].(map[string]any)["annotations"] = maps.Clone(given["annotations"].(map[string]any))
			}
		}
	}
	for i := range site.Mesh.Services {
		service := &site.Mesh.Services[i]
		if !slices.Contains(service.Placement.Homes, site.Cluster.Name) {
			continue
		}
		spec := map[string]any{"type": "ClusterIP", "clusterIP": "10.0.0.1"}
		if service.Fields.Headless() {
			spec["clusterIP"] = "None"
		}
		if service.Fields.Type != "" {
			spec["type"], spec["externalName"] = service.Fields.Type, service.Fields.ExternalName
		}
		ports := []any{}
		for _, p := range service.Fields.Ports {
			port := map[string]any{"name": p.Name, "port": p.Port, "protocol": "TCP", "nodePort": 30000}
			if p.Protocol != "" {
				port["protocol"] = p.Protocol
			}
			if p.AppProtocol != "" {
				port["appProtocol"] = p.AppProtocol
			}
			if port["targetPort"] = any(p.Port); p.TargetPort.Number != 0 {
				port["targetPort"] = p.TargetPort.Number
			} else if p.TargetPort.Name != "" {
				port["targetPort"] = p.TargetPort.Name
			}
			ports = append(ports, port)
		}
		spec["ports"] = ports
		w.put("services", service.Namespace, service.Name, map[string]any{"spec": spec})
	}
	if s.Namespaces == mesh.SkipNamespaces {
		key, value := plan.InjectionLabel(site.Mesh, site.Cluster)
		for _, name := range s.Injection.Namespaces {
			labels := map[string]any{}
			if *site.Cluster.Injection && site.Cluster.State == mesh.Active {
				labels[key] = value
			}
			w.put("namespaces", "", name, map[string]any{"metadata": map[string]any{"labels": labels}})
		}
	}
	return w
}
