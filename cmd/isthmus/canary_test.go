package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// canaryText is what must be nowhere: it lies in every token and key of the test.
const canaryText = "canary-7Hq2vXw9LrT4mZp8KdF3sNb6JgY1cUe5"

// A cage holds the canary in all forms in which it could get out.
type cage map[string]string // by form

// newCage gives every window of 12 characters of the canary, so that no part of
// it goes unseen, and of its encodings.
func newCage() cage {
	c := cage{}
	add := func(form, text string, trim int) {
		text = text[min(trim, len(text)):max(len(text)-trim, 0)]
		for i := 0; i+12 <= len(text); i++ {
			c[text[i:i+12]] = form
		}
	}
	add("as it is", canaryText, 0)
	for offset := range 3 {
		padded := strings.Repeat("x", offset) + canaryText
		add(fmt.Sprintf("base64 at offset %d", offset), base64.StdEncoding.EncodeToString([]byte(padded)), 4)
		add("base64 for URLs", base64.RawURLEncoding.EncodeToString([]byte(padded)), 4)
		add("base64 twice", base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(padded)))), 8)
	}
	add("hexadecimal", hex.EncodeToString([]byte(canaryText)), 0)
	add("HEXADECIMAL", strings.ToUpper(hex.EncodeToString([]byte(canaryText))), 0)
	add("a URL", url.QueryEscape(canaryText), 0)
	quoted, _ := json.Marshal(canaryText)
	add("JSON", string(quoted), 1)
	var bytesOf []string
	for _, b := range []byte(canaryText) {
		bytesOf = append(bytesOf, fmt.Sprint(b))
	}
	add("a slice of bytes", strings.Join(bytesOf, " "), 0)
	return c
}

// find gives the form in which a text holds the canary, "" where it does not.
func (c cage) find(text []byte) string {
	for i := 0; i+12 <= len(text); i++ {
		if form, is := c[string(text[i:i+12])]; is {
			return form
		}
	}
	return ""
}

func TestCageNotices(t *testing.T) {
	c := newCage()
	for _, form := range []string{
		canaryText, "x" + canaryText[3:20] + "y", canaryText[:12],
		base64.StdEncoding.EncodeToString([]byte("kubeconfig " + canaryText + " more")),
		base64.StdEncoding.EncodeToString([]byte("kubeconfig: " + canaryText + " more")),
		base64.StdEncoding.EncodeToString([]byte("kubeconfig:  " + canaryText + " more")),
		base64.RawURLEncoding.EncodeToString([]byte("{}" + canaryText)),
		hex.EncodeToString([]byte(canaryText)), fmt.Sprintf("%X", canaryText), fmt.Sprint([]byte(canaryText)),
		fmt.Sprintf("%q", canaryText), url.QueryEscape(" " + canaryText),
	} {
		if c.find([]byte("some text "+form+" and more")) == "" {
			t.Errorf("not noticed: %s", form)
		}
	}
	if form := c.find([]byte(rootHelp + secretsHelp + secretsCreateHelp)); form != "" {
		t.Errorf("noticed where it is not: %s", form)
	}
}

