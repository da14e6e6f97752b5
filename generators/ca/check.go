package ca

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"slices"
	"strings"
)

// Terms are what the certificates of a mesh are held to.
type Terms struct {
	TrustDomain  string
	Namespace    string // Istio's
	AllowSamples bool
}

// Check holds a cluster's public certificates to what Istio, Envoy and the mesh
// need of them, at any time: Expiry looks at the clock.
func (p *Public) Check(t Terms) []Finding {
	var found []Finding
	add := func(kind Kind, what, why string) {
		found = append(found, Finding{kind, p.Cluster, what, why, reissue(p.Cluster)})
	}
	if !t.AllowSamples {
		if f, is := sample(p.Cluster, slices.Concat(p.Chain, p.Roots)); is {
			return []Finding{f} // what else is wrong with them is not worth saying
		}
	}
	path, broken := p.path()
	if broken != "" {
		add(BrokenChain, broken, "no peer can follow it to a root")
	}
	below := map[*x509.Certificate]int{}
	for i, cert := range path {
		below[cert] = i
	}
	all := slices.Clone(path)
	for _, root := range p.Roots {
		if !slices.ContainsFunc(path, root.Equal) {
			all = append(all, root)
		}
	}
	for _, cert := range all {
		if what := authority(cert, below[cert]); what != "" {
			add(NoAuthority, subject(cert)+" "+what, refused)
		}
		if what := weakness(cert); what != "" {
			add(Weak, subject(cert)+" "+what, "")
		}
		if lax(cert) {
			add(NoAuthority, subject(cert)+laxly, strict)
		}
	}
	for i := 1; i < len(path); i++ {
		if path[i-1].NotAfter.After(path[i].NotAfter) {
			add(OutlivesIssuer, fmt.Sprintf("%s ends on %s, after %s, which signed it and ends on %s", subject(path[i-1]), day(path[i-1].NotAfter), subject(path[i]), day(path[i].NotAfter)), "")
		}
	}
	// A rehearsal costs ten times what all the above does, and without names to
	// constrain shows nothing more.
	if len(found) == 0 && slices.ContainsFunc(path, constrained) {
		if err := rehearse(path, t); err != nil {
			add(NoAuthority, fmt.Sprintf("a workload's certificate under %s is refused: %s", subject(p.Chain[0]), strings.TrimPrefix(err.Error(), "x509: ")), "istiod does not look")
		}
	}
	return found
}

// CheckRoots holds the roots of a mesh to the same.
func CheckRoots(roots []*x509.Certificate, t Terms) []Finding {
	const next = "make the next one: isthmus ca rotate says how"
	if !t.AllowSamples {
		if f, is := sample("", roots); is {
			return []Finding{f}
		}
	}
	var found []Finding
	for _, root := range roots {
		if what := authority(root, 1); what != "" {
			found = append(found, Finding{NoAuthority, "", subject(root) + " " + what, refused, next})
		}
		if what := weakness(root); what != "" {
			found = append(found, Finding{Weak, "", subject(root) + " " + what, "", next})
		}
		if lax(root) {
			found = append(found, Finding{NoAuthority, "", subject(root) + laxly, strict, next})
		}
	}
	return found
}

const (
	refused = "peers refuse every certificate under it, and istiod does not look"
	laxly   = " says that it is a CA, and not as critical"
	strict  = "verifiers that keep to RFC 5280 refuse it, where others do not"
)

// lax says whether a CA does not mark that it is one as critical. Istio's samples
// do not either, and are taken where they are allowed.
func lax(cert *x509.Certificate) bool {
	return cert.IsCA && !critical(cert, "2.5.29.19") && !slices.Contains(samples, Fingerprint(cert))
}

