package seal

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/krm"
)

// SOPS seals with the user's own sops: who can open, and with what, is for the
// creation rules of .sops.yaml. Every sealing makes all values anew, under a key
// of its own.
type SOPS struct {
	// Run runs sops in the folder of mesh.yaml, and gives what it prints. What it
	// says on standard error is in the error, which may hold plaintext.
	Run func(args []string, input []byte) ([]byte, error)

	// Rules are those of the .sops.yaml that counts for the folder, nil where
	// there is none.
	Rules *SOPSRules
}

// sopsRegex is what Flux needs: it reads kind, name and namespace before it
// opens anything. Each part of a path is matched by itself, so that one that is
// not anchored would hide metadata too.
const sopsRegex = "^(data|stringData)$"

// Scope is that of the whole file: the code over it covers the metadata.
func (SOPS) Scope() string { return "sops" }

// Pin is the folder of the cluster's files: no one file names their recipients.
func (SOPS) Pin(cluster string) string { return Folder(cluster) }

// SealedFor is a hash of the recipients: those of the manifest, or those of the
// creation rule where it alone decides on them.
func (b SOPS) SealedFor(cluster string, sealed []byte) (string, error) {
	all, err := b.recipients(cluster, sealed)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return recipientsPrint(all), nil
}

func (b SOPS) recipients(cluster string, sealed []byte) ([]string, error) {
	if sealed != nil {
		return sopsRecipients(sealed)
	}
	named, _ := b.Rules.recipients(cluster)
	return named, nil
}

// Unlike names the recipients, because nobody knows them by their hash.
func (b SOPS) Unlike(cluster, print string, sealed []byte) *diag.Problem {
	all, _ := b.recipients(cluster, sealed) // SealedFor has read them
	return &diag.Problem{
		Pos: diag.Position{File: Folder(cluster)}, What: fmt.Sprintf("sops seals for %s, by the fingerprint %s", strings.Join(all, ", "), print),
		Why: "who can change .sops.yaml could have all that is sealed from now on sealed for himself",
		Fix: "look who each of them is, and who changed .sops.yaml",
	}
}

// Renewed says that the recipients are others.
func (SOPS) Renewed() Outcome { return NewRecipient }

// Seal gives the Secret as sops encrypts it. Plaintext goes through the pipe
// alone.
func (b SOPS) Seal(s *Secret, _ map[string]string) ([]byte, error) {
	data := map[string]any{}
	for _, name := range s.items() {
		data[name] = base64.StdEncoding.EncodeToString(s.Data[name].bytes)
	}
	object := map[string]any{"apiVersion": "v1", "kind": "Secret", "metadata": s.metadata(), "data": data}
	if s.Type != "" {
		object["type"] = s.Type
	}
	o, err := krm.NewObject(object)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be written", s) // the cause may hold what was to be
	}
	manifest, err := b.Run([]string{"encrypt", "--encrypted-regex", sopsRegex, "--filename-override", s.path(), "--input-type", "yaml", "--output-type", "yaml"}, o.YAML)
	if err != nil {
		return nil, unsaid(s, err)
	}
	sealed, err := sopsRecipients(manifest)
	if err != nil {
		return nil, fmt.Errorf("%s: what sops gave is not what it writes", s)
	}
	if named, known := b.Rules.recipients(s.Cluster); known && recipientsPrint(named) != recipientsPrint(sealed) {
		return nil, &diag.Problem{
			What: fmt.Sprintf("sops sealed it for %s, and .sops.yaml says %s", strings.Join(sealed, ", "), strings.Join(named, ", ")),
			Why:  "nobody could tell from the repository who can open it", Fix: "unset SOPS_AGE_RECIPIENTS and the like, or name these recipients in .sops.yaml",
		}
	}
	return manifest, nil
}

// unsaid gives what sops said, without what it was given; and nothing of it where
// it still shows some of that.
func unsaid(s *Secret, err error) error {
	var p *diag.Problem
	if !errors.As(err, &p) {
		return fmt.Errorf("%s: sops did not run", s)
	}
	said := *p
	var values []byte // as they stood in the manifest
	for _, name := range s.items() {
		plaintext := s.Data[name].bytes
		encoded := base64.StdEncoding.EncodeToString(plaintext)
		values = fmt.Appendf(values, "%s: %s\n", name, encoded)
		for _, form := range []string{string(plaintext), encoded} {
			said.What, said.Why = strings.ReplaceAll(said.What, form, redacted), strings.ReplaceAll(said.Why, form, redacted)
		}
	}
	if Shows(said.What+said.Why, values, s) {
		said.What, said.Why = "sops did not encrypt "+s.path(), "what it says shows some of the Secret, and so is not repeated"
	}
	said.What, said.Why = Redact(said.What), Redact(said.Why)
	return &said
}

// Values gives nothing: sops has one key for all values of a file, and none of
// them can stay when it changes.
func (SOPS) Values([]byte) map[string]string { return nil }

// Open has sops open a manifest, which holds its code against the whole file.
// No error says why it does not: sops quotes what it opens.
func (b SOPS) Open(cluster string, manifest []byte) (*Secret, error) {
	plaintext, err := b.Run([]string{"decrypt", "--input-type", "yaml", "--output-type", "yaml"}, manifest)
	if err != nil {
		return nil, ErrLocked
	}
	var o struct {
		Metadata objectMetadata    `json:"metadata"`
		Type     string            `json:"type"`
		Data     map[string][]byte `json:"data"`
	}
	if yaml.Unmarshal(plaintext, &o) != nil || len(o.Data) == 0 {
		return nil, errors.New("is no Secret that isthmus sealed")
	}
	s := &Secret{
		Cluster: cluster, Namespace: o.Metadata.Namespace, Name: o.Metadata.Name, Type: o.Type,
		Labels: o.Metadata.Labels, Annotations: o.Metadata.Annotations, Data: map[string]Plain{},
	}
	for name, data := range o.Data {
		s.Data[name] = NewPlain(data)
	}
	return s, nil
}
