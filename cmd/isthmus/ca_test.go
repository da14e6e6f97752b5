package main

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
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

// TestKeyNowhere runs ca with everything that can go wrong behind it, and looks
// for the keys in all that it prints and writes: a root's key, an intermediate's
// that is brought, a passphrase and an identity.
func TestKeyNowhere(t *testing.T) {
	at := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	now = func() time.Time { return at }
	workFactor = 10
	defer func() { now, workFactor = time.Now, 18 }()
	top := t.TempDir()
	repo := filepath.Join(top, "repo")
	write := func(name string, data []byte) string {
		t.Helper()
		name = filepath.Join(top, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, data, 0o600)); err != nil {
			t.Fatal(err)
		}
		return name
	}
	if err := os.CopyFS(repo, os.DirFS("testdata/pair")); err != nil {
		t.Fatal(err)
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	const phrase = "canary-passphrase-7731"
	canaries := map[string]string{"identity": identity.String()[20:50], "passphrase": phrase}
	who, pass := write("age.key", []byte(identity.String()+"\n")), write("pass", []byte(phrase+"\n"))
	write("repo/mesh/sealing/east.pem", sealtest.Certificate("east", at.AddDate(0, 0, -1)))
	write("repo/mesh/sealing/west.pem", sealtest.Certificate("west", at.AddDate(0, 0, -1)))
	tags := filepath.Join(top, "tags")
	own, err := ca.NewRoot(ca.P256, ca.RootLifetime, at)
	if err != nil {
		t.Fatal(err)
	}
	brought, err := own.Issue(ca.Cluster{Name: "east", Namespace: "istio-system", TrustDomain: "cluster.local"}, []*x509.Certificate{own.Certificate}, ca.P256, ca.IntermediateLifetime, at)
	if err != nil {
		t.Fatal(err)
	}
	data, err := brought.Data(ca.Plugged)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range data {
		write("own/"+name, content)
		write("mixed/"+name, content)
		write("broken/"+name, content)
	}
	key := string(data["ca-key.pem"])
	canaries["brought key"] = strings.Split(key, "\n")[2][:20]
	write("mixed/cert-chain.pem", []byte(key))
	write("broken/ca-key.pem", []byte(strings.Replace(key, "M", "N", 3)))
	write("anchor.pem", data["root-cert.pem"])
	mesh := filepath.Join(repo, "mesh/mesh.yaml")
	root, next := filepath.Join(top, "root.age"), filepath.Join(top, "next.age")

	var printed bytes.Buffer
	program := func(args ...string) {
		command := append([]string{"isthmus"}, args...)
		command = append(command, "-f", mesh)
		outcome := run(command, strings.NewReader(""), &printed, &printed)
		fmt.Fprintf(&printed, "%s: exit status %d\n\n", strings.Join(args[:min(2, len(args))], " "), outcome)
	}
	run([]string{"isthmus", "secrets", "key", tags}, strings.NewReader(""), &printed, &printed)
	byKey := []string{"--identity", who, "--tag-key", tags, "--algorithm", "ecdsa-p256", "--key"}
	all := func(more ...string) []string { return slices.Concat([]string{"ca", "issue", "--all"}, byKey, more) }
	program("ca", "init", "--key", root, "--recipient", identity.String())
	program("ca", "init", "--key", root, "--recipients-file", who)
	program("ca", "init", "--key", who, "--identity", pass)
	program("ca", "init", "--key", root, "--recipient", identity.Recipient().String())
	program("ca", "init", "--from", filepath.Join(top, "own/ca-key.pem"), "--force-root-change")
	program(all(pass)...)
	program(all(filepath.Join(top, "own/ca-key.pem"))...)
	program(all(root)...)
	program("render")
	program("ca", "issue", "--all", "--key", root, "--tag-key", tags, "--identity", pass)
	program("ca", "issue", "--all", "--key", root, "--tag-key", who, "--identity", who)
	program("ca", "verify", "-o", "json")
	program("ca", "verify", "--bundle", "east="+filepath.Join(top, "own"))
	program("ca", "verify", "--bundle", "east="+filepath.Join(top, "mixed"))
	program("ca", "verify", "--bundle", "east="+filepath.Join(top, "broken"))
	program("ca", "issue", "east", "--tag-key", tags, "--from", filepath.Join(top, "own"))
	program("ca", "rotate", "--start", "--key", next, "--passphrase-file", pass)
	program("ca", "issue", "--all", "--key", next, "--tag-key", tags, "--passphrase-file", who, "--restarted")
	program("ca", "issue", "--all", "--key", next, "--tag-key", tags, "--passphrase-file", pass, "--restarted")
	program("ca", "rotate", "--finish")
	program("ca", "rotate", "--finish", "--restarted")
	program("ca", "rotate")
	program("ca", "init", "--from", filepath.Join(top, "anchor.pem"), "--force-root-change")
	for _, folder := range []string{"own", "mixed", "broken"} {
		program("ca", "issue", "east", "--force-root-change", "--tag-key", tags, "--from", filepath.Join(top, folder))
	}
	write("repo/mesh/ca/lost.key", []byte(key))
	program("validate")
	program("render")
	if err := os.Remove(filepath.Join(repo, "mesh/ca/lost.key")); err != nil {
		t.Fatal(err)
	}
	program("render")
	program("validate", "-o", "sarif")

	// What isthmus made is known only once it is opened.
	for name, file := range map[string]string{"root key": root, "next key": next} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v\n%s", err, printed.String())
		}
		scrypt, _ := age.NewScryptIdentity(phrase)
		var opener age.Identity = identity
		if ca.ByPassphrase(data) {
			opener = scrypt
		}
		r, err := age.Decrypt(armor.NewReader(bytes.NewReader(data)), opener)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(plain, []byte("-----BEGIN PRIVATE KEY-----"))
		canaries[name] = strings.Split(string(plain[at:]), "\n")[2][:20]
	}
	seen := func(text []byte) (names []string) {
		for name, canary := range canaries {
			for _, form := range []string{canary, base64.StdEncoding.EncodeToString([]byte(canary)), hex.EncodeToString([]byte(canary)), url.QueryEscape(canary)} {
				if bytes.Contains(text, []byte(form)) {
					names = append(names, name)
				}
			}
		}
		if bytes.Contains(text, []byte("PRIVATE KEY-----")) {
			names = append(names, "a key in PEM")
		}
		return names
	}
	if found := seen(printed.Bytes()); len(found) > 0 {
		t.Errorf("printed: %v", found)
	}
	if testing.Verbose() {
		t.Log(printed.String())
	}
	files := 0
	err = filepath.WalkDir(top, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		given := !strings.HasPrefix(name, repo) && name != root && name != next && name != tags
		found := seen(text)
		if given && len(found) == 0 && !strings.HasSuffix(name, "cert.pem") && name != filepath.Join(top, "anchor.pem") && !strings.Contains(name, "cert-chain") && !strings.Contains(name, "broken") {
			t.Errorf("%s: the search finds nothing in what holds a canary", name)
		}
		if !given {
			if files++; len(found) > 0 {
				t.Errorf("%s holds %v", name, found)
			}
		}
		return err
	})
	if err != nil || files < 20 {
		t.Errorf("%d files: %v", files, err)
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
