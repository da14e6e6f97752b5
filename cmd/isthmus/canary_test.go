package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

const (
	// canaryText is what must be nowhere: it lies in every token of the test.
	canaryText = "canary-7Hq2vXw9LrT4mZp8KdF3sNb6JgY1cUe5"

	// canaryPhrase is what must be nowhere of passphrases, and has another form in
	// JSON and in a URL.
	canaryPhrase = `horse "7Hq2" & vXw9/LrT4+mZp8\KdF3 <sNb6> %JgY1`
)

// A canary runs commands that meet secrets, and looks for those in all that comes
// out: standard output, standard error, the working tree with its ledgers, the
// folder for temporary files, and the private files that isthmus writes.
type canary struct {
	*testing.T
	cage
	top, repo, outside, bin string
	given                   map[string]bool // files that hold a secret because they are to
	outputs                 []output
	ran, failed             int
	said                    map[string]bool // different texts on standard error
	known                   map[string]bool // leaks that were reported

	mesh, token, tokenSecret string
	kubeconfig               []byte
	sops                     string // that of the scripts
}

// An output is what a command printed.
type output struct {
	what string
	text []byte
}

const canaryServer = "https://10.2.0.10:6443"

// canaryKubectl answers for its kubeconfig with the file config, and otherwise
// does what the file says holds.
const canaryKubectl = `#!/bin/sh
case " $* " in *' config view '*) test ! -f OUTSIDE/config || { cat OUTSIDE/config; exit; } ;; esac
. OUTSIDE/says
`