// path gives the certificates from the intermediate to its root, as far as they
// lead, and what breaks the chain.
func (p *Public) path() (path []*x509.Certificate, broken string) {
	for i, cert := range p.Chain {
		path = append(path, cert)
		if selfSigned(cert) {
			if i == 0 {
				return path, subject(cert) + " is a root, and no intermediate"
			}
			if i < len(p.Chain)-1 {
				return path, fmt.Sprintf("%s stands after the root", subject(p.Chain[i+1]))
			}
			if !slices.ContainsFunc(p.Roots, cert.Equal) {
				return path, fmt.Sprintf("it ends in %s, which is not among the roots", subject(cert))
			}
			return path, ""
		}
		if i < len(p.Chain)-1 {
			if reason := unsigned(cert, p.Chain[i+1]); reason != "" {
				return path, fmt.Sprintf("%s is not signed by the next in the chain, %s: %s", subject(cert), subject(p.Chain[i+1]), reason)
			}
		}
	}
	last := path[len(path)-1]
	reason := "none has its issuer's name"
	for _, root := range p.Roots {
		why := unsigned(last, root)
		if why == "" {
			return append(path, root), ""
		}
		if bytes.Equal(root.RawSubject, last.RawIssuer) {
			reason = why
		}
	}
	return path, fmt.Sprintf("%s is signed by none of the roots: %s", subject(last), reason)
}

// unsigned says why a certificate is not signed by another, "" where it is.
func unsigned(cert, by *x509.Certificate) string {
	switch {
	case !bytes.Equal(cert.RawIssuer, by.RawSubject):
		return fmt.Sprintf("it names %q as its issuer", cert.Issuer.String())
	case len(cert.AuthorityKeyId) > 0 && len(by.SubjectKeyId) > 0 && !bytes.Equal(cert.AuthorityKeyId, by.SubjectKeyId):
		return "it names another key of its issuer"
	case insecure(cert):
		return "" // weakness says so, and nobody verifies such a signature
	case by.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) != nil:
		return "the signature is another key's"
	}
	return ""
}

// authority says what keeps a CA from signing for workloads, with so many CAs
// between it and them.
func authority(cert *x509.Certificate, below int) string {
	usages := cert.ExtKeyUsage
	both := slices.Contains(usages, x509.ExtKeyUsageServerAuth) && slices.Contains(usages, x509.ExtKeyUsageClientAuth)
	limited := len(usages)+len(cert.UnknownExtKeyUsage) > 0 && !slices.Contains(usages, x509.ExtKeyUsageAny) && !both
	length := cert.MaxPathLen
	if length == 0 && !cert.MaxPathLenZero {
		length = -1
	}
	switch {
	case !cert.BasicConstraintsValid || !cert.IsCA:
		return "is no CA"
	case cert.KeyUsage != 0 && cert.KeyUsage&x509.KeyUsageCertSign == 0:
		return "may not sign certificates (key usage without keyCertSign)"
	case limited:
		return "is limited to other uses than those of workloads, which are servers and clients (extended key usage)"
	case length >= 0 && length < below:
		return fmt.Sprintf("allows %d CAs below it (path length), and has %d", length, below)
	case len(cert.UnhandledCriticalExtensions) > 0:
		return fmt.Sprintf("has a critical extension that verifiers do not know (%s)", cert.UnhandledCriticalExtensions[0])
	case len(cert.RawSubject) <= 2:
		return "has no name"
	}
	return ""
}

// constrained says whether a CA may sign for some names only.
func constrained(cert *x509.Certificate) bool {
	return slices.ContainsFunc(cert.Extensions, func(e pkix.Extension) bool { return e.Id.String() == "2.5.29.30" })
}

// critical says whether an extension is marked so; one that is missing is not.
func critical(cert *x509.Certificate, id string) bool {
	for _, e := range cert.Extensions {
		if e.Id.String() == id {
			return e.Critical
		}
	}
	return false
}

// weakness says what is weak about a certificate.
func weakness(cert *x509.Certificate) string {
	if insecure(cert) {
		return fmt.Sprintf("is signed with %s, which nobody takes any more", cert.SignatureAlgorithm)
	}
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < 2048 {
			return fmt.Sprintf("has an RSA key of %d bits, where 2048 are the least", bits)
		}
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() && key.Curve != elliptic.P384() {
			return fmt.Sprintf("has a key on %s, and proxies take P-256 and P-384", key.Curve.Params().Name)
		}
	default:
		return fmt.Sprintf("has a key of the kind %s, and proxies take RSA and ECDSA", cert.PublicKeyAlgorithm)
	}
	return ""
}

// insecure says whether a certificate is signed with a hash that is broken.
func insecure(cert *x509.Certificate) bool {
	switch cert.SignatureAlgorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.DSAWithSHA256, x509.ECDSAWithSHA1, x509.UnknownSignatureAlgorithm:
		return true
	}
	return false
}
