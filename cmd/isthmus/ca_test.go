package main

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// A root's number and a fingerprint, and PEM, are random.
var random = regexp.MustCompile(`-----BEGIN[^-]*-----[^-]*-----END[^-]*-----|\b[0-9a-f]{64}\b|\b[0-9a-f]{16}\b`)

// mask {stdout | stderr | <file>} prints what it holds, with a number in place of
// each random text.
func mask(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: mask {stdout | stderr | <file>}")
	}
	numbers := map[string]int{}
	fmt.Fprint(ts.Stdout(), random.ReplaceAllStringFunc(ts.ReadFile(args[0]), func(text string) string {
		if numbers[text] == 0 {
			numbers[text] = len(numbers) + 1
		}
		return fmt.Sprintf("<%d>", numbers[text])
	}))
}

// makeBundle writes the four files of a cacerts into a folder, and its root to a
// file of its own.
func makeBundle(ts *testscript.TestScript, folder, cluster, pem string) {
	at, err := time.Parse(time.RFC3339, ts.Getenv("NOW"))
	ts.Check(err)
	root, err := ca.NewRoot(ca.P256, ca.RootLifetime, at)
	ts.Check(err)
	b, err := root.Issue(ca.Cluster{Name: cluster, Namespace: "istio-system", TrustDomain: "cluster.local"}, []*x509.Certificate{root.Certificate}, ca.P256, ca.IntermediateLifetime, at)
	ts.Check(err)
	data, err := b.Data(ca.Plugged)
	ts.Check(err)
	ts.Check(os.MkdirAll(ts.MkAbs(folder), 0o700))
	for name, content := range data {
		ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(folder), name), content, 0o600))
	}
	ts.Check(os.WriteFile(ts.MkAbs(pem), ca.Encode(root.Certificate), 0o644))
}

// TestOutside: no path that leads into the repository is taken for a private
// file, by whatever way.
func TestOutside(t *testing.T) {
	top := t.TempDir()
	repository := filepath.Join(top, "repository")
	mesh := filepath.Join(repository, "deploy")
	for _, folder := range []string{filepath.Join(repository, ".git"), filepath.Join(mesh, "mesh"), filepath.Join(top, "usb")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, folder := range map[string]string{"worktree/.git": "worktree", "other/.git": "other/deep"} {
		if err := errors.Join(os.MkdirAll(filepath.Join(top, folder), 0o755), os.WriteFile(filepath.Join(top, name), []byte("gitdir: elsewhere\n"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"in": repository, "usb/in": mesh, "repository/out": filepath.Join(top, "usb")} {
		if err := os.Symlink(to, filepath.Join(top, link)); err != nil {
			t.Fatal(err)
		}
	}
	inside := []string{"repository/root.age", "repository/deploy/root.age", "repository/deploy/mesh/ca/new/root.age", "usb/../repository/root.age", "in/root.age", "in/deploy/x/root.age", "usb/in/root.age", "repository/.git/root.age", "worktree/root.age", "other/deep/new/root.age", "other"}
	beside := []string{"root.age", "usb/root.age", "repository.age", "repository/out/root.age", "usb/new/root.age"}
	for _, name := range slices.Concat(inside, beside) {
		err := outside(mesh, filepath.Join(top, name), "a root's key")
		if got, want := err != nil, slices.Contains(inside, name); got != want {
			t.Errorf("%s: refused %t, want %t", name, got, want)
		}
	}
	// Without Git the root of the mesh is all that is known.
	if err := os.RemoveAll(filepath.Join(repository, ".git")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"repository/root.age": false, "repository/deploy/root.age": true, "in/deploy/mesh/root.age": true} {
		if got := outside(mesh, filepath.Join(top, name), "a root's key") != nil; got != want {
			t.Errorf("without Git: %s: refused %t, want %t", name, got, want)
		}
	}
}

// stopped <argument>... runs a command of ca again and again, ended after its
// first file, then its second, and so on, until it ends by itself. After each of
// them every sealed cacerts holds an intermediate of the mesh with its own key,
// which the other clusters accept.
func stopped(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: stopped <argument>...")
	}
	for n := 1; ; n++ {
		ts.Setenv("STOP", fmt.Sprint(n))
		public := func(cluster string) string {
			text, _ := os.ReadFile(ts.MkAbs("mesh/ca/" + cluster + ".pem"))
			return string(text)
		}
		before := map[string]string{"east": public("east"), "west": public("west")}
		err := ts.Exec("isthmus", append([]string{"ca"}, args...)...)
		ts.Setenv("STOP", "")
		opened := 0
		for _, cluster := range []string{"east", "west"} {
			manifest, readErr := os.ReadFile(ts.MkAbs("mesh/" + seal.Path(cluster, "cacerts")))
			if errors.Is(readErr, fs.ErrNotExist) {
				if public(cluster) != before[cluster] {
					ts.Fatalf("after %d files: %s has a certificate whose key is nowhere", n, cluster)
				}
				continue
			}
			keys := map[string]*rsa.PrivateKey{}
			for i, key := range seal.ParsePrivateKeys(sealtest.PrivatePEM(cluster)) {
				keys[fmt.Sprint(i)] = key
			}
			secret, openErr := seal.SealedSecrets{Private: keys}.Open(cluster, manifest)
			ts.Check(openErr)
			data := map[string][]byte{}
			for name, value := range secret.Data {
				data[name] = value.Reveal()
			}
			b, _, parseErr := ca.ParseBundle(cluster, "opened", data)
			ts.Check(parseErr)
			at, _ := time.Parse(time.RFC3339, ts.Getenv("NOW"))
			for _, f := range b.CheckBundle(ca.Terms{TrustDomain: "cluster.local", Namespace: "istio-system"}, nil, at) {
				ts.Fatalf("after %d files: %s", n, f.What)
			}
			if now := public(cluster); now != before[cluster] && now != string(b.PEM()) {
				ts.Fatalf("after %d files: the certificate of %s is not what is sealed", n, cluster)
			}
			opened++
		}
		if err == nil {
			if opened != 2 || n < 5 {
				ts.Fatalf("it ended by itself after %d files, with %d Secrets", n-1, opened)
			}
			ts.Check(ts.Exec("isthmus", "ca", "verify"))
			return
		}
		if n > 20 {
			ts.Fatalf("it does not end by itself")
		}
	}
}
