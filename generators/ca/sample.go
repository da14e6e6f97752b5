package ca

import (
	"crypto/x509"
	"slices"
)

// samples are the fingerprints of the CAs in samples/certs of Istio's releases,
// whose keys lie beside them: the root and the intermediate that are the same from
// 1.4.10 to 1.30.3, then the others of today.
var samples = []string{
	"63727a1785cab47acec5c24cc0669c20824e8ae1ac28079a4d2f8c830592e7b0",
	"f867174e4a31f1792f8c0354a23f8f049bd4019729cd2ee579d67033065b2dc2",
	"11c9202c6be8ea5fcfb46d8591a8cf83b20eb97ade97234840851af8763ae428",
	"40ff5d9dcaa80833bb7291ef1f89acd9f4da11d6c6006b78897d3f9e2cff86b5",
	"677fbf661531ab421e73bfe7b2ebdb7ec5509174e3dfcd39d24b852e2d46d46c",
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
