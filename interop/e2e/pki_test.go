package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// A pki is the certificates of one run, good for a day.
type pki struct {
	folder    string // ca.crt, server.crt, server.key, accounts.key
	ca        []byte
	cert, key []byte // of an administrator

	authority    *x509.Certificate
	authorityKey *ecdsa.PrivateKey
	accounts     *ecdsa.PrivateKey // signs the tokens of ServiceAccounts
}

// newPKI makes the certificates and writes those that the API server reads. It
// has the names beside its address.
func newPKI(folder string, names ...string) (*pki, error) {
	authority, authorityKey, err := template("isthmus-e2e")
	if err != nil {
		return nil, err
	}
	authority.IsCA, authority.BasicConstraintsValid = true, true
	authority.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	ca, _, err := sign(authority, authority, authorityKey, authorityKey)
	if err != nil {
		return nil, err
	}
	server, serverKey, err := template("kube-apiserver")
	if err != nil {
		return nil, err
	}
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	server.IPAddresses, server.DNSNames = []net.IP{net.IPv4(127, 0, 0, 1)}, names
	serverCert, serverPEM, err := sign(server, authority, serverKey, authorityKey)
	if err != nil {
		return nil, err
	}
	made := &pki{folder: folder, ca: ca, authority: authority, authorityKey: authorityKey, accounts: serverKey}
	if made.cert, made.key, err = made.user("isthmus-e2e-admin", "system:masters"); err != nil {
		return nil, err
	}
	for name, data := range map[string][]byte{
		"ca.crt": ca, "server.crt": serverCert, "server.key": serverPEM, "accounts.key": serverPEM,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// user makes a login: a certificate of this name and group.
func (p *pki) user(name, group string) (cert, key []byte, err error) {
	user, userKey, err := template(name)
	if err != nil {
		return nil, nil, err
	}
	user.Subject.Organization = []string{group}
	user.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return sign(user, p.authority, userKey, p.authorityKey)
}

func template(name string) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 100))
	if err != nil {
		return nil, nil, err
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}, key, nil
}

// sign returns the certificate and its private key as PEM.
func sign(child, parent *x509.Certificate, childKey, parentKey *ecdsa.PrivateKey) (cert, key []byte, err error) {
	der, err := x509.CreateCertificate(rand.Reader, child, parent, &childKey.PublicKey, parentKey)
	if err != nil {
		return nil, nil, err
	}
	private, err := x509.MarshalECPrivateKey(childKey)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}), nil
}
