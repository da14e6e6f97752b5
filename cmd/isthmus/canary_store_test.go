package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// issuing gives a command that issues with a root that the mesh trusts.
func (c *canary) issuing(more ...string) []string {
	return append([]string{"ca", "issue", "east", "--key", c.private("root.age"), "--identity", c.private("identity")}, more...)
}

// endless programs have to be stopped.
var endless = map[string]string{
	"prints it without end": `text=$(cat); exec yes "$text"`,
	"says it without end":   `text=$(cat); exec yes "$text" >&2`,
	"says it, and hangs":    "cat >&2; exec sleep 60",
}

// sopses fail, or give what they should not.
func (c *canary) sopses() {
	c.restart() // sealing keys are pinned
	c.newRoot()
	c.backend("backend: sops")
	c.put(".sops.yaml", "creation_rules: [{path_regex: ^mesh/sealed/, age: age1all}]\n")
	log := c.give("sops.log", "")
	sopses := map[string]string{
		"gives what it got":          "cat",
		"gives it with metadata":     "cat; printf 'sops:\\n  mac: x\\n'",
		"gives base64 of it":         "base64",
		"gives it as JSON":           `sed 's/"/\\"/g' | tr '\n' ' '`,
		"gives nothing":              "cat >/dev/null",
		"leaves it plain":            "FAKE_SOPS=plain exec " + c.sops + " \"$@\"",
		"leaves one value plain":     c.sops + " \"$@\" >OUT; cat OUT; grep ': [A-Za-z0-9+/]*=*$' IN",
		"encrypts the metadata":      "FAKE_SOPS=metadata exec " + c.sops + " \"$@\"",
		"makes no code":              "FAKE_SOPS=mac exec " + c.sops + " \"$@\"",
		"has another regex":          "FAKE_SOPS=regex exec " + c.sops + " \"$@\"",
		"encrypts for others":        "FAKE_SOPS=others exec " + c.sops + " \"$@\"",
		"prints it, and fails":       "cat; exit 1",
		"says a part":                "grep -o ': [A-Za-z0-9+/=]*$' | cut -c 40-60 >&2; exit 1",
		"says the end":               "grep -o '[A-Za-z0-9+/=]*$' | tail -c 30 >&2; exit 1",
		"says some characters":       "tail -c 200 | head -c 40 | sed 's/^/sops: cannot read /' >&2; exit 1",
		"says a value, opened":       "sed -n 's/^ *[a-z.-]*: \\([A-Za-z0-9+/=]\\{60,\\}\\)$/\\1/p' | base64 -d >&2; exit 1",
		"says some of it, opened":    "sed -n 's/^ *[a-z.-]*: \\([A-Za-z0-9+/=]\\{60,\\}\\)$/\\1/p' | base64 -d | tail -c 40 >&2; exit 1",
		"says a key that is missing": "head -c 300 | sed 's/^/flag provided but not defined: /' >&2; exit 1",
		"crashes":                    "cat >&2; kill -9 $$",
	}
	for form, script := range shellForms {
		sopses["says it, "+form] = "{ " + script + "; } >&2; exit 1"
	}
	commands := func(what string) {
		c.step(what, c.kubeconfig, createGiven...)
		c.step(what, nil, c.issuing()...)
	}
	write := func(script string) {
		script = strings.NewReplacer("IN", log, "OUT", c.give("out", "")).Replace(script)
		// What it is given is kept: the keys in it are known from nowhere else.
		c.program("sops", "#!/bin/sh\ncase \"$1\" in --version) exec "+c.sops+" \"$@\" ;; esac\ntee -a "+log+" | {\n"+script+"\n}\n")
	}
	for what, script := range sopses {
		write(script)
		commands("sops " + what)
	}
	for what, script := range endless {
		write(script)
		c.brief(what, func() { c.step("sops "+what, c.kubeconfig, createGiven...) })
	}
	write("tee /dev/stderr | " + c.sops + " \"$@\"")
	commands("sops says it, and succeeds")
	if manifest, err := os.ReadFile(filepath.Join(c.repo, "mesh/sealed/east/istio-remote-secret-west.yaml")); err != nil || !bytes.Contains(manifest, []byte("ENC[")) {
		c.Fatalf("sops sealed nothing, so the test shows nothing: %v\n%s", err, c.outputs[len(c.outputs)-1].text)
	}
	for what, script := range map[string]string{
		"opens it to standard error": c.sops + " \"$@\" >&2; exit 1",
		"opens it, and fails":        c.sops + " \"$@\"; exit 1",
		"opens it as text":           c.sops + " \"$@\" | base64",
		"opens half of it":           c.sops + " \"$@\" | head -c 400",
		"opens a broken one":         c.sops + " \"$@\" | sed 's/^data:/data: [/'",
		"opens another type":         c.sops + " \"$@\" | sed 's/^data:/data: {a: [x]}\\nmore:/'",
		"opens another":              c.sops + " \"$@\" | sed 's/eyJ/eyX/'",
		"opens it":                   c.sops + " \"$@\"",
	} {
		write("export FAKE_SOPS_KEY=1; " + script)
		c.step("sops "+what, nil, "secrets", "verify", "--open")
		c.step("sops "+what, nil, "secrets", "reseal")
		c.step("sops "+what, c.kubeconfig, createGiven...)
	}
	c.step("with sops", nil, "render", "--rebind")
	c.step("with sops", nil, "check")
	given, err := os.ReadFile(log)
	if err != nil {
		c.Fatal(err)
	}
	found := regexp.MustCompile(`ca-key\.pem: (LS0t[A-Za-z0-9+/=]+)`).FindAllSubmatch(given, -1)
	if len(found) < 15 {
		c.Fatalf("sops was given %d keys:\n%s", len(found), given)
	}
	for _, m := range found {
		key, err := base64.StdEncoding.DecodeString(string(m[1]))
		if err != nil {
			c.Fatal(err)
		}
		c.addKey("the key of an intermediate", key)
	}
	c.restart()
	c.scan()
}

