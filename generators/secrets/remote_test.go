package secrets

import (
	"runtime"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// secret gives a remote Secret as istioctl prints one.
func secretOf(t *testing.T, s seal.Secret) string {
	t.Helper()
	data := map[string]string{}
	for key, p := range s.Data {
		data[key] = string(p.Reveal())
	}
	out, err := yaml.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Secret",
		"metadata":   map[string]any{"name": s.Name, "namespace": s.Namespace, "labels": s.Labels, "annotations": s.Annotations},
		"stringData": data,
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// The Secret is that of the release's own create-remote-secret, with the
// cluster's name for its UID and its context (istio/istio 1.5.10 and 1.30.3,
// istioctl/pkg/multicluster/remote_secret_test.go), but for the fields that are
// null or empty there.
func TestRemoteIsThatOfIstioctl(t *testing.T) {
	const head = `apiVersion: v1
kind: Secret
metadata:
  annotations:
    %: west
  labels:
    istio/multiCluster: "true"
  name: istio-remote-secret-west
  namespace: istio-system
stringData:
  west: |
    apiVersion: v1
    clusters:
    - cluster:
        certificate-authority-data: Y2FEYXRh
        server: https://10.2.0.10:6443
      name: west
    contexts:
    - context:
        cluster: west
        user: west
      name: west
    current-context: west
    kind: Config
`
	const tail = `    users:
    - name: west
      user:
        token: token
`
	old := "istio.io/clusterContext"
	for version, want := range map[string]string{
		"1.4.10": replace(head, old) + "    preferences: {}\n" + tail,
		"1.5.0":  replace(head, old) + "    preferences: {}\n" + tail,
		"1.5.10": replace(head, old) + "    preferences: {}\n" + tail,
		"1.24.0": replace(head, "networking.istio.io/cluster") + tail,
		"1.30.3": replace(head, "networking.istio.io/cluster") + tail,
	} {
		t.Run(version, func(t *testing.T) {
			m := load(t, version, 1, "")
			c := &Credential{Server: "https://10.2.0.10:6443", CA: []byte("caData"), Token: seal.NewPlain([]byte("token"))}
			for _, consumer := range Consumers(&m.Spec, "west") {
				s, err := Remote(&m.Spec, consumer, "west", c, &Token{Secret: first})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, secretOf(t, s)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

func replace(text, annotation string) string {
	out := ""
	for _, r := range text {
		if r == '%' {
			out += annotation
			continue
		}
		out += string(r)
	}
	return out
}

// istiod starts its informers anew when the bytes change, so they never do.
func TestKubeconfigIsStable(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	var first string
	for i := range 1000 {
		runtime.GOMAXPROCS(1 + i%16)
		c := good()
		c.TLSServerName = "kubernetes.default"
		p, err := c.Kubeconfig("west", mesh.Dialect130)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(p.Reveal())
		}
		if string(p.Reveal()) != first {
			t.Fatalf("run %d gives other bytes", i)
		}
	}
}

// Whatever a cluster is called, the kubeconfig says that name, as text.
func TestKubeconfigNames(t *testing.T) {
	for _, name := range []string{"west", "1", "0x1", "1e3", "no", "y", "null", "true", "2026-11-22", "1-2"} {
		p, err := good().Kubeconfig(name, mesh.Dialect15)
		if err != nil {
			t.Fatal(err)
		}
		var read struct {
			CurrentContext string `json:"current-context"`
			Users          []struct{ Name any }
		}
		if err := yaml.Unmarshal(p.Reveal(), &read); err != nil {
			t.Fatal(err)
		}
		if read.CurrentContext != name || read.Users[0].Name != any(name) {
			t.Errorf("%q is read as %v", name, read)
		}
		back, problems := ReadKubeconfig("x", p.Reveal(), name)
		if len(problems) > 0 || back.Server != good().Server || string(back.CA) != string(good().CA) || string(back.Token.Reveal()) != string(good().Token.Reveal()) {
			t.Errorf("%q: %v, %v", name, back, problems)
		}
	}
}

func TestConsumers(t *testing.T) {
	m := load(t, "1.30.3", 2, "")
	names := func(remote string) []string {
		var all []string
		for _, c := range Consumers(&m.Spec, remote) {
			all = append(all, c.Name)
		}
		return all
	}
	if got := names("west"); !cmp.Equal(got, []string{"east"}) {
		t.Errorf("west is read by %v", got)
	}
	if got := names("east"); got != nil {
		t.Errorf("the only control plane is read by %v", got)
	}
	if got := len(Wanted(&m.Spec)); got != 2 {
		t.Errorf("%d remote Secrets are wanted", got)
	}
	// One that leaves may still have its Secret, and lacks none.
	m.Spec.Clusters[1].State = mesh.Leaving
	store, err := seal.OpenStore(fstest.MapFS{}, seal.Options{Backend: seal.SealedSecrets{}, Kustomization: lines})
	if err != nil {
		t.Fatal(err)
	}
	if got := Look(&m.Spec, store, nil, time.Time{}, 0); len(got) != 1 || got[0].Name != "istio-remote-secret-west1" {
		t.Errorf("with west leaving: %v", got)
	}
}
