package secrets

import (
	"encoding/base64"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// A kubeconfig holds what istiod would run, read from its disk or call, and none
// of it gets into a remote Secret.
func TestHostileKubeconfigs(t *testing.T) {
	const canary = "hunter2hunter2"
	base := string(sealtest.Kubeconfig("admin", "https://10.2.0.10:6443", canary+"."+canary+"."+canary))
	ca := base64.StdEncoding.EncodeToString(sealtest.CA())
	user := func(lines string) string { return base + strings.ReplaceAll(lines, "CANARY", canary) }
	cluster := func(lines string) string {
		return strings.Replace(base, "    server:", strings.ReplaceAll(lines, "CANARY", canary)+"    server:", 1)
	}
	in := func(old, new string) string {
		if !strings.Contains(base, old) {
			t.Fatalf("%q is not there", old)
		}
		return strings.Replace(base, old, strings.ReplaceAll(new, "CANARY", canary), 1)
	}
	if c, problems := ReadKubeconfig("standard input", []byte(base), ""); len(problems) > 0 || c.Server != "https://10.2.0.10:6443" {
		t.Fatal(problems)
	}
	for _, test := range []struct{ name, text, want string }{
		{"exec", user("    exec: {apiVersion: client.authentication.k8s.io/v1, command: CANARY}\n"), "users.user.exec: has no place in a remote Secret; istiod refuses it, and on 1.4 and 1.5 would run it"},
		{"an auth provider", user("    auth-provider: {name: gcp, config: {a: CANARY}}\n"), "users.user.auth-provider: has no place"},
		{"OIDC", user("    auth-provider: {name: oidc}\n"), "users.user.auth-provider: has no place"},
		{"a token file", user("    tokenFile: /var/run/CANARY\n"), "users.user.tokenFile: has no place in a remote Secret; it is a file on the disk of istiod"},
		{"a client certificate file", user("    client-certificate: /CANARY\n"), "users.user.client-certificate: has no place"},
		{"a client key file", user("    client-key: /CANARY\n"), "users.user.client-key: has no place"},
		{"a client certificate", user("    client-certificate-data: CANARY\n"), "users.user.client-certificate-data: has no place"},
		{"a client key", user("    client-key-data: CANARY\n"), "users.user.client-key-data: has no place"},
		{"a user's name", user("    username: CANARY\n"), "users.user.username: has no place"},
		{"a password", user("    password: CANARY\n"), "users.user.password: has no place"},
		{"acting as", user("    as: CANARY\n"), "users.user.as: has no place"},
		{"acting as a UID", user("    as-uid: CANARY\n"), "users.user.as-uid: has no place"},
		{"acting in groups", user("    as-groups: [CANARY]\n"), "users.user.as-groups: has no place"},
		{"acting with more", user("    as-user-extra: {a: [CANARY]}\n"), "users.user.as-user-extra: has no place"},
		{"extensions of the user", user("    extensions: []\n"), "users.user.extensions: has no place"},
		{"a field of tomorrow", user("    CANARY: x\n"), "users.user: holds a field that isthmus does not know"},
		{"exec in another case", user("    Exec: {command: CANARY}\n"), "users.user: holds a field that isthmus does not know"},
		{"a token twice", user("    token: CANARY\n"), "holds a key twice"},
		{"no check of the server", cluster("    insecure-skip-tls-verify: true\n"), "clusters.cluster.insecure-skip-tls-verify: has no place in a remote Secret; the control plane would send the token to whoever answers"},
		{"no check, in text", cluster("    insecure-skip-tls-verify: \"yes\"\n"), "clusters.cluster.insecure-skip-tls-verify: has no place"},
		{"a proxy", cluster("    proxy-url: socks5://CANARY\n"), "clusters.cluster.proxy-url: has no place in a remote Secret; istiod would send the token there"},
		{"a CA file", cluster("    certificate-authority: /CANARY\n"), "clusters.cluster.certificate-authority: has no place"},
		{"extensions of the cluster", cluster("    extensions: []\n"), "clusters.cluster.extensions: has no place"},
		{"a field of the cluster", cluster("    disable-compression: true\n"), "clusters.cluster: holds a field that isthmus does not know"},
		{"a field at the top", base + "CANARY: x\n", "holds a field that isthmus does not know"},
		{"no CA", in("    certificate-authority-data: "+ca+"\n", ""), "clusters.cluster.certificate-authority-data: does not hold the CA"},
		{"a CA that is not base64", in(ca, "'"+canary+"!'"), "clusters.cluster.certificate-authority-data: does not hold the CA"},
		{"no token", in("    token: "+canary+"."+canary+"."+canary+"\n", "    {}\n"), "users.user.token: is not there"},
		{"another kind", in("kind: Config", "kind: "+canary), "kind: is not a Config of v1"},
		{"another version", in("apiVersion: v1", "apiVersion: v2"), "kind: is not a Config of v1"},
		{"no such context", in("current-context: admin", "current-context: "+canary), "contexts: does not hold the one that the context names"},
		{"no such cluster", in("cluster: c,", "cluster: "+canary+","), "clusters: does not hold the one"},
		{"no such user", in("user: u}", "user: "+canary+"}"), "users: does not hold the one"},
		{"two clusters of a name", in("users:", "- {name: c, cluster: {server: 'https://CANARY'}}\nusers:"), "clusters: holds two of the name that the context names"},
		{"two users of a name", user("- {name: u, user: {exec: {command: CANARY}}}\n"), "users: holds two of the name"},
		{"two contexts of a name", in("clusters:", "- {name: admin, context: {cluster: CANARY, user: CANARY}}\nclusters:"), "contexts: holds two of the name"},
		{"a merged user", user("    <<: {exec: {command: CANARY}}\n"), "users.user: holds a field that isthmus does not know"},
		{"a list for a server", in("server: https://10.2.0.10:6443", "server: [CANARY]"), "clusters.cluster.server: is not a text"},
		{"a number for a server", in("server: https://10.2.0.10:6443", "server: 42"), "clusters.cluster.server: is not a text"},
		{"nothing for a token", in("token: "+canary+"."+canary+"."+canary, "token: null"), "users.user.token: is not a text"},
		{"a token in binary", in("token: ", "token: !!binary "), "users.user.token: is not a text"},
		{"a mapping of clusters", in("clusters:\n- name: c\n", "clusters:\n  CANARY: x\n"), "clusters: does not hold the one"},
		{"a field of the context", in("user: u}", "user: u, extensions: [{name: CANARY}]}"), "contexts.context.extensions: has no place"},
		{"an alias", in("current-context: admin", "current-context: &"+canary+" admin\nx: *"+canary), "is an alias"},
		{"an alias bomb", "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", "is an alias"},
		{"two documents", base + "---\nkind: " + canary + "\n", "holds more than one document"},
		{"a list", "- " + canary, "is not a kubeconfig"},
		{"text", canary, "is not a kubeconfig"},
		{"broken YAML", "a: [" + canary, "is not a kubeconfig"},
		{"an anchor of nobody", "a: *" + canary, "is not a kubeconfig"},
		{"a tab", "a:\n\t" + canary + ": b", "is not a kubeconfig"},
		{"nothing", "", "is not a kubeconfig"},
		{"large", strings.Repeat("#", 2<<20), "holds more than 1048576 bytes"},
		{"a Secret of two", "kind: Secret\nstringData: {a: b, c: d}\n", "does not hold one kubeconfig"},
		{"a Secret that is not base64", "kind: Secret\ndata: {a: '" + canary + "!'}\n", "data: is not base64"},
		{"a Secret of text", "kind: Secret\nstringData: {a: " + canary + "}\n", "is not a kubeconfig"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, problems := ReadKubeconfig("standard input", []byte(test.text), "")
			if c != nil || !strings.Contains(problems.Error(), test.want) || !strings.HasPrefix(problems.Error(), "standard input:") {
				t.Errorf("got  %v, %v\nwant %s", c, problems, test.want)
			}
			if strings.Contains(problems.Text(), canary) {
				t.Errorf("a message holds a value: %s", problems.Text())
			}
		})
	}
}

