package ca

import (
	"crypto/x509"
	"slices"
)

// samples are the fingerprints of samples/certs in Istio's releases, the same
// from 1.4.10 to 1.30.3: the root, and the intermediate whose key is beside it. The
// last one is the root that istio/istio 05a9c32 has there, made in April 2024.
var samples = []string{
	"63727a1785cab47acec5c24cc0669c20824e8ae1ac28079a4d2f8c830592e7b0",
	"f867174e4a31f1792f8c0354a23f8f049bd4019729cd2ee579d67033065b2dc2",
}

// sample finds one of them among certificates.
func sample(cluster string, certs []*x509.Certificate) (Finding, bool) {
	for _, cert := range certs {
		if slices.Contains(samples, Fingerprint(cert)) {
			return Finding{
				Sample, cluster,
				subject(cert) + " is one of the certificates in Istio's samples",
				"everybody has its private key, and can pass for every workload of the mesh",
				"make certificates of your own: isthmus ca init; for a mesh that nobody depends on, set spec.security.allowSampleCertificates",
			}, true
		}
	}
	return Finding{}, false
}
