package secrets

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// kubeconfigLimit bounds a kubeconfig that is read, in bytes.
const kubeconfigLimit = 1 << 20

// A reader takes a kubeconfig apart. Its messages hold names of fields and
// places, and no value.
type reader struct {
	file     string
	problems diag.Problems
}

func (r *reader) wrong(n *yaml.Node, path, what, why, fix string) {
	p := &diag.Problem{Pos: diag.Position{File: r.file}, Path: path, What: what, Why: why, Fix: fix}
	if n != nil {
		p.Pos.Line, p.Pos.Column = n.Line, n.Column
	}
	r.problems = append(r.problems, p)
}

const byIstioctl = "give one with a token alone, as isthmus makes it from the cluster: name a kubeconfig that may read it, in place of -"

// ReadKubeconfig takes the credential of one context out of a kubeconfig, or out
// of the remote Secret that istioctl prints. Context is "" for the current one.
// File is the text's name for positions. What istiod would refuse, run, or read
// from its own disk is an error, and so is every other field that is not known
// to be harmless.
func ReadKubeconfig(file string, text []byte, context string) (*Credential, diag.Problems) {
	r := &reader{file: file}
	root := r.document(text)
	if root == nil {
		return nil, r.problems
	}
	if value(root, "kind") == "Secret" {
		inner := r.istioctl(root)
		if inner == nil {
			return nil, r.problems
		}
		// Lines are those of the kubeconfig in the Secret.
		if root = r.document(inner); root == nil {
			return nil, r.problems
		}
	}
	c := r.config(root, context)
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return c, nil
}

// document gives the root of the one document, without aliases and with no key
// twice.
func (r *reader) document(text []byte) *yaml.Node {
	if len(text) > kubeconfigLimit {
		r.wrong(nil, "", fmt.Sprintf("holds more than %d bytes", kubeconfigLimit), "", "")
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var doc, more yaml.Node
	if err := decoder.Decode(&doc); err != nil || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		r.wrong(nil, "", "is not a kubeconfig in YAML or JSON", "", "")
		return nil
	}
	// istioctl ends what it prints with another "---".
	if decoder.Decode(&more) == nil && len(more.Content) > 0 && more.Content[0].ShortTag() != "!!null" {
		r.wrong(nil, "", "holds more than one document", "", "give the kubeconfig alone")
		return nil
	}
	r.plain(doc.Content[0], "")
	if len(r.problems) > 0 {
		return nil
	}
	return doc.Content[0]
}

func (r *reader) plain(n *yaml.Node, path string) {
	switch n.Kind {
	case yaml.AliasNode:
		r.wrong(n, path, "is an alias", "", "write the value out")
	case yaml.MappingNode:
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind != yaml.ScalarNode || seen[key.Value] {
				r.wrong(key, path, "holds a key twice, or one that is no text", "", "")
				continue
			}
			seen[key.Value] = true
			r.plain(n.Content[i+1], path)
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			r.plain(item, path)
		}
	}
}

// istioctl gives the kubeconfig in a remote Secret.
func (r *reader) istioctl(root *yaml.Node) []byte {
	for _, field := range []string{"stringData", "data"} {
		data := child(root, field)
		if data == nil || data.Kind != yaml.MappingNode || len(data.Content) != 2 {
			continue
		}
		text := data.Content[1].Value
		if field == "stringData" {
			return []byte(text)
		}
		decoded, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			r.wrong(data, field, "is not base64", "", "")
			return nil
		}
		return decoded
	}
	r.wrong(root, "data", "does not hold one kubeconfig", "", "give what istioctl create-remote-secret prints")
	return nil
}

