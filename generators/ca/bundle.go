package ca

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
)

// Public is what everybody may know of a cluster's certificates: the content of
// its file in the mesh's folder ca.
type Public struct {
	Cluster string
	Chain   []*x509.Certificate // the intermediate first, then what signed it, as far as it is given
	Roots   []*x509.Certificate // those that the cluster trusts
}

// A Bundle is a cluster's certificates with the key that it signs with.
type Bundle struct {
	Public
	key privateKey
}

// PEM gives the file: the chain without its root, then the roots.
func (p *Public) PEM() []byte {
	return slices.Concat(Encode(p.intermediates()...), Encode(p.Roots...))
}

// intermediates gives the chain as far as it is not self-signed.
func (p *Public) intermediates() []*x509.Certificate {
	return slices.DeleteFunc(slices.Clone(p.Chain), selfSigned)
}

// ParsePublic reads a cluster's file: certificates that are self-signed are the
// roots, and the others the chain.
func ParsePublic(cluster, name string, data []byte) (*Public, error) {
	certs, err := Certificates(name, data)
	if err != nil {
		return nil, err
	}
	p := &Public{Cluster: cluster}
	for _, cert := range certs {
		if selfSigned(cert) {
			p.Roots = append(p.Roots, cert)
		} else if len(p.Roots) > 0 {
			return nil, &FileError{Name: name, What: "a certificate stands after a root", Fix: "put the intermediate first, then what signed it, then the roots"}
		} else {
			p.Chain = append(p.Chain, cert)
		}
	}
	if len(p.Chain) == 0 {
		return nil, &FileError{Name: name, What: "holds roots, and no intermediate", Fix: "a cluster signs with an intermediate of its own: isthmus ca issue " + cluster}
	}
	if len(p.Roots) == 0 {
		return nil, &FileError{Name: name, What: "holds no root", Fix: "put the roots that the cluster trusts behind its chain"}
	}
	return p, nil
}

// A Shape is the form of the Secret cacerts.
type Shape string

// Plugged has Istio's own four keys; TLS the three of kubernetes.io/tls, which
// istiod takes too.
const (
	Plugged Shape = "Opaque"
	TLS     Shape = "kubernetes.io/tls"
)

// The keys of both shapes, in the order in which a person reads them.
var (
	pluggedKeys = []string{"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"}
	tlsKeys     = []string{"tls.crt", "tls.key", "ca.crt"}
)

// Keys gives the keys of the Secret: these and no others.
func (s Shape) Keys() []string {
	if s == TLS {
		return slices.Clone(tlsKeys)
	}
	return slices.Clone(pluggedKeys)
}

// Data gives the content of the Secret, to be sealed and not to be written.
func (b *Bundle) Data(shape Shape) (map[string][]byte, error) {
	key, err := b.key.pem()
	if err != nil {
		return nil, err
	}
	roots := Encode(b.Roots...)
	if shape == TLS {
		return map[string][]byte{"tls.crt": Encode(b.intermediates()...), "tls.key": key, "ca.crt": roots}, nil
	}
	return map[string][]byte{
		"ca-cert.pem":    Encode(b.Chain[0]),
		"ca-key.pem":     key,
		"cert-chain.pem": Encode(b.Chain...),
		"root-cert.pem":  roots,
	}, nil
}

// ParseBundle reads the files of a Secret of either shape. Where names the
// folder in errors.
func ParseBundle(cluster, where string, files map[string][]byte) (*Bundle, Shape, error) {
	shape, err := shapeOf(where, files)
	if err != nil {
		return nil, "", err
	}
	at := func(key string) string { return where + "/" + key }
	var parsed [3][]*x509.Certificate
	names := []string{"ca-cert.pem", "cert-chain.pem", "root-cert.pem"}
	keyName := "ca-key.pem"
	if shape == TLS {
		names, keyName = []string{"tls.crt", "tls.crt", "ca.crt"}, "tls.key"
	}
	for i, file := range names {
		if parsed[i], err = Certificates(at(file), files[file]); err != nil {
			return nil, "", err
		}
	}
	key, err := parseKey(at(keyName), files[keyName])
	if err != nil {
		return nil, "", err
	}
	b := &Bundle{Public: Public{Cluster: cluster, Chain: parsed[1], Roots: parsed[2]}, key: key}
	if shape == Plugged {
		if len(parsed[0]) > 1 {
			return nil, "", &FileError{Name: at("ca-cert.pem"), What: fmt.Sprintf("holds %d certificates", len(parsed[0])), Fix: "leave only the one that the cluster signs with; the others go into cert-chain.pem"}
		}
		if !b.Chain[0].Equal(parsed[0][0]) {
			return nil, "", &FileError{Name: at("cert-chain.pem"), What: "does not start with the certificate of ca-cert.pem", Fix: "put ca-cert.pem first, then what signed it"}
		}
	}
	for _, root := range b.Roots {
		if !selfSigned(root) {
			return nil, "", &FileError{Name: at(names[2]), What: fmt.Sprintf("%s is not self-signed", subject(root)), Fix: "leave only roots in it; what lies between them and the intermediate goes into the chain"}
		}
	}
	return b, shape, nil
}

// shapeOf tells which Secret a folder holds the files of.
func shapeOf(where string, files map[string][]byte) (Shape, error) {
	shape := Plugged
	if _, ok := files["tls.crt"]; ok {
		shape = TLS
	}
	var missing []string
	for _, key := range shape.Keys() {
		if len(bytes.TrimSpace(files[key])) == 0 {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 {
		return "", &FileError{Name: where, What: "lacks " + strings.Join(missing, ", "), Fix: "put the files of the Secret into it: " + strings.Join(pluggedKeys, ", ") + "; or " + strings.Join(tlsKeys, ", ")}
	}
	return shape, nil
}

// Root gives the root that a cluster signs under, and where its chain leads to
// none, what it leads to.
func (p *Public) Root() *x509.Certificate {
	path, _ := p.path()
	return path[len(path)-1]
}
