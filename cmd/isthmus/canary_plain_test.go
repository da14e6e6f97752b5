package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// plain is plaintext that somebody put among the inputs: it is refused, and not
// repeated.
func (c *canary) plain() {
	metadata := "metadata: {name: mine, namespace: istio-system}\n"
	for what, text := range map[string]string{
		"plaintext":             "apiVersion: v1\nkind: Secret\n" + metadata + "stringData: {token: " + c.token + "}\n",
		"plaintext of a number": "apiVersion: v1\nkind: Secret\nmetadata: {name: mine, namespace: " + canaryText + "}\ndata: {token: 12}\n",
		"broken":                "apiVersion: v1\nkind: Secret\ndata: [" + canaryText + "\n",
		"an alias":              "kind: Secret\na: *" + canaryText + "\n",
		"a tag":                 "kind: Secret\na: !" + canaryText + " x\n",
		"a key twice":           "kind: Secret\ndata: {a: " + canaryText + ", a: " + canaryText + "}\n",
		"no kind":               "stringData: {token: " + c.token + "}\n",
		"a tab":                 "kind: Secret\n\t" + canaryText + ": x\n",
		"a control character":   "kind: Secret\ndata: {a: \"" + canaryText + "\x01\"}\n",
		"sops that left it":     "apiVersion: v1\nkind: Secret\n" + metadata + "data: {token: " + base64.StdEncoding.EncodeToString([]byte(canaryText)) + "}\nsops: {mac: x}\n",
	} {
		c.lying("mesh/sealed/east/mine.yaml", text, func() {
			for _, args := range [][]string{{"render"}, {"validate"}, {"check"}, {"secrets", "status"}, {"secrets", "verify"}, createGiven} {
				c.step(what+" in sealed/", c.kubeconfig, args...)
			}
		})
	}

	// The files of Services and mesh.yaml are the user's own.
	key := strings.TrimSpace(string(sealtest.PrivatePEM("east")))
	indent := func(text string) string { return strings.ReplaceAll(text, "\n", "\n    ") }
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: ads, namespace: shop}\nspec:\n  ports: [{name: http, port: 9080}]\n---\n"
	configMap := func(value string) string { return "kind: ConfigMap\ndata:\n  x: " + value + "\n" }
	b64 := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	listed := strings.Replace(c.mesh, "  services:\n", "  services:\n    - {file: services/shop.yaml, clusters: [east]}\n", 1)
	for what, text := range map[string]string{
		"a Secret":               "apiVersion: v1\nkind: Secret\n" + metadata + "stringData: {password: " + canaryText + "}\n",
		"a Secret in base64":     "apiVersion: v1\nkind: Secret\n" + metadata + "data: {password: " + b64(canaryText) + "}\n",
		"a Secret in JSON":       `{"kind": "Secret", "stringData": {"password": "` + canaryText + `"}}` + "\n",
		"a Secret in a List":     "kind: List\nitems:\n- kind: Secret\n  stringData: {password: " + canaryText + "}\n",
		"a Secret that is text":  configMap("|\n    kind: Secret\n    stringData: {password: " + canaryText + "}"),
		"a Secret of odd case":   "Kind: sEcReT\nstringData: {password: " + canaryText + "}\n",
		"a Secret with a tag":    "kind: Secret\nstringData: {password: !x " + canaryText + "}\n",
		"a Secret, key twice":    "kind: Secret\nstringData: {a: " + canaryText + ", a: " + canaryText + "}\n",
		"last applied":           "kind: Service\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{\"kind\": \"Secret\", \"stringData\": {\"a\": \"" + canaryText + "\"}}'\n",
		"a generator":            "kind: Kustomization\nsecretGenerator:\n- name: x\n  literals: [password=" + canaryText + "]\n",
		"a kubeconfig":           "kind: Config\nclusters: [{name: a}]\nusers: [{name: a, user: {token: " + canaryText + "}}]\n",
		"a token":                configMap(c.token),
		"a token in base64":      configMap(b64(c.token)),
		"a key":                  configMap("|\n    " + indent(key)),
		"a key in base64, twice": configMap(b64(b64(key))),
		"a key in a comment":     "# " + strings.ReplaceAll(key, "\n", "\n# ") + "\nkind: ConfigMap\n",
	} {
		c.put("mesh/mesh.yaml", listed)
		c.lying("mesh/services/shop.yaml", service+text, func() { c.read(what + " in a file of Services") })
		if strings.Contains(text, "#") {
			continue
		}
		c.lying("mesh/mesh.yaml", c.mesh+"  extra: |\n    "+indent(strings.TrimSpace(text))+"\n", func() { c.read(what + " in mesh.yaml") })
	}
	for what, text := range map[string]string{
		"a key": key, "a token": c.token, "a broken certificate": "-----BEGIN CERTIFICATE-----\n" + b64(canaryText) + "\n-----END CERTIFICATE-----\n",
	} {
		for _, name := range []string{"mesh/ca/lost.pem", "mesh/ca/east.pem", "mesh/sealing/south.pem", "mesh/ca/lost.key", "mesh/sealed/.tags.lock"} {
			there, err := os.ReadFile(filepath.Join(c.repo, name))
			c.lying(name, text+"\n", func() {
				c.read(what + " in " + name)
				c.step(what+" in "+name, c.kubeconfig, createGiven...)
			})
			if err == nil {
				c.put(name, string(there))
			}
		}
	}
	c.put("mesh/mesh.yaml", c.mesh)
	c.scan()
}

// read runs what reads all that is there.
func (c *canary) read(what string) {
	for _, args := range [][]string{{"render"}, {"validate", "-o", "sarif"}, {"secrets", "verify"}} {
		c.step(what, nil, args...)
	}
}

// lying runs something while a secret lies in the repository, and looks for it in
// all other files.
func (c *canary) lying(name, text string, do func()) {
	c.put(name, text)
	full := filepath.Join(c.repo, name)
	c.given[full] = true
	do()
	if now, err := os.ReadFile(full); err != nil || string(now) != text {
		c.Errorf("%s: is not as it was given: %v", name, err)
	}
	if err := os.Remove(full); err != nil {
		c.Fatal(err)
	}
	delete(c.given, full)
}
