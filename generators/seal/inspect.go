package seal

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/strict"
)

// sealedLimit bounds a sealed manifest, in bytes: the API server's own limit on
// what a request may hold.
const sealedLimit = 3 << 20

const again = "seal it again: isthmus secrets create"

// An inspector says what is wrong with one sealed manifest.
type inspector struct {
	doc      *strict.Document
	problems diag.Problems
}

func (i *inspector) wrong(path, what, why, fix string) {
	i.problems = append(i.problems, &diag.Problem{Pos: i.doc.Pos(path), Path: path, What: what, Why: why, Fix: fix})
}

// inspect reads the one document of a file into out.
func inspect(file string, manifest []byte, out any) (*inspector, diag.Problems) {
	doc, problems := document(file, manifest)
	if doc == nil {
		return nil, problems
	}
	if p := plaintext(doc); p != nil {
		return nil, diag.Problems{p}
	}
	if problems = doc.Decode(out); len(problems) > 0 {
		return nil, silent(problems)
	}
	return &inspector{doc: doc}, nil
}

// document reads the one document of a file, whose content is in no message: it
// may be a Secret that somebody put there.
func document(file string, manifest []byte) (*strict.Document, diag.Problems) {
	doc, problems := strict.One(file, manifest, strict.Limits{Bytes: sealedLimit})
	if len(problems) > 0 {
		for _, p := range problems {
			p.Path = "" // made of keys
		}
		return nil, silent(problems)
	}
	return doc, nil
}

// silent gives the places of problems without what they quote.
func silent(problems diag.Problems) diag.Problems {
	for _, p := range problems {
		p.What, p.Why, p.Fix = "is not what isthmus writes there", "", again
	}
	return problems.Sorted()
}

// plaintext says that a document is a Secret that nobody even meant to seal.
func plaintext(doc *strict.Document) *diag.Problem {
	if !strings.EqualFold(doc.String("kind"), "Secret") || doc.Has("sops") {
		return nil
	}
	return &diag.Problem{
		Pos: doc.Pos("kind"), Path: "kind",
		What: "is a Secret that nobody sealed", Why: "its content is readable by everybody who reads this repository",
		Fix: "take it out of the repository, count what it held as known to others, and seal a new one with isthmus secrets create",
	}
}

// Inspect looks at a SealedSecret. It cannot tell that the cluster has the key.
func (b SealedSecrets) Inspect(file string, manifest []byte, want Shape) diag.Problems {
	var s sealedSecret
	i, problems := inspect(file, manifest, &s)
	if i == nil {
		return problems
	}
	c, err := b.Certificate(want.Cluster)
	if err != nil {
		c = nil // said once, where the certificates are looked at
	}
	i.sealed(&s, want, c)
	return i.problems.Sorted()
}

// sealed compares a SealedSecret with what is wanted; the certificate may be nil.
func (i *inspector) sealed(s *sealedSecret, want Shape, c *Certificate) {
	for _, is := range []struct{ path, got, want string }{
		{"apiVersion", s.APIVersion, sealedVersion},
		{"kind", s.Kind, sealedKind},
	} {
		if is.got != is.want {
			i.wrong(is.path, fmt.Sprintf("%q is not %q", is.got, is.want), "", again)
		}
	}
	template := s.Spec.Template
	i.identity("metadata", s.Metadata, want, bind)
	i.identity("spec.template.metadata", template.Metadata, want, bind)
	i.mirrored(s.Metadata, template.Metadata)
	for _, scope := range []string{"namespace-wide", "cluster-wide"} {
		for at, texts := range map[string]map[string]string{"metadata": s.Metadata.Annotations, "spec.template.metadata": template.Metadata.Annotations} {
			if name := "sealedsecrets.bitnami.com/" + scope; texts[name] != "" {
				i.wrong(at+".annotations", fmt.Sprintf("%s widens the scope", name), "the value would open under other names, and it was sealed for this one", "remove the annotation")
			}
		}
	}
	i.typed("spec.template.type", template.Type, want)
	i.items(slices.Sorted(maps.Keys(s.Spec.EncryptedData)), "spec.encryptedData", want)
	for _, name := range slices.Sorted(maps.Keys(s.Spec.EncryptedData)) {
		i.value("spec.encryptedData."+name, s.Spec.EncryptedData[name], c)
	}
}