func child(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

func value(n *yaml.Node, name string) string {
	if c := child(n, name); c != nil && c.Kind == yaml.ScalarNode {
		return c.Value
	}
	return ""
}

// text gives the text of a field, "" where it is not there, and false where it
// holds anything else.
func (r *reader) text(n *yaml.Node, path, name string) (string, bool) {
	field := child(n, name)
	if field != nil && (field.Kind != yaml.ScalarNode || field.ShortTag() != "!!str") {
		r.wrong(field, path+"."+name, "is not a text", "readers of YAML would not agree on what it is", "write the text in quotes")
		return "", false
	}
	return value(n, name), true
}

// named gives the entry of a list by its name, which no other may have: readers
// of kubeconfigs do not agree on which of two counts.
func (r *reader) named(root *yaml.Node, list, field, name string) *yaml.Node {
	all := child(root, list)
	var found *yaml.Node
	if all != nil && all.Kind == yaml.SequenceNode {
		for _, entry := range all.Content {
			if value(entry, "name") != name {
				continue
			}
			if found != nil {
				r.wrong(entry, list, "holds two of the name that the context names", "one of them would count, and which one depends on who reads it", "remove one")
				return nil
			}
			found = entry
		}
	}
	if content := child(found, field); content != nil && content.Kind == yaml.MappingNode {
		return content
	}
	r.wrong(all, list, "does not hold the one that the context names", "", "")
	return nil
}

// config reads the context.
func (r *reader) config(root *yaml.Node, context string) *Credential {
	if value(root, "kind") != "Config" || value(root, "apiVersion") != "v1" {
		r.wrong(root, "kind", "is not a Config of v1", "", "give a kubeconfig")
		return nil
	}
	r.only(root, "", "apiVersion", "kind", "clusters", "contexts", "users", "current-context", "preferences")
	if context == "" {
		context = value(root, "current-context")
	}
	at := r.named(root, "contexts", "context", context)
	if at == nil {
		return nil
	}
	r.only(at, "contexts.context", "cluster", "user", "namespace")
	cluster, user := r.named(root, "clusters", "cluster", value(at, "cluster")), r.named(root, "users", "user", value(at, "user"))
	if cluster == nil || user == nil {
		return nil
	}
	server, _ := r.text(cluster, "clusters.cluster", "server") // one that is not there is no URL
	name, _ := r.text(cluster, "clusters.cluster", "tls-server-name")
	ca, isText := r.text(cluster, "clusters.cluster", "certificate-authority-data")
	c := &Credential{Server: server, TLSServerName: name}
	var err error
	if c.CA, err = base64.StdEncoding.DecodeString(ca); isText && (err != nil || len(c.CA) == 0) {
		r.wrong(cluster, "clusters.cluster.certificate-authority-data", "does not hold the CA of the API server", "the control plane would send the token to whoever answers", "kubectl config view --raw --flatten puts it there")
	}
	r.only(cluster, "clusters.cluster", "server", "certificate-authority-data", "tls-server-name")
	r.only(user, "users.user", "token")
	token, isText := r.text(user, "users.user", "token")
	if c.Token = seal.NewPlain([]byte(token)); isText && c.Token.Len() == 0 {
		r.wrong(user, "users.user.token", "is not there", "the control plane has no other way to log in", byIstioctl)
	}
	return c
}

// refused says why fields that people use are not taken.
var refused = map[string]string{
	"exec":                     "istiod refuses it, and on 1.4 and 1.5 would run it",
	"auth-provider":            "istiod refuses it",
	"tokenFile":                "it is a file on the disk of istiod",
	"client-certificate":       "it is a file on the disk of istiod",
	"client-key":               "it is a file on the disk of istiod",
	"certificate-authority":    "it is a file on the disk of istiod",
	"client-certificate-data":  "a certificate cannot be taken back; the reader has a token",
	"client-key-data":          "a certificate cannot be taken back; the reader has a token",
	"username":                 "the reader has a token",
	"password":                 "the reader has a token",
	"as":                       "the reader acts as nobody else",
	"as-uid":                   "the reader acts as nobody else",
	"as-groups":                "the reader acts as nobody else",
	"as-user-extra":            "the reader acts as nobody else",
	"insecure-skip-tls-verify": "the control plane would send the token to whoever answers",
	"proxy-url":                "istiod would send the token there",
	"extensions":               "istiod has no use for them",
}

// only holds a mapping to the fields that are known to be harmless.
func (r *reader) only(n *yaml.Node, path string, known ...string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if slices.Contains(known, key.Value) || key.Value == "insecure-skip-tls-verify" && n.Content[i+1].Value == "false" {
			continue
		}
		at := strings.TrimPrefix(path+"."+key.Value, ".")
		if why, ok := refused[key.Value]; ok {
			r.wrong(key, at, "has no place in a remote Secret", why, byIstioctl)
			continue
		}
		r.wrong(key, path, "holds a field that isthmus does not know", "istiod may do with it what nobody looked at", byIstioctl)
	}
}