// What istioctl prints is taken too.
func TestReadWhatIstioctlPrints(t *testing.T) {
	inner := string(sealtest.Kubeconfig("west", "https://10.2.0.10:6443", "a.b.c"))
	for _, secret := range []string{
		"# This file is autogenerated, do not edit.\napiVersion: v1\nkind: Secret\nstringData:\n  west: |\n    " + strings.ReplaceAll(inner, "\n", "\n    ") + "\n---\n",
		"kind: Secret\ndata:\n  west: " + base64.StdEncoding.EncodeToString([]byte(inner)) + "\n",
	} {
		c, problems := ReadKubeconfig("standard input", []byte(secret), "")
		if len(problems) > 0 || string(c.Token.Reveal()) != "a.b.c" {
			t.Errorf("%v, %v", c, problems)
		}
	}
}

// A server is that of the topology, and nothing that could be taken for it.
func TestServers(t *testing.T) {
	const want = "https://10.2.0.10:6443"
	for _, test := range []struct{ server, want string }{
		{"https://10.2.0.10:6443", ""},
		{"https://10.2.0.10:6443/", ""},
		{"http://10.2.0.10:6443", "is not reached by https"},
		{"HTTP://10.2.0.10:6443", "is not reached by https"},
		{"10.2.0.10:6443", "is not a URL"},
		{"", "is not a URL"},
		{"https://", "is not a URL"},
		{"https://:6443", "is not that of the cluster"},
		{"https://10.2.0.10:6444", "is not that of the cluster"},
		{"https://10.2.0.10", "is not that of the cluster"},
		{"https://10.2.0.100:6443", "is not that of the cluster"},
		{"https://10.2.0.10:6443/proxy", "is not that of the cluster"},
		{"https://10.2.0.10.example.com:6443", "is not that of the cluster"},
		{"https://localhost:6443", "is the machine that asks"},
		{"https://LOCALHOST:6443", "is the machine that asks"},
		{"https://api.localhost:6443", "is the machine that asks"},
		{"https://127.0.0.1:6443", "is the machine that asks"},
		{"https://127.1.2.3:6443", "is the machine that asks"},
		{"https://[::1]:6443", "is the machine that asks"},
		{"https://[::ffff:127.0.0.1]:6443", "is the machine that asks"},
		{"https://0.0.0.0:6443", "is the machine that asks"},
		{"https://admin:hunter2@10.2.0.10:6443", "with more than a host, a port and a path"},
		{"https://10.2.0.10:6443?x=1", "with more than a host, a port and a path"},
		{"https://10.2.0.10:6443#x", "with more than a host, a port and a path"},
		{"unix:///var/run/x", "is not a URL"},
		{"https://169.254.169.254:6443", "is not that of the cluster"},
		{"https://[fe80::1%25eth0]:6443", "is not that of the cluster"},
		{"https://10.2.0.10:0", "is not that of the cluster"},
		{"https://10.2.0.10:", "is not that of the cluster"},
		{"https://10.2.0.10:06443", "is not that of the cluster"},
		{"https://10.2.0.10.:6443", "is not that of the cluster"},
		{"https://10.2.0.10:6443/./", "is not that of the cluster"},
		{"https://10.2.0.10:6443/%2e%2e/x", "is not that of the cluster"},
		{"https://１0.2.0.10:6443", "is not that of the cluster"},
		{"https://10。2。0。10:6443", "is not that of the cluster"},
		{"https://167903242:6443", "is not that of the cluster"},
		{"https://0x0a.2.0.10:6443", "is not that of the cluster"},
		{"https://010.2.0.10:6443", "is not that of the cluster"},
		{"https://localhost.:6443", "is the machine that asks"},
		{"https://127.1:6443", "is not that of the cluster"},
		{"https://2130706433:6443", "is not that of the cluster"},
		{"https://[::]:6443", "is the machine that asks"},
		{"https://10.2.0.10:6443?", "with more than a host, a port and a path"},
		{"https://10.2.0.10:6443#", "with more than a host, a port and a path"},
		{"https://@10.2.0.10:6443", "with more than a host, a port and a path"},
		{"https://10.2.0.10:6443\\@example.com", "is not a URL"},
		{"https://10.2.0.10:6443\n", "is not a URL"},
		{" https://10.2.0.10:6443", "is not a URL"},
		{"//10.2.0.10:6443", "is not reached by https"},
	} {
		p := CheckServer(test.server, want)
		if test.want == "" {
			if p != nil {
				t.Errorf("%s: %v", test.server, p)
			}
			continue
		}
		if p == nil || !strings.Contains(p.What, test.want) || strings.Contains(p.Text(), "hunter2") {
			t.Errorf("%s: got %v, want %s", test.server, p, test.want)
		}
	}
	for _, test := range [][2]string{{"https://api.example.com", "https://API.example.com:443/"}, {"https://[fd00:0::1]:6443", "https://[fd00::1]:6443"}} {
		if p := CheckServer(test[0], test[1]); p != nil {
			t.Errorf("%v are not taken for the same: %v", test, p)
		}
	}
}

