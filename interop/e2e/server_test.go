package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/polling"
	"github.com/fluxcd/pkg/ssa"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const startTimeout = 3 * time.Minute // three seconds on an idle machine

// A store is the etcd of a run. Each API server keeps its objects in it under a
// prefix of its own, so that a cluster starts empty.
type store struct {
	assets assets
	pki    *pki
	url    string
}

func startStore(ctx context.Context, t *testing.T, assets assets) *store {
	t.Helper()
	folder := t.TempDir()
	certificates, err := newPKI(folder)
	if err != nil {
		t.Fatal(err)
	}
	url, peer := loopback("http", freePort(t)), loopback("http", freePort(t))
	etcd := start(t, folder, assets.etcd,
		"--name=e2e", "--data-dir="+folder+"/etcd", "--unsafe-no-fsync",
		"--listen-client-urls="+url, "--advertise-client-urls="+url,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=e2e="+peer)
	await(ctx, t, etcd, func() error { return get(ctx, http.DefaultClient, url+"/health") })
	return &store{assets: assets, pki: certificates, url: url}
}

// A server is a Kubernetes API server of one cluster, with nothing else of
// Kubernetes: no controller acts on what is applied.
type server struct {
	config   *rest.Config // of an administrator
	client   client.Client
	flux     *ssa.ResourceManager // what kustomize-controller applies with
	others   *ssa.ResourceManager // what everybody else applies with
	warnings *warnings
}

func (s *store) startServer(ctx context.Context, t *testing.T, name string, serviceCIDRs []string, more ...string) *server {
	t.Helper()
	folder, port := t.TempDir(), freePort(t)
	pki := func(file string) string { return s.pki.folder + "/" + file }
	process := startAs(t, "kube-apiserver", folder, leadsNowhere, s.assets.apiServer, append([]string{
		"--etcd-servers=" + s.url, "--etcd-prefix=/" + strings.ReplaceAll(name, "/", "-"),
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", port),
		"--cert-dir=" + folder, "--tls-cert-file=" + pki("server.crt"), "--tls-private-key-file=" + pki("server.key"),
		"--client-ca-file=" + pki("ca.crt"), "--anonymous-auth=false", "--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + pki("accounts.key"), "--service-account-signing-key-file=" + pki("accounts.key"),
		"--service-cluster-ip-range=" + strings.Join(serviceCIDRs, ","),
		// With its own Endpoints it would refuse IPv6 Services on an IPv4 address.
		"--endpoint-reconciler-type=none",
	}, more...)...)
	found := &server{warnings: &warnings{}}
	config := &rest.Config{
		Host:            loopback("https", port),
		TLSClientConfig: rest.TLSClientConfig{CAData: s.pki.ca, CertData: s.pki.cert, KeyData: s.pki.key},
		QPS:             -1, // no limit
		WarningHandler:  found.warnings,
	}
	found.config = config
	httpClient, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	await(ctx, t, process, func() error { return get(ctx, httpClient, config.Host+"/readyz") })
	if found.client, err = client.New(config, client.Options{Scheme: scheme.Scheme, HTTPClient: httpClient}); err != nil {
		t.Fatal(err)
	}
	// The server makes this Namespace by itself, a moment after it is ready.
	await(ctx, t, process, func() error {
		return found.client.Get(ctx, types.NamespacedName{Name: "default"}, &corev1.Namespace{})
	})
	poller := polling.NewStatusPoller(found.client, found.client.RESTMapper(), polling.Options{})
	found.flux = ssa.NewResourceManager(found.client, poller, owner)
	found.others = ssa.NewResourceManager(found.client, poller, ssa.Owner{Field: "e2e"})
	return found
}

// leadsNowhere ends what the API server would ask of webhooks at once: the
// addresses of their Services are nobody's, or on some machines somebody's.
func leadsNowhere(cmd *exec.Cmd) {
	cmd.Env = append(os.Environ(), "HTTPS_PROXY=http://127.0.0.1:9", "NO_PROXY=")
}

// await repeats a question until it has an answer; without one the log of the
// program is shown.
func await(ctx context.Context, t *testing.T, p *process, ask func() error) {
	t.Helper()
	deadline := time.Now().Add(startTimeout)
	for {
		err := ask()
		switch {
		case err == nil:
			return
		case p.ended():
			t.Fatalf("%s ended before it was ready", p.name)
		case ctx.Err() != nil:
			t.Fatalf("%s: %v", p.name, ctx.Err())
		case time.Now().After(deadline):
			t.Fatalf("%s is not ready after %s: %v", p.name, startTimeout, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func get(ctx context.Context, by *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := by.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // nothing is written to it
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return nil
}

// A warnings holds what the API server has warned of: fields that it does not
// know, deprecations, values that it takes under protest.
type warnings struct {
	lock sync.Mutex
	said []string
}

// HandleWarningHeader is called by client-go for each warning of a response.
func (w *warnings) HandleWarningHeader(_ int, _ string, text string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if !slices.Contains(w.said, text) {
		w.said = append(w.said, text)
	}
}

// take returns the warnings since the last call, each once.
func (w *warnings) take() []string {
	w.lock.Lock()
	defer w.lock.Unlock()
	said := w.said
	w.said = nil
	return said
}