// CheckServer says why the URL of an API server cannot go into a remote Secret.
// Want is the topology's.
func CheckServer(server, want string) *diag.Problem {
	wrong := func(what, why string) *diag.Problem {
		return &diag.Problem{What: "the server " + what, Why: why, Fix: "the mesh says " + want + ": give a credential for that, or correct spec.clusters[].apiServer"}
	}
	u, err := url.Parse(server)
	switch {
	case err != nil || u.Host == "":
		return wrong("is not a URL", "")
	case strings.ContainsAny(server, "@?#"): // also with nothing behind it
		return wrong("is a URL with more than a host, a port and a path", "")
	case u.Scheme != "https":
		return wrong("is not reached by https", "the token would be sent in the clear")
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ip, err := netip.ParseAddr(host); host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && (ip.Unmap().IsLoopback() || ip.IsUnspecified()) {
		return wrong(fmt.Sprintf("%q is the machine that asks", server), "the control plane would call itself")
	}
	if normal(server) != normal(want) {
		return wrong(fmt.Sprintf("%q is not that of the cluster", server), "the control plane would read another cluster in its place")
	}
	return nil
}

// normal gives a URL as two that mean the same are written.
func normal(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	host := strings.ToLower(u.Hostname())
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.Unmap().String()
	}
	return u.Scheme + "://" + host + ":" + port + strings.TrimRight(u.Path, "/")
}

// CheckCA says why a bundle cannot be the CA of an API server.
func CheckCA(bundle []byte, now time.Time) *diag.Problem {
	wrong := func(what, why string) *diag.Problem {
		return &diag.Problem{What: "the CA of the API server " + what, Why: why, Fix: "take ca.crt of the ConfigMap kube-root-ca.crt, or of the token's Secret"}
	}
	if bytes.Contains(bundle, []byte("PRIVATE KEY-----")) {
		return wrong("comes with a private key", "it would be sealed for every control plane")
	}
	rest := bytes.TrimSpace(bundle)
	for len(rest) > 0 {
		block, after := pem.Decode(rest)
		if block == nil || block.Type != "CERTIFICATE" || !bytes.HasPrefix(rest, []byte("-----BEGIN")) { // all of it goes into the kubeconfig
			return wrong("is not a bundle of certificates in PEM", "")
		}
		parsed, err := x509.ParseCertificate(block.Bytes)
		switch {
		case err != nil:
			return wrong("holds a certificate that cannot be read", "")
		case !parsed.IsCA || !parsed.BasicConstraintsValid:
			return wrong("is the certificate of a server, and not of a CA", "it would be trusted only until the next one")
		case parsed.KeyUsage != 0 && parsed.KeyUsage&x509.KeyUsageCertSign == 0:
			return wrong("holds a certificate that may not sign others", "no server's certificate is good under it")
		case now.Before(parsed.NotBefore):
			return wrong("is valid from "+parsed.NotBefore.UTC().Format(time.DateOnly)+" on", "")
		case now.After(parsed.NotAfter):
			return wrong("expired on "+parsed.NotAfter.UTC().Format(time.DateOnly), "")
		}
		rest = bytes.TrimSpace(after)
	}
	if len(bytes.TrimSpace(bundle)) == 0 {
		return wrong("is empty", "the control plane would trust no server, or any")
	}
	return nil
}

// Check says what is wrong with a credential for a cluster, and gives what its
// token says.
func (c *Credential) Check(apiServer string, now time.Time) (*Token, diag.Problems) {
	var problems diag.Problems
	for _, p := range []*diag.Problem{CheckServer(c.Server, apiServer), CheckCA(c.CA, now)} {
		if p != nil {
			problems = append(problems, p)
		}
	}
	if strings.ContainsFunc(c.TLSServerName, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`/\:"'`, r) }) {
		problems = append(problems, &diag.Problem{What: "the tls-server-name is not the name of a server"})
	}
	t, err := ParseToken(c.Token)
	if err != nil {
		return nil, append(problems, err.(*diag.Problem))
	}
	return t, problems
}

// CheckContent says what is wrong with what is in a remote Secret that was
// opened.
func CheckContent(s *mesh.Spec, c *mesh.Cluster, secret *seal.Secret, now time.Time) diag.Problems {
	kubeconfig, there := secret.Data[c.Name]
	if !there || len(secret.Data) != 1 {
		return diag.Problems{{What: fmt.Sprintf("does not hold one kubeconfig under the key %q", c.Name), Why: "the key is the cluster's name to the control plane", Fix: "isthmus secrets create " + c.Name}}
	}
	credential, problems := ReadKubeconfig("", kubeconfig.Reveal(), c.Name)
	if len(problems) > 0 {
		return problems
	}
	token, problems := credential.Check(c.APIServer, now)
	if token != nil {
		problems = append(problems, token.Check(s, now)...)
	}
	return problems
}
