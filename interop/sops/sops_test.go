package sops

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/getsops/sops/v3/aes"
	"github.com/getsops/sops/v3/cmd/sops/common"
	"github.com/getsops/sops/v3/cmd/sops/formats"
	"github.com/getsops/sops/v3/config"
	"github.com/getsops/sops/v3/decrypt"
	"github.com/getsops/sops/v3/keyservice"
	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// program is the real sops, built from this module.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "sops")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "sops")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/getsops/sops/v3/cmd/sops").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		os.Exit(1)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// run is what cmd/isthmus does: sops in the folder of mesh.yaml, plaintext in the
// pipe.
func run(dir string, args []string, input []byte) ([]byte, error) {
	cmd := exec.Command(program, args...)
	var stderr bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, bytes.NewReader(input), &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, &diag.Problem{What: stderr.String()}
	}
	return out, nil
}

func identity(t *testing.T) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// backend seals in a repository whose .sops.yaml has these rules.
func backend(t *testing.T, rules string) seal.SOPS {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "mesh"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".sops.yaml"), []byte(rules), 0o644); err != nil {
		t.Fatal(err)
	}
	return seal.SOPS{
		Run:   func(args []string, input []byte) ([]byte, error) { return run(filepath.Join(dir, "mesh"), args, input) },
		Rules: seal.ParseSOPSRules([]byte(rules), "mesh"),
	}
}

func rules(cluster, recipients, more string) string {
	return "creation_rules:\n- path_regex: ^mesh/sealed/" + cluster + "/\n  age: " + recipients + "\n" + more
}

// secret gives a Secret of random content, with metadata that sops could take
// for what is to be encrypted.
func secret(rng *mathrand.Rand) seal.Secret {
	s := seal.Secret{
		Cluster: "east", Namespace: "istio-system", Name: "n" + strconv.FormatUint(rng.Uint64(), 36),
		Labels:      map[string]string{"istio/multiCluster": "true", "my-data": "x", "stringData.example.com/a": "y"},
		Annotations: map[string]string{"networking.istio.io/cluster": "west", "text": "of \"any\" kind #\n${X} é"},
		Data:        map[string]seal.Plain{},
	}
	for i := range 1 + rng.IntN(5) {
		content := make([]byte, 1+rng.IntN(4000))
		rand.Read(content)
		s.Data[fmt.Sprintf("%s%d", []string{"west", "ca-key.pem", "data", "A_"}[rng.IntN(4)], i)] = seal.NewPlain(content)
	}
	if rng.IntN(4) == 0 {
		s.Type = "kubernetes.io/tls"
	}
	return s
}

func data(s *seal.Secret) map[string][]byte {
	all := map[string][]byte{}
	for key, p := range s.Data {
		all[key] = p.Reveal()
	}
	return all
}

