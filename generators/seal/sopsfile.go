package seal

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/strict"
)

// A sopsSecret is a Secret that sops has encrypted, as far as it is written here.
type sopsSecret struct {
	APIVersion string            `yaml:"apiVersion" json:"apiVersion" strict:"required"`
	Kind       string            `yaml:"kind" json:"kind" strict:"required"`
	Metadata   objectMetadata    `yaml:"metadata" json:"metadata" strict:"required"`
	Type       string            `yaml:"type" json:"type"`
	Data       map[string]string `yaml:"data" json:"data"`
	StringData map[string]string `yaml:"stringData" json:"stringData"`
	SOPS       sopsMetadata      `yaml:"sops" json:"sops" strict:"required"`
}

// sopsMetadata is what sops adds (getsops/sops v3.13.3, stores/stores.go).
type sopsMetadata struct {
	sopsGroup               `yaml:",inline"`
	KeyGroups               []sopsGroup `yaml:"key_groups" json:"key_groups"`
	ShamirThreshold         int         `yaml:"shamir_threshold" json:"shamir_threshold"`
	LastModified            string      `yaml:"lastmodified" json:"lastmodified"`
	MAC                     string      `yaml:"mac" json:"mac"`
	UnencryptedSuffix       string      `yaml:"unencrypted_suffix" json:"unencrypted_suffix"`
	EncryptedSuffix         string      `yaml:"encrypted_suffix" json:"encrypted_suffix"`
	UnencryptedRegex        string      `yaml:"unencrypted_regex" json:"unencrypted_regex"`
	EncryptedRegex          string      `yaml:"encrypted_regex" json:"encrypted_regex"`
	UnencryptedCommentRegex string      `yaml:"unencrypted_comment_regex" json:"unencrypted_comment_regex"`
	EncryptedCommentRegex   string      `yaml:"encrypted_comment_regex" json:"encrypted_comment_regex"`
	MACOnlyEncrypted        bool        `yaml:"mac_only_encrypted" json:"mac_only_encrypted"`
	Version                 string      `yaml:"version" json:"version"`
}

// A sopsGroup holds the key of the values, once for each recipient.
type sopsGroup struct {
	Age     []sopsKey `yaml:"age" json:"age"`
	PGP     []sopsKey `yaml:"pgp" json:"pgp"`
	KMS     []sopsKey `yaml:"kms" json:"kms"`
	GCPKMS  []sopsKey `yaml:"gcp_kms" json:"gcp_kms"`
	HCKMS   []sopsKey `yaml:"hckms" json:"hckms"`
	AzureKV []sopsKey `yaml:"azure_kv" json:"azure_kv"`
	HCVault []sopsKey `yaml:"hc_vault" json:"hc_vault"`
}

// A sopsKey is of any of these kinds.
type sopsKey struct {
	Enc          string            `yaml:"enc" json:"enc" strict:"required"`
	CreatedAt    string            `yaml:"created_at" json:"created_at"`
	Recipient    string            `yaml:"recipient" json:"recipient"`
	Fingerprint  string            `yaml:"fp" json:"fp"`
	ARN          string            `yaml:"arn" json:"arn"`
	Role         string            `yaml:"role" json:"role"`
	Context      map[string]string `yaml:"context" json:"context"`
	AWSProfile   string            `yaml:"aws_profile" json:"aws_profile"`
	ResourceID   string            `yaml:"resource_id" json:"resource_id"`
	KeyID        string            `yaml:"key_id" json:"key_id"`
	VaultURL     string            `yaml:"vault_url" json:"vault_url"`
	Name         string            `yaml:"name" json:"name"`
	Version      string            `yaml:"version" json:"version"`
	VaultAddress string            `yaml:"vault_address" json:"vault_address"`
	EnginePath   string            `yaml:"engine_path" json:"engine_path"`
	KeyName      string            `yaml:"key_name" json:"key_name"`
}

// named gives the recipient, in words without the key that it holds.
func (k sopsKey) named(kind string) string {
	all := []string{kind}
	for _, part := range []string{k.Recipient, k.Fingerprint, k.ARN, k.Role, k.ResourceID, k.KeyID, k.VaultURL, k.Name, k.Version, k.VaultAddress, k.EnginePath, k.KeyName} {
		if part != "" {
			all = append(all, part)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(k.Context)) {
		all = append(all, key+"="+k.Context[key])
	}
	name := strings.Join(all, " ")
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(name) // who reads it on a terminal has to see all of it
	}
	return name
}