// stores are external ones: the program that puts says what it was given.
func (c *canary) stores() {
	c.newRoot()
	c.backend("backend: external, external: {store: {name: vault}}")
	log := c.give("put.log", "")
	putters := map[string]string{
		"a line of it":       "tr '\\\\' '\\n' | tail -n 2 >&2; exit 1",
		"a part of it":       "grep -o 'token: eyJ.*' | cut -c 30-60 >&2; exit 1",
		"its end":            "tail -c 40 >&2; exit 1",
		"base64 in columns":  "base64 | fold -w 20 >&2; exit 1",
		"hexadecimal dump":   "od -An -v -tx1 >&2; exit 1",
		"decimal bytes":      "od -An -v -tu1 | tr -s ' \\n' ' ' >&2; exit 1",
		"the key of it":      "sed 's/\\\\n/\\n/g' | grep -A 3 'PRIVATE KEY' >&2; exit 1",
		"on standard output": "cat; exit 1",
		"and crashes":        "cat >&2; kill -9 $$",
	}
	for form, script := range shellForms {
		putters[form] = "{ " + script + "; } >&2; exit 1"
	}
	commands := func(what, script string) {
		file := c.program("putter", "#!/bin/sh\ntee -a "+log+" | {\n"+script+"\n}\n")
		c.step("a store, "+what, c.kubeconfig, append(createGiven[:len(createGiven):len(createGiven)], "--", file, "{key}")...)
		c.step("a store, "+what, nil, c.issuing("--", file, "{key}")...)
	}
	for what, script := range putters {
		commands(what, script)
	}
	for what, script := range endless {
		c.brief(what, func() { commands(what, script) })
	}
	commands("says it, and succeeds", "tee /dev/stderr")
	for what, program := range map[string][]string{
		"no program": {}, "one that is not there": {"no-such-program", "{key}"}, "no mark": {"cat"}, "a folder": {c.outside, "{key}"},
		"one that cannot run": {log, "{key}"}, "a secret for a program": {canaryText[:8], "{key}"},
	} {
		c.step(what, c.kubeconfig, append(createGiven[:len(createGiven):len(createGiven)], append([]string{"--"}, program...)...)...)
		c.step(what, nil, c.issuing(append([]string{"--"}, program...)...)...)
	}
	if lock, err := os.ReadFile(filepath.Join(c.repo, "mesh/sealed/.tags.lock")); err != nil || !bytes.Contains(lock, []byte("\nput istio-remote-secret-west ")) {
		c.Errorf("nothing was put, so the test shows nothing: %v", err)
	}
	for _, args := range [][]string{{"secrets", "status"}, {"secrets", "verify"}, {"render"}, {"secrets", "reseal"}, {"secrets", "remove", "west"}} {
		c.step("with a store", nil, args...)
	}
	given, err := os.ReadFile(log)
	if err != nil {
		c.Fatal(err)
	}
	keys := 0
	for reader := json.NewDecoder(bytes.NewReader(given)); ; {
		var data map[string]string
		if reader.Decode(&data) != nil {
			break
		}
		if key := data["ca-key.pem"]; key != "" {
			keys++
			c.addKey("the key of an intermediate", []byte(key))
		}
	}
	if keys < 15 {
		c.Errorf("the program was given %d keys", keys)
	}
	c.restart()
	c.scan()
}

// restart leaves nothing sealed and nothing rendered.
func (c *canary) restart() {
	c.scan()
	for _, name := range []string{"mesh/sealed", "mesh/ca", "overlays", "clusters", ".sops.yaml"} {
		if err := os.RemoveAll(filepath.Join(c.repo, name)); err != nil {
			c.Fatal(err)
		}
	}
	c.put("mesh/mesh.yaml", c.mesh)
}