// count is how many Secrets are sealed: ISTHMUS_SECRETS says otherwise.
func count(t *testing.T) int {
	if text := os.Getenv("ISTHMUS_SECRETS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return 40
}

// opened reads a Secret in plain text.
func opened(t *testing.T, text []byte) map[string][]byte {
	t.Helper()
	var o struct {
		Data map[string][]byte `json:"data"`
		SOPS any               `json:"sops"`
	}
	if err := yaml.Unmarshal(text, &o); err != nil || o.SOPS != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return o.Data
}

// asFlux opens a resource as kustomize-controller 1.9.6 does (decryptor.go): as
// JSON, after other tools have written into it, without holding the code of the
// file against it.
func asFlux(resource []byte) ([]byte, error) {
	store := common.StoreForFormat(formats.Json, config.NewStoresConfig())
	tree, err := store.LoadEncryptedFile(resource)
	if err != nil {
		return nil, err
	}
	key, err := tree.Metadata.GetDataKeyWithKeyServices([]keyservice.KeyServiceClient{keyservice.NewLocalClient()}, nil)
	if err != nil {
		return nil, err
	}
	if _, err := tree.Decrypt(key, aes.NewCipher()); err != nil {
		return nil, err
	}
	return store.EmitPlainFile(tree.Branches)
}

// What isthmus seals is opened by the library of sops, by sops, and by what
// kustomize-controller does, with the key of any recipient and with no other.
func TestOpens(t *testing.T) {
	east, operator, other := identity(t), identity(t), identity(t)
	b := backend(t, rules("east", east.Recipient().String()+","+operator.Recipient().String(), ""))
	rng := mathrand.New(mathrand.NewPCG(1, 1))
	for i := range count(t) {
		s := secret(rng)
		t.Setenv("SOPS_AGE_KEY", "")
		manifest, err := b.Seal(&s, nil)
		if err != nil {
			t.Fatal(err)
		}
		if problems := b.Inspect("a.yaml", manifest, s.Shape()); len(problems) > 0 {
			t.Fatal(problems)
		}
		if problems := (seal.File{Cluster: s.Cluster, Name: s.Name, Data: manifest}).Check("", s.Namespace); len(problems) > 0 {
			t.Fatal(problems)
		}
		t.Setenv("SOPS_AGE_KEY", other.String())
		if _, err := decrypt.DataWithFormat(manifest, formats.Yaml); err == nil {
			t.Fatal("another's key opens it")
		}
		if _, err := b.Open("east", manifest); !errors.Is(err, seal.ErrLocked) {
			t.Fatalf("another's key opens it: %v", err)
		}
		t.Setenv("SOPS_AGE_KEY", []*age.X25519Identity{east, operator}[i%2].String())
		text, err := decrypt.DataWithFormat(manifest, formats.Yaml)
		if err != nil {
			t.Fatal(err)
		}
		if !maps.EqualFunc(opened(t, text), data(&s), bytes.Equal) {
			t.Fatal("the library opens it otherwise")
		}
		back, err := b.Open("east", manifest)
		if err != nil || !maps.EqualFunc(data(back), data(&s), bytes.Equal) || back.Type != s.Type || !maps.Equal(back.Labels, s.Labels) || !maps.Equal(back.Annotations, s.Annotations) {
			t.Fatalf("isthmus opens it otherwise: %v", err)
		}
		resource := map[string]any{}
		if err := yaml.Unmarshal(manifest, &resource); err != nil {
			t.Fatal(err)
		}
		resource["metadata"].(map[string]any)["labels"].(map[string]any)["kustomize.toolkit.fluxcd.io/name"] = "isthmus-east-secrets"
		asJSON, err := yaml.Marshal(resource)
		if err != nil {
			t.Fatal(err)
		}
		if asJSON, err = yaml.YAMLToJSON(asJSON); err != nil {
			t.Fatal(err)
		}
		if text, err = asFlux(asJSON); err != nil {
			t.Fatal(err)
		}
		if !maps.EqualFunc(opened(t, text), data(&s), bytes.Equal) {
			t.Fatal("Flux opens it otherwise")
		}
	}
}

// The recipients that are read from .sops.yaml are those that sops takes from it.
func TestRecipients(t *testing.T) {
	east, operator, west := identity(t).Recipient().String(), identity(t).Recipient().String(), identity(t).Recipient().String()
	s := secret(mathrand.New(mathrand.NewPCG(2, 2)))
	for _, text := range []string{
		rules("east", east, ""),
		rules("west", west, "- age: "+east+" , "+operator+"\n"),
		"creation_rules:\n- path_regex: sealed\n  age: [" + operator + ", " + east + "]\n",
		"creation_rules:\n- path_regex: ^sealed\n  age: " + west + "\n- path_regex: east/[^/]*\\.yaml$\n  age: " + east + "," + east + "\n  mac_only_encrypted: true\n",
	} {
		b := backend(t, text)
		before, err := b.SealedFor("east", nil)
		if err != nil {
			t.Fatal(err)
		}
		manifest, err := b.Seal(&s, nil)
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		b.Rules = nil
		after, err := b.SealedFor("east", manifest)
		if err != nil || after != before {
			t.Errorf("%s\nsops sealed for others: %v\n%s", text, err, manifest)
		}
	}
	b := backend(t, rules("west", west, ""))
	if _, err := b.Seal(&s, nil); err == nil || !strings.Contains(err.Error(), "no matching creation rules found") {
		t.Errorf("without a rule: %v", err)
	}
	b = backend(t, rules("east", east, ""))
	t.Setenv("SOPS_AGE_RECIPIENTS", west)
	if _, err := b.Seal(&s, nil); err == nil || !strings.Contains(err.Error(), "and .sops.yaml says age "+east) {
		t.Errorf("with other recipients in the environment: %v", err)
	}
}

// What .sops.yaml says about which values are encrypted changes nothing where
// isthmus seals, or sops refuses it; and a file that was sealed by it alone is
// refused.
func TestWrongRegex(t *testing.T) {
	s := secret(mathrand.New(mathrand.NewPCG(3, 3)))
	recipient := identity(t).Recipient().String()
	plain, err := yaml.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": s.Name, "namespace": s.Namespace, "labels": s.Labels, "annotations": s.Annotations},
		"type": s.Type, "data": data(&s),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{
		"", "encrypted_regex: data|stringData", "encrypted_regex: ^data", "encrypted_regex: (data|stringData)$", "encrypted_regex: ^stringData$",
		"encrypted_regex: ^(data|stringData|metadata)$", "unencrypted_regex: ^(apiVersion|kind|metadata|type)$", "unencrypted_suffix: ata",
		"encrypted_suffix: ata", "encrypted_regex: ^never$", "unencrypted_comment_regex: x", "encrypted_comment_regex: x",
	} {
		more := ""
		if wrong != "" {
			more = "  " + wrong + "\n"
		}
		b := backend(t, rules("east", recipient, more))
		alone, err := b.Run([]string{"encrypt", "--filename-override", seal.Path(s.Cluster, s.Name), "--input-type", "yaml", "--output-type", "yaml"}, plain)
		if err != nil {
			t.Fatalf("%q: %v", wrong, err)
		}
		if problems := b.Inspect("a.yaml", alone, s.Shape()); len(problems) == 0 {
			t.Errorf("%q: not refused:\n%s", wrong, alone)
		}
		if problems := (seal.File{Cluster: s.Cluster, Name: s.Name, Data: alone}).Check("", s.Namespace); len(problems) == 0 {
			t.Errorf("%q: not refused by render:\n%s", wrong, alone)
		}
		manifest, err := b.Seal(&s, nil)
		if err != nil {
			if !strings.Contains(err.Error(), "cannot use more than one of") {
				t.Errorf("%q: %v", wrong, err)
			}
			continue
		}
		if problems := b.Inspect("a.yaml", manifest, s.Shape()); len(problems) > 0 {
			t.Errorf("%q: %v", wrong, problems)
		}
	}
}

// sops tells a file of which anything was changed.
func TestChanged(t *testing.T) {
	id := identity(t)
	b := backend(t, rules("east", id.Recipient().String(), ""))
	s := secret(mathrand.New(mathrand.NewPCG(4, 4)))
	manifest, err := b.Seal(&s, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOPS_AGE_KEY", id.String())
	if _, err := b.Open("east", manifest); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{{"namespace: istio-system", "namespace: default"}, {"cluster: west", "cluster: east"}, {s.Name, s.Name + "x"}} {
		changed := bytes.Replace(manifest, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(changed, manifest) {
			t.Fatalf("%q is not in it", change[0])
		}
		if _, err := b.Open("east", changed); !errors.Is(err, seal.ErrLocked) {
			t.Errorf("%q opens with %q: %v", change[0], change[1], err)
		}
	}
}
