package seal

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"

	"sigs.k8s.io/yaml"
)

// ParsePrivateKeys gives the RSA keys in a text: PEM, or the Secrets in which
// sealed-secrets keeps them, as kubectl prints them. What holds none gives none;
// no error would be fit to be shown.
func ParsePrivateKeys(text []byte) []*rsa.PrivateKey {
	if keys := privatePEM(text); len(keys) > 0 {
		return keys
	}
	type secret struct {
		Data map[string]string `json:"data"`
	}
	var printed struct {
		secret
		Items []secret `json:"items"`
	}
	if yaml.Unmarshal(text, &printed) != nil {
		return nil
	}
	var all []*rsa.PrivateKey
	for _, s := range append(printed.Items, printed.secret) {
		data, err := base64.StdEncoding.DecodeString(s.Data["tls.key"])
		if err == nil {
			all = append(all, privatePEM(data)...)
		}
	}
	return all
}

func privatePEM(text []byte) []*rsa.PrivateKey {
	var all []*rsa.PrivateKey
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
			all = append(all, key)
			continue
		}
		if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			if key, ok := key.(*rsa.PrivateKey); ok {
				all = append(all, key)
			}
		}
	}
	return all
}