func newCanary(t *testing.T) *canary {
	top := t.TempDir()
	c := &canary{T: t, cage: cage{}, top: top, repo: filepath.Join(top, "repo"), outside: filepath.Join(top, "outside"), bin: filepath.Join(top, "bin"), given: map[string]bool{}, said: map[string]bool{}, known: map[string]bool{}}
	for _, dir := range []string{"repo", "tmp", "outside", "bin"} {
		if err := os.Mkdir(filepath.Join(top, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	c.sops, _ = exec.LookPath("sops")
	t.Chdir(c.repo)
	t.Setenv("TMPDIR", filepath.Join(top, "tmp"))
	t.Setenv("PATH", c.bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv(tagKeyVariable, c.private("tagkey"))
	now, workFactor = func() time.Time { return sealtest.Today }, 10
	t.Cleanup(func() { now, workFactor = time.Now, 18 })

	text, err := os.ReadFile(filepath.Join(packageFolder, "../../generators/testdata/helm-flux/mesh/mesh.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c.mesh = string(text)
	c.put("mesh/mesh.yaml", c.mesh)
	c.put("mesh/sealing/east.pem", string(sealtest.Certificate("east", sealtest.Today.AddDate(0, 0, -30))))
	c.program("kubectl", strings.ReplaceAll(canaryKubectl, "OUTSIDE", c.outside))
	c.give("config", `{"clusters": [{"cluster": {"server": "`+canaryServer+`"}}]}`)

	c.add("the canary", []byte(canaryText))
	c.add("the passphrase", []byte(canaryPhrase))
	c.give("east.key", string(sealtest.PrivatePEM("east")))
	c.addKey("the sealing key", sealtest.PrivatePEM("east"))
	c.token = c.sign(func(map[string]any) {})
	c.kubeconfig = c.config(canaryServer, c.token)
	c.tokenSecret = c.secret(map[string][]byte{"token": []byte(c.token), "ca.crt": sealtest.CA()})

	c.step("a key", nil, "secrets", "key", c.private("tagkey"))
	c.given[c.private("tagkey")] = true
	key, err := os.ReadFile(c.private("tagkey"))
	if err != nil {
		t.Fatal(err)
	}
	c.add("the key of the tags", []byte(strings.Fields(string(key))[1]))
	return c
}

// packageFolder is where the test begins.
var packageFolder, _ = os.Getwd()

// private gives the path of a file outside the repository.
func (c *canary) private(name string) string { return filepath.Join(c.outside, name) }

// write writes a file that isthmus reads.
func (c *canary) write(name, text string, mode os.FileMode) {
	c.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), mode)); err != nil {
		c.Fatal(err)
	}
}

// put writes a file of the repository, without a secret.
func (c *canary) put(name, text string) { c.write(filepath.Join(c.repo, name), text, 0o644) }

// give writes a private file, and gives its path.
func (c *canary) give(name, text string) string {
	name = c.private(name)
	c.given[name] = true
	c.write(name, text, 0o600)
	return name
}

// program writes a program that isthmus finds on the PATH.
func (c *canary) program(name, script string) string {
	name = filepath.Join(c.bin, name)
	c.given[name] = true
	c.write(name, script, 0o755)
	return name
}

// says tells kubectl what to do.
func (c *canary) says(script string) { c.give("says", script) }

// backend chooses where Secrets go.
func (c *canary) backend(secrets string) {
	c.put("mesh/mesh.yaml", strings.Replace(c.mesh, "  clusters:\n", "  secrets: {"+secrets+"}\n  clusters:\n", 1))
}

// sign gives a token that holds the canary.
func (c *canary) sign(edit func(map[string]any)) string {
	claims := sealtest.Claims(readerToken)
	claims["canary"] = canaryText
	edit(claims)
	token := sealtest.Token(claims)
	c.add("a token", []byte(token))
	for _, name := range []string{"istio-system", "istio-reader-service-account"} {
		c.forget(name) // no secret, and in certificates too
	}
	return token
}

func (c *canary) config(server, token string) []byte {
	return sealtest.Kubeconfig("admin", server, token)
}

// secret gives a Secret as kubectl prints it.
func (c *canary) secret(data map[string][]byte) string {
	text, err := json.Marshal(map[string]any{"data": data})
	if err != nil {
		c.Fatal(err)
	}
	return string(text)
}

// addKey takes in what is secret of a key in PEM: the rest of it is in its
// certificate too.
func (c *canary) addKey(what string, text []byte) {
	c.Helper()
	found := 0
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		var key any
		for _, parse := range []func([]byte) (any, error){
			func(der []byte) (any, error) { return x509.ParsePKCS8PrivateKey(der) },
			func(der []byte) (any, error) { return x509.ParsePKCS1PrivateKey(der) },
			func(der []byte) (any, error) { return x509.ParseECPrivateKey(der) },
		} {
			if parsed, err := parse(block.Bytes); err == nil {
				key = parsed
			}
		}
		switch key := key.(type) {
		case *ecdsa.PrivateKey:
			secret, err := key.Bytes()
			if err != nil {
				c.Fatal(err)
			}
			c.add(what, secret)
			found++
		case *rsa.PrivateKey:
			for _, secret := range append(key.Primes, key.D) {
				c.add(what, secret.Bytes())
			}
			found++
		}
	}
	if found == 0 {
		c.Fatalf("%s: holds no key", what)
	}
}

// step runs a command in the repository.
func (c *canary) step(what string, stdin []byte, args ...string) {
	c.Helper()
	var stdout, stderr bytes.Buffer
	outcome := run(append([]string{"isthmus"}, args...), bytes.NewReader(stdin), &stdout, &stderr)
	if outcome != exitDone && outcome != exitDiffers {
		c.failed++
		c.said[stderr.String()] = true
	}
	c.ran++
	what = fmt.Sprintf("%s (%s): ", what, strings.Join(args[:min(2, len(args))], " "))
	c.outputs = append(c.outputs, output{what + "standard output", stdout.Bytes()}, output{what + "standard error", stderr.Bytes()})
}

// leaks gives what holds a secret of all that came out so far.
func (c *canary) leaks() []string {
	c.Helper()
	var all []string
	look := func(what string, text []byte) {
		if found := c.find(append([]byte(what+"\n"), text...)); found != "" {
			all = append(all, fmt.Sprintf("%s holds %s:\n%.2000s", what, found, text))
		}
	}
	for _, o := range c.outputs {
		look(o.what, o.text)
	}
	err := filepath.WalkDir(c.top, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || c.given[path] {
			return err
		}
		text, err := os.ReadFile(path)
		look(strings.TrimPrefix(path, c.top+"/"), text)
		return err
	})
	if err != nil {
		c.Fatal(err)
	}
	return all
}

// scan fails where something got out.
func (c *canary) scan() {
	c.Helper()
	for _, leak := range c.leaks() {
		if !c.known[leak] {
			c.Error(leak)
		}
		c.known[leak] = true
	}
}

// plant has a secret get out in every form and place, and each be found.
func (c *canary) plant() {
	before := c.outputs[len(c.outputs)-20:]
	for form, text := range escapes(c.token) {
		c.outputs = append(slices.Clone(before), output{"planted", []byte("isthmus: error: " + text + "\n")})
		if found := c.leaks(); len(found) != 1 {
			c.Errorf("planted as %s in what is printed: found %q", form, found)
		}
	}
	c.outputs = nil
	for _, name := range []string{"repo/mesh/sealed/.tags.lock", "repo/overlays/east/.isthmus.lock", "repo/mesh/new/file", "repo/.isthmus.left", "tmp/left", "outside/left"} {
		name = filepath.Join(c.top, name)
		there, err := os.ReadFile(name)
		c.write(name, string(there)+"\n"+base64.StdEncoding.EncodeToString([]byte("it is "+c.token)), 0o600)
		if found := c.leaks(); len(found) != 1 {
			c.Errorf("planted in %s: found %q", name, found)
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = os.Remove(name)
		} else {
			err = os.WriteFile(name, there, 0o644)
		}
		if err != nil {
			c.Fatal(err)
		}
	}
}

// TestCanary runs every command that meets a secret, failing ones above all, with
// a canary in each secret, and finds it in nothing that comes out.
func TestCanary(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("kubectl is a shell script here")
	}
	c := newCanary(t)
	for _, part := range []struct {
		name string
		runs func(*canary)
	}{
		{"kubeconfigs", (*canary).kubeconfigs},
		{"kubectl", (*canary).kubectls},
		{"sealed", (*canary).sealed},
		{"plain", (*canary).plain},
		{"sops", (*canary).sopses},
		{"external", (*canary).stores},
		{"certificates", (*canary).certificates},
	} {
		begun, ran, failed := time.Now(), c.ran, c.failed
		part.runs(c)
		t.Logf("%s: %d commands, %d of them fail, %s", part.name, c.ran-ran, c.failed-failed, time.Since(begun).Round(time.Millisecond))
	}
	c.scan()
	c.plant()
	t.Logf("%d commands ran, %d of them failed, and said %d different things", c.ran, c.failed, len(c.said))
	if c.failed < 800 || len(c.said) < 250 {
		t.Errorf("only %d commands failed, and said %d different things", c.failed, len(c.said))
	}
}
