package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// readerToken is the token Secret that a fresh mesh has.
const readerToken = "istio-reader-service-account-istio-remote-secret-token"

// A place is a repository with all that isthmus makes, and beside it the private
// files of those who made it, and their kubectl: it has the token Secrets of the
// cluster west, and keeps what it is run with.
type place struct {
	repo, outside string
	env           []string
}

const placeKubectl = `#!/bin/sh
cd OUTSIDE
{ echo "$@"; env; cat; } >>kubectl.log
test ! -d /proc/$PPID || { cat /proc/$PPID/cmdline /proc/$PPID/environ /proc/$PPID/limits | tr '\0' '\n'; } >isthmus.log
case "$*" in
*' config '*) echo '{"contexts": [{"name": "west", "context": {"cluster": "c"}}], "clusters": [{"name": "c", "cluster": {"server": "https://10.2.0.10:6443"}}]}' ;;
*' get secret '*-token-2' '*) cat second.json ;;
*' get secret '*) cat first.json ;;
esac
`

// newPlace makes the pair's: its root and certificates, its remote Secret, its
// overlays, and a first commit.
func newPlace(t *testing.T) *place {
	t.Helper()
	top := t.TempDir()
	p := &place{repo: filepath.Join(top, "repo"), outside: filepath.Join(top, "outside")}
	p.env = append(os.Environ(), "NOW="+sealtest.Today.Format(time.RFC3339), "ISTHMUS_TAG_KEY_FILE="+p.private("tagkey"),
		"HOME="+top, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	identity, err := age.GenerateX25519Identity()
	if err := errors.Join(err, os.CopyFS(p.repo, os.DirFS("testdata/pair")), os.Mkdir(p.outside, 0o700), os.Mkdir(filepath.Join(p.repo, "mesh/sealing"), 0o755)); err != nil {
		t.Fatal(err)
	}
	secret := func(name string) []byte {
		text, err := json.Marshal(map[string]any{"data": map[string][]byte{"token": []byte(sealtest.Token(sealtest.Claims(name))), "ca.crt": sealtest.CA()}})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for name, data := range map[string][]byte{
		p.private("first.json"):                        secret(readerToken),
		p.private("second.json"):                       secret(readerToken + "-2"),
		p.private("identity"):                          []byte(identity.String() + "\n"),
		p.private("east.key"):                          sealtest.PrivatePEM("east"),
		p.private("west.key"):                          sealtest.PrivatePEM("west"),
		p.private("kubeconfig"):                        sealtest.Kubeconfig("admin", "https://10.2.0.10:6443", sealtest.Token(sealtest.Claims(readerToken))),
		filepath.Join(p.repo, "mesh/sealing/east.pem"): sealtest.Certificate("east", sealtest.Today.AddDate(0, 0, -30)),
		filepath.Join(p.repo, "mesh/sealing/west.pem"): sealtest.Certificate("west", sealtest.Today.AddDate(0, 0, -30)),
	} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.settle(t)
	p.must(t, "isthmus", "secrets", "key", p.private("tagkey"))
	p.must(t, "isthmus", "ca", "init", "--key", p.private("root.age"), "--recipient", identity.Recipient().String())
	p.must(t, "isthmus", "ca", "issue", "--all", "--algorithm", "ecdsa-p256", "--key", p.private("root.age"), "--identity", p.private("identity"))
	p.must(t, "isthmus", "secrets", "create", "west", "--kubeconfig", "-")
	p.must(t, "isthmus", "render")
	p.must(t, "git", "init", "-q", "-b", "main")
	p.must(t, "git", "add", ".")
	p.must(t, "git", "commit", "-q", "-m", "first")
	return p
}

// settle gives the kubectl of the place its folder, and its place on the PATH.
func (p *place) settle(t *testing.T) {
	t.Helper()
	text := strings.ReplaceAll(placeKubectl, "OUTSIDE", p.outside)
	if err := os.WriteFile(p.private("kubectl"), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	p.env = append(p.env, "PATH="+p.outside+":"+os.Getenv("PATH"))
}

// private gives the path of a file outside the repository.
func (p *place) private(name string) string { return filepath.Join(p.outside, name) }

// command is a program in the repository, isthmus that of this test. What reads
// standard input gets the kubeconfig.
func (p *place) command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(name, args...)
	if name == "isthmus" {
		itself, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd = exec.Command(itself)
		cmd.Args = append([]string{name}, args...)
	}
	cmd.Dir, cmd.Env = p.repo, p.env
	if slices.Contains(args, "-") {
		text, err := os.ReadFile(p.private("kubeconfig"))
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stdin = bytes.NewReader(text)
	}
	return cmd
}

// must runs a program that has to succeed.
func (p *place) must(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := p.command(t, name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// again gives the place as it was made, elsewhere.
func (p *place) again(t *testing.T) *place {
	t.Helper()
	top := t.TempDir()
	q := &place{repo: filepath.Join(top, "repo"), outside: filepath.Join(top, "outside")}
	for _, text := range p.env {
		q.env = append(q.env, strings.ReplaceAll(text, p.outside, q.outside))
	}
	if err := errors.Join(os.CopyFS(q.repo, os.DirFS(p.repo)), exec.Command("cp", "-pR", p.outside, q.outside).Run()); err != nil {
		t.Fatal(err)
	}
	q.settle(t)
	return q
}

// edit replaces a text in a file of the repository.
func (p *place) edit(t *testing.T, file, old, new string) {
	t.Helper()
	file = filepath.Join(p.repo, file)
	text, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(text, []byte(old)) {
		t.Fatalf("%s: has no %q (%v)", file, old, err)
	}
	if err := os.WriteFile(file, bytes.Replace(text, []byte(old), []byte(new), 1), 0o644); err != nil {
		t.Fatal(err)
	}
}