func TestCA(t *testing.T) {
	block, _ := pem.Decode(sealtest.CA())
	flipped := append([]byte{}, block.Bytes...)
	flipped[2] ^= 0x7f
	for _, test := range []struct {
		name string
		data []byte
		want string
	}{
		{"one", sealtest.CA(), ""},
		{"two", append(sealtest.CA(), sealtest.CA()...), ""},
		{"none", nil, "is empty"},
		{"text", []byte("x"), "is not a bundle"},
		{"text behind", append(sealtest.CA(), 'x'), "is not a bundle"},
		{"text before", append([]byte("issued by: x\n"), sealtest.CA()...), "is not a bundle"},
		{"text between", slices.Concat(sealtest.CA(), []byte("x\n"), sealtest.CA()), "is not a bundle"},
		{"one that may not sign", sealtest.Certificate("other", sealtest.Today), "may not sign others"},
		{"a key", append(sealtest.CA(), sealtest.PrivatePEM("east")...), "comes with a private key"},
		{"damaged", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: flipped}), "cannot be read"},
		{"a server's", sealtest.Server(), "is the certificate of a server"},
	} {
		p := CheckCA(test.data, sealtest.Today)
		if (p == nil) != (test.want == "") || p != nil && !strings.Contains(p.What, test.want) {
			t.Errorf("%s: %v, want %s", test.name, p, test.want)
		}
	}
	if p := CheckCA(sealtest.CA(), sealtest.Today.AddDate(-2, 0, 0)); p == nil || !strings.Contains(p.What, "is valid from 2025-11-22 on") {
		t.Errorf("two years ago: %v", p)
	}
	if p := CheckCA(sealtest.CA(), sealtest.Today.AddDate(20, 0, 0)); p == nil || !strings.Contains(p.What, "expired on 2035-11-22") {
		t.Errorf("in twenty years: %v", p)
	}
}
