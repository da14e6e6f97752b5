package seal

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/bitnami-labs/sealed-secrets/pkg/crypto"
	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/krm"
)

// SealedSecrets seals for the controller of that name, each value with the
// public key of the cluster, bound to the Secret's namespace and name (scope
// strict). It needs no cluster.
type SealedSecrets struct {
	// Certificate gives the sealing certificate of a cluster.
	Certificate func(cluster string) (*Certificate, error)

	// Private are keys that open, by any name; none is needed to seal.
	Private map[string]*rsa.PrivateKey
}

const (
	sealedVersion = "bitnami.com/v1alpha1"
	sealedKind    = "SealedSecret"
)

// Scope is strict, the only one that keeps a value where it was put.
func (SealedSecrets) Scope() string { return "strict" }

// Pin is the cluster's certificate.
func (SealedSecrets) Pin(cluster string) string { return CertificatePath(cluster) }

// Unlike says that the certificate holds another key.
func (SealedSecrets) Unlike(cluster, print string, _ []byte) *diag.Problem {
	return &diag.Problem{
		Pos: diag.Position{File: CertificatePath(cluster)}, What: "holds the key " + print,
		Why: "who can change this file could have all that is sealed from now on sealed for himself",
		Fix: "compare it with what the cluster gives (kubeseal --fetch-cert)",
	}
}

// Renewed says that the controller has another key.
func (SealedSecrets) Renewed() Outcome { return RenewedKey }

// SealedFor is the fingerprint of the cluster's sealing key.
func (b SealedSecrets) SealedFor(cluster string, _ []byte) (string, error) {
	c, err := b.Certificate(cluster)
	if err != nil {
		return "", err
	}
	return c.Print, nil
}

// bound is the label under which a value opens: in scope strict, nowhere else.
func bound(namespace, name string) []byte { return []byte(namespace + "/" + name) }

// Seal gives a SealedSecret. The metadata of the Secret stands on it as well as
// in its template, because the controller's re-encryption keeps only what is on
// both.
func (b SealedSecrets) Seal(s *Secret, kept map[string]string) ([]byte, error) {
	c, err := b.Certificate(s.Cluster)
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	for _, name := range s.items() {
		if there, ok := kept[name]; ok {
			values[name] = there
			continue
		}
		ciphertext, err := crypto.HybridEncrypt(rand.Reader, c.Key, s.Data[name].bytes, bound(s.Namespace, s.Name))
		if err != nil {
			return nil, fmt.Errorf("%s: the key %q cannot be sealed", s, name) // the cause may hold what was to be
		}
		values[name] = base64.StdEncoding.EncodeToString(ciphertext)
	}
	template := map[string]any{"metadata": s.metadata()}
	if s.Type != "" {
		template["type"] = s.Type
	}
	o, err := krm.NewObject(map[string]any{
		"apiVersion": sealedVersion,
		"kind":       sealedKind,
		"metadata":   s.metadata(),
		"spec":       map[string]any{"encryptedData": values, "template": template},
	})
	if err != nil {
		return nil, err
	}
	return o.YAML, nil
}

// A sealedSecret is the object as far as it is written here.
type sealedSecret struct {
	APIVersion string         `yaml:"apiVersion" json:"apiVersion" strict:"required"`
	Kind       string         `yaml:"kind" json:"kind" strict:"required"`
	Metadata   objectMetadata `yaml:"metadata" json:"metadata" strict:"required"`
	Spec       struct {
		EncryptedData map[string]string `yaml:"encryptedData" json:"encryptedData" strict:"required"`
		Template      struct {
			Metadata objectMetadata `yaml:"metadata" json:"metadata" strict:"required"`
			Type     string         `yaml:"type" json:"type"`
		} `yaml:"template" json:"template" strict:"required"`
	} `yaml:"spec" json:"spec" strict:"required"`
}

type objectMetadata struct {
	Name        string            `yaml:"name" json:"name" strict:"required"`
	Namespace   string            `yaml:"namespace" json:"namespace" strict:"required"`
	Labels      map[string]string `yaml:"labels" json:"labels"`
	Annotations map[string]string `yaml:"annotations" json:"annotations"`
}

// Values gives the ciphertext of each key.
func (SealedSecrets) Values(manifest []byte) map[string]string {
	var s sealedSecret
	if yaml.Unmarshal(manifest, &s) != nil {
		return nil
	}
	return s.Spec.EncryptedData
}

// ErrLocked says that none of the keys at hand opens a sealed Secret.
var ErrLocked = errors.New("none of the keys opens it")

// Open unseals in memory.
func (b SealedSecrets) Open(cluster string, manifest []byte) (*Secret, error) {
	var sealed sealedSecret
	if err := yaml.UnmarshalStrict(manifest, &sealed); err != nil {
		return nil, errors.New("is no SealedSecret that isthmus wrote")
	}
	meta := sealed.Metadata
	s := &Secret{
		Cluster: cluster, Namespace: meta.Namespace, Name: meta.Name, Type: sealed.Spec.Template.Type,
		Labels: sealed.Spec.Template.Metadata.Labels, Annotations: sealed.Spec.Template.Metadata.Annotations,
		Data: map[string]Plain{},
	}
	for _, name := range slices.Sorted(maps.Keys(sealed.Spec.EncryptedData)) {
		ciphertext, err := base64.StdEncoding.DecodeString(sealed.Spec.EncryptedData[name])
		if err != nil {
			return nil, fmt.Errorf("the key %q is not base64", name)
		}
		plaintext, err := crypto.HybridDecrypt(rand.Reader, b.Private, ciphertext, bound(meta.Namespace, meta.Name))
		if err != nil {
			return nil, ErrLocked
		}
		s.Data[name] = NewPlain(plaintext)
	}
	return s, nil
}
