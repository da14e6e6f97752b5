package crossing

import (
	"bytes"
	"maps"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// Kubeseal holds that the program, built from its module, opens what isthmus
// seals, and the reverse.
func Kubeseal(t *testing.T, u Upstream) {
	dir := t.TempDir()
	program, private, certificate := filepath.Join(dir, "kubeseal"), filepath.Join(dir, "key.pem"), filepath.Join(dir, "cert.pem")
	if out, err := exec.Command("go", "build", "-o", program, u.Program).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	f := files("east")
	for name, data := range map[string][]byte{private: sealtest.PrivatePEM("east"), certificate: f[seal.CertificatePath("east")].Data} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kubeseal := func(input []byte, args ...string) []byte {
		t.Helper()
		cmd := exec.Command(program, append(args, "-o", "yaml")...)
		var stderr bytes.Buffer
		cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, &stderr)
		}
		return out
	}
	rng := mathrand.New(mathrand.NewPCG(4, 4))
	for i := range 10 {
		s := random(rng, i+1, 1, 1)
		manifest, err := backend(f).Seal(&s, nil)
		if err != nil {
			t.Fatal(err)
		}
		var opened corev1.Secret
		if err := yaml.Unmarshal(kubeseal(manifest, "--recovery-unseal", "--recovery-private-key", private), &opened); err != nil {
			t.Fatal(err)
		}
		if !maps.EqualFunc(data(&s), opened.Data, bytes.Equal) {
			t.Errorf("%s: kubeseal opens it otherwise", &s)
		}
		plain, err := yaml.Marshal(secret(&s))
		if err != nil {
			t.Fatal(err)
		}
		back, err := backend(f, "east").Open("east", bytes.TrimPrefix(kubeseal(plain, "--cert", certificate), []byte("---\n")))
		if err != nil || !maps.EqualFunc(data(&s), data(back), bytes.Equal) {
			t.Errorf("%s: what kubeseal sealed is opened otherwise: %v", &s, err)
		}
	}
}