// recipients names those who can open, sorted. Of each group somebody is needed,
// so a group stands before its recipients.
func (m sopsMetadata) recipients() []string {
	var all []string
	add := func(before string, g sopsGroup) {
		for _, some := range []struct {
			kind string
			keys []sopsKey
		}{{"age", g.Age}, {"pgp", g.PGP}, {"kms", g.KMS}, {"gcp_kms", g.GCPKMS}, {"hckms", g.HCKMS}, {"azure_kv", g.AzureKV}, {"hc_vault", g.HCVault}} {
			for _, key := range some.keys {
				all = append(all, before+key.named(some.kind))
			}
		}
	}
	add("", m.sopsGroup)
	for i, group := range m.KeyGroups {
		add(fmt.Sprintf("group %d of which %d: ", i, m.ShamirThreshold), group)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// sopsRecipients names the recipients of a manifest, none where sops did not make
// it.
func sopsRecipients(manifest []byte) ([]string, error) {
	var s sopsSecret
	if yaml.Unmarshal(manifest, &s) != nil {
		return nil, errors.New("is no Secret that sops encrypted")
	}
	return s.SOPS.recipients(), nil
}

// recipientsPrint gives the fingerprint of recipients.
func recipientsPrint(recipients []string) string {
	print := sha256.Sum256([]byte(strings.Join(recipients, "\n")))
	return hex.EncodeToString(print[:])
}

// encrypted is the form of a value that sops encrypted with AES-256-GCM: an
// initial vector of 32 bytes and a tag of 16.
var encrypted = regexp.MustCompile(`^ENC\[AES256_GCM,data:([A-Za-z0-9+/]+={0,2}),iv:([A-Za-z0-9+/]{43}=),tag:([A-Za-z0-9+/]{22}==),type:str\]$`)

func isEncrypted(text string) bool {
	parts := encrypted.FindStringSubmatch(text)
	if parts == nil {
		return false
	}
	for _, part := range parts[1:] {
		if _, err := base64.StdEncoding.Strict().DecodeString(part); err != nil {
			return false
		}
	}
	return true
}

// sopsInspector reads a Secret that sops is said to have encrypted, and says
// what of it is not, or is and may not be.
func sopsInspector(doc *strict.Document, s *sopsSecret) (*inspector, diag.Problems) {
	const open = "its content is readable by everybody who reads this repository"
	const leaked = "take it out of the repository, count what it held as known to others, and seal a new one with isthmus secrets create"
	if problems := doc.Decode(s); len(problems) > 0 {
		return nil, silent(problems)
	}
	i := &inspector{doc: doc}
	for at, values := range map[string]map[string]string{"data": s.Data, "stringData": s.StringData} {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if !isEncrypted(values[name]) {
				i.wrong(at+"."+name, "is not encrypted", open, leaked)
			}
		}
	}
	if len(s.Data)+len(s.StringData) == 0 {
		i.wrong("data", "is empty", "", again)
	}
	for at, text := range map[string]string{"apiVersion": s.APIVersion, "kind": s.Kind, "type": s.Type, "metadata.name": s.Metadata.Name, "metadata.namespace": s.Metadata.Namespace} {
		i.readable(at, text)
	}
	for at, texts := range map[string]map[string]string{"metadata.labels": s.Metadata.Labels, "metadata.annotations": s.Metadata.Annotations} {
		for _, text := range texts {
			i.readable(at, text)
		}
	}
	if _, there := s.Metadata.Annotations["kubectl.kubernetes.io/last-applied-configuration"]; there {
		i.wrong("metadata.annotations", "hold what kubectl applied", "that is the content, in plain text", leaked)
	}
	m := s.SOPS
	if m.EncryptedRegex != sopsRegex {
		i.wrong("sops.encrypted_regex", fmt.Sprintf("is not %s", sopsRegex), "Flux opens what this leaves to be read, and reads the rest first", "take encrypted_regex, and what says the same in other words, out of the rule in .sops.yaml, and seal it again")
	}
	if m.UnencryptedSuffix+m.EncryptedSuffix+m.UnencryptedRegex+m.EncryptedCommentRegex+m.UnencryptedCommentRegex != "" {
		i.wrong("sops", "says in more than one way what is encrypted", "sops opens none of it", again)
	}
	if !isEncrypted(m.MAC) {
		i.wrong("sops.mac", "is no code over the file", "nobody could tell a file that was changed, and Flux takes the Secret for one that nobody encrypted", again)
	}
	if _, err := time.Parse(time.RFC3339, m.LastModified); err != nil {
		i.wrong("sops.lastmodified", "is no time", "the code over the file is bound to it", again)
	}
	if len(m.recipients()) == 0 {
		i.wrong("sops", "names nobody who could open it", "", again)
	}
	i.problems = i.problems.Sorted()
	return i, nil
}

// readable says that a text which Flux reads is encrypted.
func (i *inspector) readable(at, text string) {
	if strings.HasPrefix(text, "ENC[") {
		i.wrong(at, "is encrypted", "Flux and kustomize read it before anything is opened", again)
	}
}

// Inspect looks at a Secret that sops encrypted. Only who can open it can hold
// the code over the file against it.
func (b SOPS) Inspect(file string, manifest []byte, want Shape) diag.Problems {
	doc, problems := document(file, manifest)
	if doc == nil {
		return problems
	}
	if p := plaintext(doc); p != nil {
		return diag.Problems{p}
	}
	var s sopsSecret
	i, problems := sopsInspector(doc, &s)
	if i == nil {
		return problems
	}
	for _, is := range []struct{ path, got, want string }{{"apiVersion", s.APIVersion, "v1"}, {"kind", s.Kind, "Secret"}} {
		if is.got != is.want {
			i.wrong(is.path, fmt.Sprintf("%q is not %q", is.got, is.want), "", again)
		}
	}
	if len(i.problems) == 0 { // else a name may be one that is encrypted
		i.identity("metadata", s.Metadata, want, "Flux does not hold the code against the file: the Secret would be made where this says")
	}
	i.typed("type", s.Type, want)
	all := maps.Clone(s.StringData)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, s.Data)
	i.items(slices.Sorted(maps.Keys(all)), "data", want)
	return i.problems.Sorted()
}
