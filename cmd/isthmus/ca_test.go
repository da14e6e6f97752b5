package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/isthmus-mesh/isthmus/generators/ca"
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
	for link, to := range map[string]string{"in": repository, "usb/in": mesh, "repository/out": filepath.Join(top, "usb")} {
		if err := os.Symlink(to, filepath.Join(top, link)); err != nil {
			t.Fatal(err)
		}
	}
	inside := []string{"repository/root.age", "repository/deploy/root.age", "repository/deploy/mesh/ca/new/root.age", "usb/../repository/root.age", "in/root.age", "in/deploy/x/root.age", "usb/in/root.age", "repository/.git/root.age"}
	beside := []string{"root.age", "usb/root.age", "repository.age", "repository/out/root.age", "usb/new/root.age"}
	for _, name := range slices.Concat(inside, beside) {
		err := outside(mesh, filepath.Join(top, name), "a root's key")
		if got, want := err != nil, slices.Contains(inside, name); got != want {
			t.Errorf("%s: refused %t, want %t", name, got, want)
		}
	}
}