// TestCanary runs every command that meets a secret, failing ones above all, with
// a canary in each secret, and finds it in nothing that comes out: standard
// output, standard error, the working tree with its ledgers, and the folder for
// temporary files.
func TestCanary(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("kubectl is a shell script here")
	}
	c := newCage()
	dir := t.TempDir()
	repo, temporary, outside, bin := filepath.Join(dir, "repo"), filepath.Join(dir, "tmp"), filepath.Join(dir, "outside"), filepath.Join(dir, "bin")
	put := func(name string, data []byte, mode os.FileMode) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(temporary, 0o755); err != nil {
		t.Fatal(err)
	}
	meshText, err := os.ReadFile("../../generators/testdata/helm-flux/mesh/mesh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	put(filepath.Join(repo, "mesh/mesh.yaml"), meshText, 0o644)
	put(filepath.Join(repo, "mesh/sealing/east.pem"), sealtest.Certificate("east", sealtest.Today.AddDate(0, 0, -30)), 0o644)
	put(filepath.Join(outside, "east.key"), sealtest.PrivatePEM("east"), 0o600)

	// Whatever is asked, this kubectl does what the file "says" holds.
	put(filepath.Join(bin, "kubectl"), []byte("#!/bin/sh\ncase \"$*\" in *' config view '*) test ! -f "+outside+"/config || exec cat "+outside+"/config ;; esac\n. "+outside+"/says\n"), 0o755)
	const name = "istio-reader-service-account-istio-remote-secret-token"
	claims := func(edit func(map[string]any)) map[string]any {
		all := sealtest.Claims(name)
		all["canary"] = canaryText
		edit(all)
		return all
	}
	sign := func(claims map[string]any) string {
		made := sealtest.Token(claims)
		for i := range len(made) - 12 {
			c[made[i:i+12]] = "a token"
		}
		return made
	}
	token := sign(claims(func(map[string]any) {}))
	kubeconfig := func(server, token string) []byte { return sealtest.Kubeconfig("admin", server, token) }
	const server = "https://10.2.0.10:6443"
	good := kubeconfig(server, token)
	object := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	tokenSecret := object(map[string]any{"data": map[string][]byte{"token": []byte(token), "ca.crt": sealtest.CA()}})
	said := func(script string) func() {
		return func() { put(filepath.Join(outside, "says"), []byte(script), 0o644) }
	}
	file := func(name string, data []byte) func() {
		return func() { put(filepath.Join(repo, name), data, 0o644) }
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	failed, ran := 0, 0
	step := func(what string, stdin []byte, before func(), args ...string) {
		t.Helper()
		if before != nil {
			before()
		}
		var stdout, stderr bytes.Buffer
		cmd := exec.Command(program)
		cmd.Args = append([]string{"isthmus"}, args...)
		cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = repo, bytes.NewReader(stdin), &stdout, &stderr
		cmd.Env = append(os.Environ(), "NOW=2026-11-22T12:00:00Z", "TMPDIR="+temporary, "ISTHMUS_TAG_KEY_FILE="+filepath.Join(outside, "tagkey"), "PATH="+bin+":"+os.Getenv("PATH"))
		if cmd.Run() != nil {
			failed++
		}
		ran++
		for stream, text := range map[string][]byte{"standard output": stdout.Bytes(), "standard error": stderr.Bytes()} {
			if form := c.find(text); form != "" {
				t.Errorf("%s: %s holds the canary, as %s:\n%s", what, stream, form, text)
			}
			if bytes.Contains(text, []byte("panic:")) {
				t.Errorf("%s: %s", what, text)
			}
		}
	}
	scan := func(what string, except ...string) {
		t.Helper()
		for _, root := range []string{repo, temporary} {
			err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				for _, name := range except {
					if strings.HasSuffix(path, name) {
						return nil
					}
				}
				data, err := os.ReadFile(path)
				if form := c.find(append([]byte(path+"\n"), data...)); form != "" {
					t.Errorf("%s: %s holds the canary, as %s", what, path, form)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	create := []string{"secrets", "create", "west", "--kubeconfig", "-"}
	asked := []string{"secrets", "create", "west", "--context", "west"}

	step("a key", nil, nil, "secrets", "key", filepath.Join(outside, "tagkey"))
	// The canary is the key of the tags too: it is never said.
	key, err := os.ReadFile(filepath.Join(outside, "tagkey"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+12 <= len(key)-19; i++ {
		c[string(key[18+i:18+i+12])] = "the key of the tags"
	}
	for what, stdin := range map[string][]byte{
		"nothing":              nil,
		"text":                 []byte(canaryText),
		"a token alone":        []byte(token),
		"broken YAML":          []byte("a: [" + canaryText),
		"an anchor":            []byte("a: *" + canaryText),
		"a tag":                []byte("a: !" + canaryText + " b"),
		"a key twice":          append(bytes.Clone(good), "    token: "+canaryText+"\n"...),
		"exec":                 append(bytes.Clone(good), "    exec: {command: "+canaryText+"}\n"...),
		"an unknown field":     append(bytes.Clone(good), "    "+canaryText+": x\n"...),
		"another server":       kubeconfig("https://10.9.0.10:6443", token),
		"a server of text":     kubeconfig("'%zz'", token),
		"an opaque token":      kubeconfig(server, canaryText),
		"a token of two parts": kubeconfig(server, strings.Join(strings.Split(token, ".")[:2], ".")),
		"an unsigned token":    kubeconfig(server, "eyJhbGciOiJub25lIn0."+strings.SplitN(token, ".", 2)[1]),
		"another account":      kubeconfig(server, sign(claims(func(m map[string]any) { m["sub"] = canaryText }))),
		"an expired token":     kubeconfig(server, sign(claims(func(m map[string]any) { m["exp"] = 1000 }))),
		"a date of text":       kubeconfig(server, sign(claims(func(m map[string]any) { m["exp"] = canaryText }))),
		"another secret":       kubeconfig(server, sign(claims(func(m map[string]any) { m["kubernetes.io/serviceaccount/secret.name"] = "a " + canaryText }))),
		"no CA":                bytes.Replace(good, []byte("certificate-authority-data: "), []byte("certificate-authority-data: "+canaryText+" "), 1),
		"a CA of text":         bytes.Replace(good, []byte(base64.StdEncoding.EncodeToString(sealtest.CA())), []byte(base64.StdEncoding.EncodeToString([]byte(canaryText))), 1),
		"another context":      bytes.Replace(good, []byte("current-context: admin"), []byte("current-context: "+canaryText), 1),
		"large":                append(bytes.Clone(good), bytes.Repeat([]byte("# "+canaryText+"\n"), 40000)...),
	} {
		step(what, stdin, nil, create...)
		if what != "nothing" {
			step(what+", rotate", stdin, nil, "secrets", "rotate", "west", "--kubeconfig", "-")
		}
	}
	scan("what was refused")
	for what, script := range map[string]string{
		"kubectl fails with the token":      "echo 'error: " + token + "' >&2; exit 1",
		"kubectl fails with the Secret":     "echo '" + tokenSecret + "' >&2; exit 1",
		"kubectl fails and prints":          "echo '" + tokenSecret + "'; exit 1",
		"kubectl is forbidden":              "echo 'Error from server (Forbidden): " + token + "' >&2; exit 1",
		"kubectl is unauthorized":           "echo 'Error (Unauthorized): " + token + "' >&2; exit 1",
		"kubectl prints text":               "echo '" + token + "'",
		"kubectl prints broken JSON":        "echo '" + tokenSecret[:len(tokenSecret)-4] + "'",
		"kubectl prints another type":       "echo '{\"data\": {\"token\": [\"" + token + "\"]}}'",
		"kubectl prints no base64":          "echo '{\"data\": {\"token\": \"!" + token + "\"}}'",
		"kubectl prints an empty Secret":    "echo '{\"data\": {\"other\": \"" + base64.StdEncoding.EncodeToString([]byte(canaryText)) + "\"}}'",
		"kubectl prints a Secret of no CA":  "echo '" + object(map[string]any{"data": map[string][]byte{"token": []byte(token)}}) + "'",
		"kubectl prints a bad CA":           "echo '" + object(map[string]any{"data": map[string][]byte{"token": []byte(token), "ca.crt": []byte(canaryText)}}) + "'",
		"kubectl prints an opaque token":    "echo '" + object(map[string]any{"data": map[string][]byte{"token": []byte(canaryText), "ca.crt": sealtest.CA()}}) + "'",
		"kubectl creates nothing, and says": "case \"$*\" in *create*) echo '" + token + "' >&2; exit 1;; esac",
	} {
		put(filepath.Join(outside, "config"), []byte(`{"contexts": [{"name": "west", "context": {"cluster": "c"}}], "clusters": [{"name": "c", "cluster": {"server": "`+server+`"}}]}`), 0o644)
		step(what, nil, said(script), asked...)
		step(what+", a token made", nil, nil, append(asked[:len(asked):len(asked)], "--create-token")...)
		step(what+", rotate", nil, nil, "secrets", "rotate", "west", "--context", "west", "--create-token")
		step(what+", refresh", nil, nil, "refresh", "--context", "east", "--check")
	}
	scan("what kubectl said")
	step("a kubeconfig that kubectl reads wrong", nil, func() {
		put(filepath.Join(outside, "config"), []byte(`{"clusters": [{"cluster": {"server": "`+canaryText), 0o644)
	}, asked...)
	put(filepath.Join(outside, "config"), []byte(`{"contexts": [{"name": "west", "context": {"cluster": "c"}}], "clusters": [{"name": "c", "cluster": {"server": "`+server+`"}}]}`), 0o644)
	for _, flag := range []string{"--tag-key", "--private-key"} {
		put(filepath.Join(outside, "wrong"), good, 0o600)
		step("a kubeconfig for "+flag, nil, nil, "secrets", "verify", flag, filepath.Join(outside, "wrong"))
	}

	// What goes well tells as little.
	step("create", good, nil, create...)
	step("create by kubectl", nil, said("echo '"+tokenSecret+"'"), asked...)
	if _, err := os.Stat(filepath.Join(repo, "mesh/sealed/east/istio-remote-secret-west.yaml")); err != nil {
		t.Fatalf("nothing was sealed, so the test shows nothing: %v", err)
	}
	for _, args := range [][]string{
		{"secrets", "status"}, {"secrets", "status", "-o", "json"}, {"secrets", "verify"}, {"render"}, {"check"}, {"validate"}, {"validate", "-o", "json"},
		{"secrets", "verify", "--private-key", filepath.Join(outside, "east.key")}, {"live", "--cluster", "east"}, {"render", "--cluster", "east", "--stdout"},
		{"secrets", "rotate", "west"}, {"secrets", "rotate", "west", "--context", "west"}, {"secrets", "rotate", "west", "--retire"},
		{"uninstall", "west", "--force"}, {"secrets", "reseal", "--private-key", filepath.Join(outside, "east.key")},
	} {
		step(strings.Join(args, " "), nil, nil, args...)
	}
	put(filepath.Join(repo, "mesh/sealing/east.pem"), sealtest.Certificate("renewed", sealtest.Today.AddDate(0, 0, -3)), 0o644)
	for _, args := range [][]string{{"secrets", "status"}, {"secrets", "reseal", "--private-key", filepath.Join(outside, "east.key")}, {"secrets", "verify", "--private-key", filepath.Join(outside, "east.key")}} {
		step("with a renewed key: "+strings.Join(args, " "), nil, nil, args...)
	}
	scan("what was sealed")

	// A Secret that somebody put among the inputs is not repeated.
	for what, text := range map[string]string{
		"plaintext":             "apiVersion: v1\nkind: Secret\nmetadata: {name: mine, namespace: istio-system}\nstringData: {token: " + token + "}\n",
		"plaintext of a number": "apiVersion: v1\nkind: Secret\nmetadata: {name: mine, namespace: " + canaryText + "}\ndata: {token: 12}\n",
		"broken":                "apiVersion: v1\nkind: Secret\ndata: [" + canaryText + "\n",
		"an alias":              "kind: Secret\na: *" + canaryText + "\n",
		"a tag":                 "kind: Secret\na: !" + canaryText + " x\n",
		"a key twice":           "kind: Secret\ndata: {a: " + canaryText + ", a: " + canaryText + "}\n",
		"no kind":               "stringData: {token: " + token + "}\n",
		"a tab":                 "kind: Secret\n\t" + canaryText + ": x\n",
		"a control character":   "kind: Secret\ndata: {a: \"" + canaryText + "\x01\"}\n",
	} {
		step(what+" in sealed/", nil, file("mesh/sealed/east/mine.yaml", []byte(text)), "render")
		for _, args := range [][]string{{"validate"}, {"check"}, {"secrets", "status"}, {"secrets", "verify"}, create} {
			step(what+" in sealed/, "+args[0], good, nil, args...)
		}
	}
	scan("what somebody left in sealed/", "mesh/sealed/east/mine.yaml")
	if err := os.Remove(filepath.Join(repo, "mesh/sealed/east/mine.yaml")); err != nil {
		t.Fatal(err)
	}

	// With an external store, the program that puts says what it was given.
	put(filepath.Join(repo, "mesh/mesh.yaml"), bytes.Replace(meshText, []byte("  clusters:\n"), []byte("  secrets: {backend: external, external: {store: {name: vault}}}\n  clusters:\n"), 1), 0o644)
	for what, script := range map[string]string{
		"as it is":          "tee /dev/stderr; exit 1",
		"a line of it":      "tr '\\\\' '\\n' | tail -n 2 >&2; exit 1",
		"a part of it":      "grep -o 'token: eyJ.*' | cut -c 30-60 >&2; exit 1",
		"base64":            "base64 >&2; exit 1",
		"base64 in columns": "base64 | fold -w 20 >&2; exit 1",
		"bytes":             "od -An -tx1 >&2; exit 1",
		"and succeeds":      "tee /dev/stderr",
	} {
		file := filepath.Join(bin, "putter")
		put(file, []byte("#!/bin/sh\n"+script+"\n"), 0o755)
		step("a store, "+what, good, nil, append(create[:len(create):len(create)], "--", file, "{key}")...)
	}
	if lock, err := os.ReadFile(filepath.Join(repo, "mesh/sealed/.tags.lock")); err != nil || !bytes.Contains(lock, []byte("\nput istio-remote-secret-west ")) {
		t.Errorf("nothing was put, so the test shows nothing: %v", err)
	}
	for _, args := range [][]string{{"secrets", "status"}, {"secrets", "verify"}, {"render"}, {"secrets", "reseal"}, {"secrets", "remove", "west"}} {
		step("with a store: "+strings.Join(args, " "), nil, nil, args...)
	}
	scan("what was put")
	t.Logf("%d commands ran, %d of them failed", ran, failed)
	if ran < 150 || failed < 130 {
		t.Errorf("only %d commands ran, and %d of them failed", ran, failed)
	}
}
