package verify_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/diff"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/verify"
)

var update = flag.Bool("update", false, "write the golden scripts")

// script gives the script of a mesh of the golden tests.
func script(t *testing.T, folder, image string, edit ...string) []byte {
	t.Helper()
	root := filepath.Join("../testdata", folder, "mesh")
	fsys := os.DirFS(root)
	if len(edit) > 0 {
		data, err := os.ReadFile(filepath.Join(root, "mesh.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for i := 0; i < len(edit); i += 2 {
			if !strings.Contains(text, edit[i]) {
				t.Fatalf("there is no %q to replace", edit[i])
			}
			text = strings.ReplaceAll(text, edit[i], edit[i+1])
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "mesh.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		fsys = os.DirFS(dir)
	}
	m, problems := mesh.Load(mesh.Source{FS: fsys, Name: "mesh.yaml"})
	if m == nil {
		t.Fatal(problems.Text())
	}
	data, err := verify.Script(m, image)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestGolden holds a script of the guide's era and one of today's.
func TestGolden(t *testing.T) {
	for _, folder := range []string{"guide-1.4", "helm-flux"} {
		file := filepath.Join("testdata", folder+".sh")
		got := script(t, folder, "")
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, got) {
			t.Errorf("%s", diff.Diff(file, want, "now", got))
		}
	}
}

// TestShellcheck lints the script of every mesh.
func TestShellcheck(t *testing.T) {
	if _, err := exec.LookPath("shellcheck"); err != nil {
		t.Skip("shellcheck is not installed")
	}
	found, err := filepath.Glob("../testdata/*/mesh/mesh.yaml")
	if err != nil || len(found) == 0 {
		t.Fatal("testdata holds no mesh", err)
	}
	dir := t.TempDir()
	args := []string{}
	for _, file := range found {
		folder := filepath.Base(filepath.Dir(filepath.Dir(file)))
		path := filepath.Join(dir, folder+".sh")
		if err := os.WriteFile(path, script(t, folder, "an image' $(exit)\nEND\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	if out, err := exec.Command("shellcheck", args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// What differs between the releases: the lines of a script that are not its
// functions.
func TestChecks(t *testing.T) {
	for _, test := range []struct {
		name   string
		folder string
		edit   []string
		want   []string // lines that are there
		not    []string // parts of lines that are not
	}{
		{
			name: "1.4", folder: "guide-1.4",
			want: []string{
				`ready 'main0: istio-pilot is available' "$CONTEXT_main0" istio-system istio-pilot`,
				`ready 'remote0: istio-citadel is available' "$CONTEXT_remote0" istio-system istio-citadel`,
				`names 'remote0: the certificate at istio-pilot.istio-system:15011' "$CONTEXT_remote0" istio-system "$POD_remote0" 'istio-pilot.istio-system:15011' 'istio-pilot.istio-system' 'URI:spiffe://cluster.local/ns/istio-system/sa/istio-pilot-service-account'`,
				`connected 'main0: istiod has the sidecar of remote0' "$CONTEXT_main0" "$SIDECAR_remote0" default "$CONTEXT_remote0" -i istio-system`,
			},
			not: []string{"registered '", "/readyz"},
		},
		{
			name: "1.4 in clear", folder: "overlay-1.4",
			want: []string{`skip 'inner: the certificate at istio-pilot.istio-system:15011' 'control plane security is off'`},
		},
		{
			name: "1.5.0", folder: "istio-1.5.0",
			want: []string{`names 'remote: the certificate at istio-pilot.istio-system.svc:15012' "$CONTEXT_remote" istio-system "$POD_remote" 'istio-pilot.istio-system.svc:15012' 'istio-pilot.istio-system.svc' 'DNS:istio-pilot.istio-system.svc'`},
		},
		{
			name: "1.5 of a cluster that joins, and one without injection", folder: "istio-1.5.10",
			want: []string{
				`names 'far: the certificate at istiod-remote.istio-control.svc:15012' "$CONTEXT_far" istio-control "$POD_far" 'istiod-remote.istio-control.svc:15012' 'istiod-remote.istio-control.svc' 'DNS:istiod-remote.istio-control.svc'`,
				`ready 'far: istiod is available' "$CONTEXT_far" istio-control istiod`,
				`server 'hub to far: API server' "$CONTEXT_hub" istio-control "$POD_hub" 'https://10.3.0.10:6443/healthz'`,
				`server 'hub to near: API server' "$CONTEXT_hub" istio-control "$POD_hub" 'https://10.2.0.10:6443/readyz'`,
				`skip 'far: sidecars' 'the cluster is joining, and its namespaces get none'`,
				`skip 'near: sidecars' 'injection is off in the cluster'`,
				`skip 'far to hub, near: shop/cart' 'the cluster is joining, and its namespaces get none'`,
			},
		},
		{
			name: "1.5 with a dedicated gateway", folder: "expose-1.5-dedicated",
			want: []string{
				`ready 'primary: istio-multicluster-gateway is available' "$CONTEXT_primary" istio-gateways istio-multicluster-gateway`,
				`skip 'remote: sidecars' 'the mesh names no namespace that gets them'`,
			},
		},
		{
			name: "1.30 with a dedicated gateway", folder: "helm-flux",
			want: []string{
				`ready 'east: istio-eastwestgateway is available' "$CONTEXT_east" istio-system istio-eastwestgateway`,
				`registered 'east reads west' "$CONTEXT_east" west -i istio-system`,
				`names 'west: the certificate at istiod.istio-system.svc:443' "$CONTEXT_west" istio-system "$POD_west" 'istiod.istio-system.svc:443' 'istiod.istio-system.svc' 'DNS:istiod.istio-system.svc'`,
				`call 'west to east: shop/cart' "$CONTEXT_west" shop "$SIDECAR_west" '--http2-prior-knowledge' 'http://cart.shop.svc.cluster.local:7070/'`,
			},
			not: []string{"ready 'west"},
		},
		{
			name: "two revisions", folder: "canary",
			want: []string{
				`webhook 'west: webhook istio-sidecar-injector-1-30-3 has its CA' "$CONTEXT_west" istio-sidecar-injector-1-30-3`,
				`webhook 'west: webhook istio-revision-tag-next has its CA' "$CONTEXT_west" istio-revision-tag-next`,
				`registered 'east reads west by 1-30-3' "$CONTEXT_east" west -i istio-system --revision 1-30-3`,
				`registered 'east reads west by 1-29-2' "$CONTEXT_east" west -i istio-system --revision 1-29-2`,
				`connected 'east: istiod has the sidecar of west' "$CONTEXT_east" "$SIDECAR_west" shop "$CONTEXT_west" -i istio-system --revision 1-29-2`,
			},
		},
		{
			name: "another namespace, and a hostname", folder: "helm-argocd",
			want: []string{
				`webhook 'west: webhook istio-sidecar-injector-mesh-system has its CA' "$CONTEXT_west" istio-sidecar-injector-mesh-system`,
				`names 'west: the certificate at istiod.east.example.com:15017' "$CONTEXT_west" mesh-system "$POD_west" 'istiod.east.example.com:15017' 'istiod.east.example.com' 'DNS:istiod.east.example.com'`,
			},
			not: []string{"svc:443"},
		},
		{
			name: "two control planes", folder: "two-primaries",
			want: []string{
				`registered 'north reads east' "$CONTEXT_north" east -i istio-system`,
				`connected 'north: istiod has the sidecar of far-north' "$CONTEXT_north" "$SIDECAR_far_north" shop "$CONTEXT_far_north" -i istio-system`,
			},
			not: []string{"east: istiod has the sidecar of far-north"},
		},
		{
			name: "protocols", folder: "helm-flux", edit: []string{"{name: grpc, port: 7070, appProtocol: grpc}", "{name: redis, port: 6379}"},
			want: []string{`skip 'west to east: shop/cart' 'port 6379 speaks redis: call it with a client of its own'`},
		},
		{
			name: "https", folder: "helm-flux", edit: []string{"{name: grpc, port: 7070, appProtocol: grpc}", "{name: https-admin, port: 8443}"},
			want: []string{`call 'west to east: shop/cart' "$CONTEXT_west" shop "$SIDECAR_west" 'https://cart.shop.svc.cluster.local:8443/'`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := string(script(t, test.folder, "", test.edit...))
			for _, line := range test.want {
				if !strings.Contains(text, "\n"+line+"\n") {
					t.Errorf("there is no line\n%s", line)
				}
			}
			for _, part := range test.not {
				if strings.Contains(text, part) {
					t.Errorf("%q is there", part)
				}
			}
		})
	}
}

// An image is the user's text, and stays inside the manifest.
func TestImage(t *testing.T) {
	text := string(script(t, "helm-flux", "registry.example.com/a'b$(c)\nEND\nexit"))
	if got, want := strings.Count(text, `"image": "registry.example.com/a'b$(c)\nEND\nexit"`), 2; got != want {
		t.Errorf("the image is there %d times, want %d", got, want)
	}
	for folder, want := range map[string]string{
		"guide-1.4":    "docker.io/istio/proxyv2:1.4.10",
		"helm-hub":     "registry.example.com/istio/proxyv2:1.30.2", // without -distroless, which has no shell
		"values-1.24":  "docker.io/istio/proxyv2:1.24.6",            // the remote's own version
		"istio-1.5.10": "registry.example/istio/proxyv2:1.5.10",
	} {
		if text := string(script(t, folder, "")); !strings.Contains(text, `"image": "`+want+`"`) {
			t.Errorf("%s: no pod runs %s", folder, want)
		}
	}
}

// lines gives what a run printed, without the reasons.
func lines(out []byte) []string {
	var all []string
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, " ") {
			all = append(all, strings.TrimSuffix(line, "\n"))
		}
	}
	return all
}

// run runs the script of a mesh against testdata/bin, whose programs answer for
// clusters that are well, but for what broken names.
func run(t *testing.T, folder, broken string, environment ...string) (out []byte, calls string, status int) {
	t.Helper()
	bin, err := filepath.Abs("testdata/bin")
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "log")
	cmd := exec.Command("sh")
	cmd.Stdin = bytes.NewReader(script(t, folder, "")) // as in isthmus verify --print | sh
	cmd.Env = append([]string{"PATH=" + bin + ":" + os.Getenv("PATH"), "LOG=" + log, "BROKEN=" + broken}, environment...)
	out, err = cmd.CombinedOutput()
	if exit, failed := err.(*exec.ExitError); failed {
		status = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	return out, string(data), status
}

// TestRun runs a script to its end where all is well, and where one thing after
// the other is not.
func TestRun(t *testing.T) {
	well := []string{
		"PASS east: istiod is available",
		"PASS east: istio-eastwestgateway is available",
		"PASS east: webhook istio-sidecar-injector has its CA",
		"PASS west: webhook istio-sidecar-injector has its CA",
		"PASS south: webhook istio-sidecar-injector has its CA",
		"PASS east: a pod starts",
		"PASS east: a pod with a sidecar starts",
		"PASS east: namespace shop gets sidecars",
		"PASS west: a pod starts",
		"PASS west: a pod with a sidecar starts",
		"PASS west: namespace shop gets sidecars",
		"PASS south: a pod starts",
		"SKIP south: sidecars: the cluster is joining, and its namespaces get none",
		"PASS east to west: pod to pod",
		"PASS east to south: pod to pod",
		"PASS west to east: pod to pod",
		"PASS west to south: pod to pod",
		"PASS south to east: pod to pod",
		"PASS south to west: pod to pod",
		"PASS east to west: API server",
		"PASS east to south: API server",
		"PASS west: the certificate at istiod.istio-system.svc:15012",
		"PASS west: the certificate at istiod.istio-system.svc:443",
		"PASS south: the certificate at istiod.istio-system.svc:15012",
		"PASS south: the certificate at istiod.istio-system.svc:443",
		"PASS east reads west",
		"PASS east reads south",
		"PASS east: istiod has the sidecar of west",
		"PASS west to east: shop/ads",
		"SKIP south to east: shop/ads: the cluster is joining, and its namespaces get none",
		"PASS west to east: shop/cart",
		"SKIP south to east: shop/cart: the cluster is joining, and its namespaces get none",
		"29 passed, 0 failed, 3 skipped",
	}
	for _, test := range []struct {
		name    string
		broken  string
		changed map[string]string // lines of well that are others
		count   string
		reason  string // printed below a failure
	}{
		{name: "well", count: "29 passed, 0 failed, 3 skipped"},
		{
			name: "control plane", broken: "deployment/istiod",
			changed: map[string]string{"PASS east: istiod is available": "FAIL east: istiod is available"},
			count:   "28 passed, 1 failed, 3 skipped", reason: "     error: timed out waiting for the condition",
		},
		{
			name: "CA", broken: "caBundle",
			changed: map[string]string{
				"PASS east: webhook istio-sidecar-injector has its CA":  "FAIL east: webhook istio-sidecar-injector has its CA",
				"PASS west: webhook istio-sidecar-injector has its CA":  "FAIL west: webhook istio-sidecar-injector has its CA",
				"PASS south: webhook istio-sidecar-injector has its CA": "FAIL south: webhook istio-sidecar-injector has its CA",
			},
			count: "26 passed, 3 failed, 3 skipped", reason: "     without caBundle: object.sidecar-injector.istio.io",
		},
		{
			name: "pod", broken: "pod of west",
			changed: map[string]string{
				"PASS west: a pod starts":                                     "FAIL west: a pod starts",
				"PASS east to west: pod to pod":                               "SKIP east to west: pod to pod: one of the pods did not start",
				"PASS south to west: pod to pod":                              "SKIP south to west: pod to pod: one of the pods did not start",
				"PASS west to east: pod to pod":                               "SKIP west to east: pod to pod: one of the pods did not start",
				"PASS west to south: pod to pod":                              "SKIP west to south: pod to pod: one of the pods did not start",
				"PASS west: the certificate at istiod.istio-system.svc:15012": "SKIP west: the certificate at istiod.istio-system.svc:15012: the pod did not start",
				"PASS west: the certificate at istiod.istio-system.svc:443":   "SKIP west: the certificate at istiod.istio-system.svc:443: the pod did not start",
			},
			count: "22 passed, 1 failed, 9 skipped", reason: "     pod ImagePullBackOff",
		},
		{
			name: "sidecar", broken: "sidecar",
			changed: map[string]string{
				"PASS east: namespace shop gets sidecars": "FAIL east: namespace shop gets sidecars",
				"PASS west: namespace shop gets sidecars": "FAIL west: namespace shop gets sidecars",
			},
			count: "27 passed, 2 failed, 3 skipped", reason: "     its containers are: probe ",
		},
		{
			name: "route", broken: "https://10.20.0.9:8443/",
			changed: map[string]string{"PASS east to west: pod to pod": "FAIL east to west: pod to pod", "PASS south to west: pod to pod": "FAIL south to west: pod to pod"},
			count:   "27 passed, 2 failed, 3 skipped", reason: "     10.20.0.9 answered: curl: (28) Connection timed out",
		},
		{
			name: "API server", broken: "https://10.2.0.10:6443/readyz",
			changed: map[string]string{"PASS east to west: API server": "FAIL east to west: API server"},
			count:   "28 passed, 1 failed, 3 skipped", reason: "     https://10.2.0.10:6443/readyz answered: curl: (28) Connection timed out",
		},
		{
			name: "name", broken: "istiod.istio-system.svc:443",
			changed: map[string]string{
				"PASS west: the certificate at istiod.istio-system.svc:443":  "FAIL west: the certificate at istiod.istio-system.svc:443",
				"PASS south: the certificate at istiod.istio-system.svc:443": "FAIL south: the certificate at istiod.istio-system.svc:443",
			},
			count: "27 passed, 2 failed, 3 skipped", reason: "     istiod.istio-system.svc:443 shows:                 DNS:istiod.istio-system.svc.example",
		},
		{
			name: "remote Secret", broken: "west late",
			changed: map[string]string{"PASS east reads west": "FAIL east reads west"},
			count:   "28 passed, 1 failed, 3 skipped",
		},
		{
			name: "proxy", broken: "proxy",
			changed: map[string]string{"PASS east: istiod has the sidecar of west": "FAIL east: istiod has the sidecar of west"},
			count:   "28 passed, 1 failed, 3 skipped", reason: "     no line of istioctl proxy-status is for isthmus-verify-west-shop.shop",
		},
		{
			name: "pod that ends", broken: "end of isthmus-verify-west-istio-system",
			changed: map[string]string{
				"PASS east to west: pod to pod":                               "FAIL the pod isthmus-verify-west-istio-system runs until all is checked\nSKIP east to west: pod to pod: the pod isthmus-verify-west-istio-system has ended",
				"PASS south to west: pod to pod":                              "SKIP south to west: pod to pod: the pod isthmus-verify-west-istio-system has ended",
				"PASS west to east: pod to pod":                               "SKIP west to east: pod to pod: the pod isthmus-verify-west-istio-system has ended",
				"PASS west to south: pod to pod":                              "SKIP west to south: pod to pod: the pod isthmus-verify-west-istio-system has ended",
				"PASS west: the certificate at istiod.istio-system.svc:15012": "SKIP west: the certificate at istiod.istio-system.svc:15012: the pod isthmus-verify-west-istio-system has ended",
				"PASS west: the certificate at istiod.istio-system.svc:443":   "SKIP west: the certificate at istiod.istio-system.svc:443: the pod isthmus-verify-west-istio-system has ended",
			},
			count: "23 passed, 1 failed, 9 skipped", reason: "     Failed DeadlineExceeded Pod was active on the node longer than the specified deadline",
		},
		{
			name: "pod that somebody deletes", broken: "end of gone isthmus-verify-east-istio-system",
			changed: map[string]string{
				"PASS east to west: pod to pod":  "FAIL the pod isthmus-verify-east-istio-system runs until all is checked\nSKIP east to west: pod to pod: the pod isthmus-verify-east-istio-system has ended",
				"PASS east to south: pod to pod": "SKIP east to south: pod to pod: the pod isthmus-verify-east-istio-system has ended",
				"PASS east to west: API server":  "SKIP east to west: API server: the pod isthmus-verify-east-istio-system has ended",
				"PASS east to south: API server": "SKIP east to south: API server: the pod isthmus-verify-east-istio-system has ended",
			},
			count: "25 passed, 1 failed, 7 skipped", reason: `     Error from server (NotFound): pods "isthmus-verify-east-istio-system" not found`,
		},
		{
			name: "sidecar that ends", broken: "end of isthmus-verify-west-shop",
			changed: map[string]string{
				"PASS east: istiod has the sidecar of west": "FAIL the pod isthmus-verify-west-shop runs until all is checked\nSKIP east: istiod has the sidecar of west: the pod isthmus-verify-west-shop has ended",
				"PASS west to east: shop/ads":               "SKIP west to east: shop/ads: the pod isthmus-verify-west-shop has ended",
				"PASS west to east: shop/cart":              "SKIP west to east: shop/cart: the pod isthmus-verify-west-shop has ended",
			},
			count: "26 passed, 1 failed, 6 skipped", reason: "     Failed DeadlineExceeded Pod was active on the node longer than the specified deadline",
		},
		{
			name: "call", broken: "http://cart.shop.svc.cluster.local:7070/",
			changed: map[string]string{"PASS west to east: shop/cart": "FAIL west to east: shop/cart"},
			count:   "28 passed, 1 failed, 3 skipped", reason: "     answered: 503 ",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, calls, status := run(t, "helm-flux", test.broken)
			var want []string
			for _, line := range well[:len(well)-1] {
				if other, changed := test.changed[line]; changed {
					line = other
				}
				want = append(want, strings.Split(line, "\n")...)
			}
			if diff := cmp.Diff(append(want, test.count), lines(out)); diff != "" {
				t.Errorf("lines (-want +got):\n%s\nof\n%s", diff, out)
			}
			if !strings.Contains(string(out), test.reason+"\n") {
				t.Errorf("there is no line %q in\n%s", test.reason, out)
			}
			if wanted := min(len(test.changed), 1); status != wanted {
				t.Errorf("exit status %d, want %d", status, wanted)
			}
			for _, pod := range []string{"east-istio-system", "east-shop", "west-istio-system", "west-shop", "south-istio-system"} {
				if n := strings.Count(calls, "delete pod isthmus-verify-"+pod+" "); n != 1 {
					t.Errorf("the pod isthmus-verify-%s is deleted %d times", pod, n)
				}
			}
		})
	}
}

// The pods last as long as the checks may, which come one after the other.
func TestPodsLast(t *testing.T) {
	deadline := regexp.MustCompile(`"activeDeadlineSeconds": (\d+),`)
	for _, test := range []struct {
		clusters, services int
		seconds            string
	}{
		{2, 0, "900"},
		// Pods: 20, 20 with sidecars. Checks: 380 pairs, 19 API servers, 19 remotes
		// that are read, 38 names of certificates, 19 sidecars, 1900 calls.
		{20, 100, "40440"},
	} {
		var text strings.Builder
		text.WriteString("apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: large}\nspec:\n  istio: {version: \"1.30.3\"}\n  injection: {namespaces: [shop]}\n  clusters:\n")
		for i := range test.clusters {
			fmt.Fprintf(&text, "    - name: c%d\n      apiServer: https://192.0.2.%d:6443\n      podCIDRs: [10.%d.0.0/16]\n      serviceCIDRs: [10.%d.0.0/16]\n", i, i+1, i+10, i+100)
			if i == 0 {
				text.WriteString("      controlPlane: {expose: dedicatedGateway, addresses: [192.0.2.100]}\n")
			}
		}
		if test.services > 0 {
			text.WriteString("  services:\n")
		}
		for i := range test.services {
			fmt.Fprintf(&text, "    - {name: s%d, namespace: shop, ports: [{name: http, port: 80}], clusters: [c0]}\n", i)
		}
		m, problems := mesh.Load(mesh.Source{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text.String())}}, Name: "mesh.yaml"})
		if m == nil {
			t.Fatal(problems.Text())
		}
		data, err := verify.Script(m, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range deadline.FindAllSubmatch(data, -1) {
			if string(found[1]) != test.seconds {
				t.Errorf("%d clusters, %d Services: a pod ends after %s seconds, want %s", test.clusters, test.services, found[1], test.seconds)
			}
		}
		if want := `"` + test.seconds + `"`; !bytes.Contains(data, []byte(want)) {
			t.Errorf("%d clusters: the pod with a sidecar does not sleep for %s seconds", test.clusters, test.seconds)
		}
	}
}

// The names of contexts come from the environment, and may hold anything.
func TestContexts(t *testing.T) {
	out, calls, status := run(t, "guide-1.4", "", "CONTEXT_remote0=arn:aws:eks:eu-1:1:cluster/it's remote0")
	if status != 0 {
		t.Errorf("exit status %d:\n%s", status, out)
	}
	if !strings.Contains(calls, "--context arn:aws:eks:eu-1:1:cluster/it's remote0 ") || strings.Contains(calls, "--context remote0 ") {
		t.Errorf("the calls are\n%s", calls)
	}
}
