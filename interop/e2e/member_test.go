package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// A member is one cluster of the journey: an API server with certificates of its
// own, which logs what it is asked, and the controllers of Kubernetes that make
// ServiceAccounts, their tokens, and the ConfigMap with the CA.
type member struct {
	*server
	name  string
	pki   *pki
	audit string         // the log
	heard map[string]int // by user: how much of it was read
}

// host is the name under which isthmus knows the API server.
func (m *member) host() string { return m.name + ".mesh.test" }

func startMember(ctx context.Context, t *testing.T, shared *store, name, serviceCIDR string) *member {
	t.Helper()
	folder := t.TempDir()
	m := &member{name: name, audit: filepath.Join(folder, "audit.log"), heard: map[string]int{}}
	var err error
	if m.pki, err = newPKI(folder, m.host()); err != nil {
		t.Fatal(err)
	}
	policy := filepath.Join(folder, "audit.yaml")
	write(t, policy, []byte(auditPolicy))
	of := &store{assets: shared.assets, pki: m.pki, url: shared.url}
	m.server = of.startServer(ctx, t, t.Name()+"-"+name, []string{serviceCIDR},
		"--audit-policy-file="+policy, "--audit-log-path="+m.audit, "--audit-log-mode=blocking")
	login := filepath.Join(folder, "controllers.kubeconfig")
	config := clientcmdapi.NewConfig()
	m.addTo(config, "", m.pki.cert, m.pki.key)
	config.CurrentContext = name
	if err := clientcmd.WriteToFile(*config, login); err != nil {
		t.Fatal(err)
	}
	start(t, folder, shared.assets.controllerManager,
		"--kubeconfig="+login, "--leader-elect=false", "--secure-port=0",
		"--controllers=serviceaccount-controller,serviceaccount-token-controller,root-ca-certificate-publisher-controller",
		"--service-account-private-key-file="+m.pki.folder+"/accounts.key", "--root-ca-file="+m.pki.folder+"/ca.crt")
	return m
}

// addTo gives a kubeconfig a context of the cluster's name, by way of a proxy or,
// where it is "", directly.
func (m *member) addTo(config *clientcmdapi.Config, proxy string, cert, key []byte) {
	cluster := clientcmdapi.Cluster{Server: m.config.Host, CertificateAuthorityData: m.pki.ca}
	if proxy != "" {
		cluster.Server, cluster.ProxyURL = "https://"+m.host()+":6443", proxy
	}
	config.Clusters[m.name] = &cluster
	config.AuthInfos[m.name] = &clientcmdapi.AuthInfo{ClientCertificateData: cert, ClientKeyData: key}
	config.Contexts[m.name] = &clientcmdapi.Context{Cluster: m.name, AuthInfo: m.name}
}

const sealer = "sealed-secrets-controller"

// startSealer starts the controller of sealed-secrets as its chart would, with the
// token of the chart's ServiceAccount, and returns its sealing certificate.
func (m *member) startSealer(ctx context.Context, t *testing.T, program string) []byte {
	t.Helper()
	if !podsWork {
		t.Skip("the controller reads its token where pods have it, and that folder is made on Linux alone")
	}
	m.helm(ctx, t, sealedSecrets, sealer, metav1.NamespaceSystem, "")
	folder, account := t.TempDir(), &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: sealer, Namespace: metav1.NamespaceSystem}}
	token := &authenticationv1.TokenRequest{}
	if err := m.client.SubResource("token").Create(ctx, account, token); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "token"), []byte(token.Status.Token))
	write(t, filepath.Join(folder, "ca.crt"), m.pki.ca)
	write(t, filepath.Join(folder, "namespace"), []byte(metav1.NamespaceSystem))
	host, port, _ := strings.Cut(strings.TrimPrefix(m.config.Host, "https://"), ":")
	at, metrics := freePort(t), freePort(t)
	running := startAs(t, sealer, t.TempDir(), func(cmd *exec.Cmd) {
		inPod(cmd)
		cmd.Env = append(os.Environ(), "KUBERNETES_SERVICE_HOST="+host, "KUBERNETES_SERVICE_PORT="+port)
	}, "/bin/sh", "-ec", `mount -t tmpfs none /run
where=/var/run/secrets/kubernetes.io/serviceaccount
mkdir -p $where
cp "$0"/* $where
exec "$@"`, folder, program, fmt.Sprintf("--listen-addr=127.0.0.1:%d", at), fmt.Sprintf("--listen-metrics-addr=127.0.0.1:%d", metrics))
	certificate := loopback("http", at) + "/v1/cert.pem"
	await(ctx, t, running, func() error { return get(ctx, http.DefaultClient, certificate) })
	response, err := http.Get(certificate)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }() // nothing is written to it
	return read(t, response.Body)
}