// bind is why a name and namespace count: the ciphertext is bound to them.
const bind = "the values open under the name and namespace that they were sealed for, and under no other"

// identity compares name, namespace and metadata.
func (i *inspector) identity(at string, meta objectMetadata, want Shape, moved string) {
	if meta.Name != want.Name {
		i.wrong(at+".name", fmt.Sprintf("%q is not the name %q", meta.Name, want.Name), moved, again)
	}
	if meta.Namespace != want.Namespace {
		i.wrong(at+".namespace", fmt.Sprintf("%q is not the namespace %q", meta.Namespace, want.Namespace), moved, again)
	}
	for _, has := range []struct {
		field     string
		got, want map[string]string
	}{{"labels", meta.Labels, want.Labels}, {"annotations", meta.Annotations, want.Annotations}} {
		for _, key := range slices.Sorted(maps.Keys(has.want)) {
			if text, there := has.got[key]; !there || text != has.want[key] {
				i.wrong(at+"."+has.field, fmt.Sprintf("%s is not %q", key, has.want[key]), "whoever reads the Secret looks for it", again)
			}
		}
	}
}

// typed compares the type of the Secret: none is Opaque.
func (i *inspector) typed(at, got string, want Shape) {
	opaque := func(is string) string {
		if is == "" {
			return "Opaque"
		}
		return is
	}
	if opaque(got) != opaque(want.Type) {
		i.wrong(at, fmt.Sprintf("%q is not the type %q", got, want.Type), "", again)
	}
}

// mirrored compares the metadata on both levels.
func (i *inspector) mirrored(outer, template objectMetadata) {
	if !maps.Equal(outer.Labels, template.Labels) || !maps.Equal(outer.Annotations, template.Annotations) {
		i.wrong("metadata", "its labels and annotations are not those of spec.template.metadata", "a re-encryption by the controller keeps only what stands on both", again)
	}
}

// items compares the keys, which no ciphertext is bound to.
func (i *inspector) items(got []string, at string, want Shape) {
	if want.Items != nil && !slices.Equal(got, want.Items) {
		i.wrong(at, fmt.Sprintf("holds the keys %s, not %s", strings.Join(got, ", "), strings.Join(want.Items, ", ")), "a value that is moved to another key still opens, and says something else there", again)
	}
}

// value looks at one ciphertext: base64, the length of the RSA part, that part,
// and at least the tag of AES-GCM and a byte.
func (i *inspector) value(at, text string, c *Certificate) {
	const damaged = "nothing opens it"
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	switch {
	case err != nil || strings.ContainsAny(text, "\r\n"):
		i.wrong(at, "is not base64", damaged, again)
	case len(data) < 2:
		i.wrong(at, fmt.Sprintf("has %d bytes, and a sealed value starts with two that give a length", len(data)), damaged, again)
	default:
		length := int(binary.BigEndian.Uint16(data))
		if length < leastBits/8 || length > mostBits/8 {
			i.wrong(at, fmt.Sprintf("has an RSA part of %d bytes", length), damaged, again)
			return
		}
		if len(data) < 2+length+16+1 {
			i.wrong(at, fmt.Sprintf("has %d bytes, and its RSA part alone %d", len(data), length), damaged, again)
			return
		}
		if c != nil && length != c.Key.Size() {
			i.wrong(at, fmt.Sprintf("is sealed for a key of %d bits, and the cluster's has %d", length*8, c.Key.N.BitLen()), damaged, again)
			return
		}
		if bytes.Count(data[2:2+length], []byte{0}) == length {
			i.wrong(at, "holds nothing but zeros", damaged, again)
		}
	}
}
