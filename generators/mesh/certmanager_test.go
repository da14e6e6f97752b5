package mesh_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// certManager asks for cert-manager, with the fields given, and whatever else is
// changed.
func certManager(fields string, more ...string) []string {
	return append([]string{"  clusters:\n", "  security:\n    certificates: certManager\n    certManager: {" + fields + "}\n  clusters:\n"}, more...)
}

const istioCSR = "version: v0.14.2, issuer: {name: mesh-ca}"

// TestCertManager: what a mesh needs whose certificates cert-manager signs.
func TestCertManager(t *testing.T) {
	root := signed(t, "root", nil)
	roots := map[string]string{"ca/root.pem": root.pem()}
	with := func(name, content string) map[string]string {
		return map[string]string{"ca/root.pem": root.pem(), name: content}
	}
	note := method(17)
	sealedToo := tagged(with("sealed/east/cacerts.yaml", sealedCACerts))
	const decided = " is decided by spec.security.certificates; two sources for one value drift apart (IST219)\nisthmus: fix: remove it here, and set spec.security.certificates\n"
	rejected(t, []rejection{
		{name: "good", mesh: today, edit: certManager(istioCSR), files: roots, want: note},
		{name: "two roots, while one follows the other", mesh: today, edit: certManager(istioCSR), files: with("ca/root.pem", root.pem()+signed(t, "next", nil).pem()), want: note},
		{name: "an issuer of others", mesh: today, edit: certManager("version: 0.14.2-alpha.1, issuer: {name: mesh-ca, kind: AWSPCAClusterIssuer, group: awspca.cert-manager.io}"), files: roots, want: note},
		{name: "a hostname, which istiod's certificate has", mesh: today, edit: certManager(istioCSR, "addresses: [10.1.255.10]", "hostname: istiod.example.com"), files: roots, want: note},
		{name: "nothing said of it", mesh: today, edit: certManager(""), files: roots, want: "isthmus: error: mesh/mesh.yaml:10:18: spec.security.certManager.version: is missing; istio-csr has releases of its own (IST009)\nisthmus: fix: write the version of the chart cert-manager-istio-csr\nisthmus: error: mesh/mesh.yaml:10:18: spec.security.certManager.issuer.name: is missing; without an issuer nothing is signed (IST009)\nisthmus: fix: name the issuer of cert-manager that each cluster has\n" + note},
		{name: "misspelt", mesh: today, edit: certManager("version: latest, issuer: {name: Mesh_CA, kind: clusterIssuer, group: \"a b\"}"), files: roots, want: "isthmus: error: mesh/mesh.yaml:10:28: spec.security.certManager.version: \"latest\" is not a version of a chart (IST014)\nisthmus: fix: write it as \"v0.14.0\"\nisthmus: error: mesh/mesh.yaml:10:51: spec.security.certManager.issuer.name: \"Mesh_CA\" is not a domain name (IST021)\nisthmus: fix: write DNS labels joined by dots, as in \"cluster.local\"\nisthmus: error: mesh/mesh.yaml:10:66: spec.security.certManager.issuer.kind: \"clusterIssuer\" is not a kind (IST014)\nisthmus: fix: write Issuer, ClusterIssuer, or the kind of an issuer that is not cert-manager's own\nisthmus: error: mesh/mesh.yaml:10:88: spec.security.certManager.issuer.group: \"a b\" is not a domain name (IST021)\nisthmus: fix: write DNS labels joined by dots, as in \"cluster.local\"\n" + note},
		{name: "no roots", mesh: today, edit: certManager(istioCSR), want: "isthmus: error: mesh/mesh.yaml:9:19: spec.security.certificates: there is no mesh/ca/root.pem; each istio-csr would trust whatever its issuer answers first, and two clusters with two roots refuse each other (IST507)\nisthmus: fix: write the root that all issuers lead to into it, as PEM\n" + note},
		{name: "roots that are none", mesh: today, edit: certManager(istioCSR), files: with("ca/root.pem", "hello"), want: note + "isthmus: error: mesh/ca/root.pem: holds no certificate in PEM (IST510)\nisthmus: fix: give certificates as openssl writes them, from BEGIN to END\n"},
		{name: "a certificate to sign with", mesh: today, edit: certManager(istioCSR), files: with("ca/east.pem", signed(t, "east", root).pem()+root.pem()), want: note + "isthmus: warning: mesh/ca/east.pem: the control plane of cluster \"east\" does not sign: cert-manager does (IST524)\nisthmus: fix: remove it: isthmus secrets remove east\n"},
		{name: "a key to sign with", mesh: today, edit: certManager(istioCSR), files: sealedToo, want: note + "isthmus: warning: mesh/sealed/east/cacerts.yaml: it is there, and mesh.yaml says certificates: certManager; its key signs nothing, and is good for every identity of the mesh (IST508)\nisthmus: fix: remove it: isthmus secrets remove east\n"},
		{name: "values", mesh: today, edit: certManager(istioCSR, "    version: \"1.30.3\"\n", "    version: \"1.30.3\"\n    values: {global: {caAddress: \"a:443\"}, pilot: {env: {ENABLE_CA_SERVER: \"true\"}}}\n"), files: roots, want: "isthmus: error: mesh/mesh.yaml:8:34: spec.istio.values.global.caAddress: global.caAddress" + decided + "isthmus: error: mesh/mesh.yaml:8:76: spec.istio.values.pilot.env.ENABLE_CA_SERVER: pilot.env.ENABLE_CA_SERVER" + decided + method(18)},
		{name: "the values of who signs by itself", mesh: today, edit: []string{"    version: \"1.30.3\"\n", "    version: \"1.30.3\"\n    values: {pilot: {env: {ENABLE_CA_SERVER: \"true\"}}}\n"}, want: method(15)},
		{name: "not asked for", mesh: today, edit: certManager(istioCSR, "certificates: certManager", "certificates: plugged"), want: "isthmus: error: mesh/mesh.yaml:10:18: spec.security.certManager: certificates: plugged asks nothing of cert-manager (IST509)\nisthmus: fix: write certificates: certManager, or remove it\n" + note},
		{name: "too early", edit: certManager(istioCSR), files: roots, want: "isthmus: error: mesh/mesh.yaml:9:19: spec.security.certificates: certManager is for Istio 1.24 and later; istio-csr takes the place of the CA of an istiod that can do without (IST210)\nisthmus: fix: write plugged\n"},
	})
}

// TestCertManagerDefaults: an Issuer of cert-manager, in Istio's namespace.
func TestCertManagerDefaults(t *testing.T) {
	m, problems := load(edited(t, today, certManager(istioCSR)...), map[string]string{"ca/root.pem": signed(t, "root", nil).pem()})
	if m == nil {
		t.Fatal(problems.Text())
	}
	if diff := gocmp.Diff(mesh.Issuer{Name: "mesh-ca", Kind: "Issuer", Group: "cert-manager.io"}, m.Spec.Security.CertManager.Issuer); diff != "" {
		t.Errorf("issuer (-want +got):\n%s", diff)
	}
}

// sealedCACerts is what isthmus ca issue writes, as far as loading reads it: the
// length of an RSA part of 512 bytes, and as much behind it.
var sealedCACerts = fmt.Sprintf(`apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: cacerts, namespace: istio-system}
spec: {encryptedData: {ca-key.pem: %s}, template: {metadata: {name: cacerts, namespace: istio-system}}}
`, base64.StdEncoding.EncodeToString(append([]byte{2, 0}, bytes.Repeat([]byte("sealed. "), 128)...)))
