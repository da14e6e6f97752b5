package main

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// create and rotate are what seals a credential, from standard input and by
// kubectl.
var (
	createGiven = []string{"secrets", "create", "west", "--kubeconfig", "-"}
	rotateGiven = []string{"secrets", "rotate", "west", "--kubeconfig", "-"}
	createAsked = []string{"secrets", "create", "west", "--context", "west"}
	rotateAsked = []string{"secrets", "rotate", "west", "--context", "west", "--create-token"}
)

// kubeconfigs are refused on standard input.
func (c *canary) kubeconfigs() {
	good := string(c.kubeconfig)
	config := func(token string) string { return string(c.config(canaryServer, token)) }
	claim := func(name string, value any) string {
		return config(c.sign(func(claims map[string]any) { claims[name] = value }))
	}
	replace := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	ca := base64.StdEncoding.EncodeToString(sealtest.CA())
	for what, stdin := range map[string]string{
		"nothing":               "",
		"text":                  canaryText,
		"a token alone":         c.token,
		"broken YAML":           "a: [" + canaryText,
		"an anchor":             "a: *" + canaryText,
		"a tag":                 "a: !" + canaryText + " b",
		"JSON of another type":  `{"users": "` + c.token + `"}`,
		"broken JSON":           `{"users": [{"user": {"token": "` + c.token,
		"a key twice":           good + "    token: " + canaryText + "\n",
		"exec":                  good + "    exec: {command: " + canaryText + "}\n",
		"a password":            good + "    username: a\n    password: " + canaryText + "\n",
		"a client's key":        good + "    client-key-data: " + base64.StdEncoding.EncodeToString([]byte(canaryText)) + "\n",
		"a provider":            good + "    auth-provider: {name: oidc, config: {id-token: " + c.token + "}}\n",
		"a file for the token":  replace("token: ", "tokenFile: /"),
		"an unknown field":      good + "    " + canaryText + ": x\n",
		"two documents":         good + "---\n" + good,
		"another server":        string(c.config("https://10.9.0.10:6443", c.token)),
		"a server of text":      string(c.config("'%zz'", c.token)),
		"a server with a login": string(c.config("https://admin:"+canaryText+"@10.2.0.10:6443", c.token)),
		"a server with a token": string(c.config(canaryServer+"?token="+canaryText, c.token)),
		"a proxy":               replace("    server: ", "    proxy-url: http://admin:"+canaryText+"@proxy\n    server: "),
		"a number for a token":  config("12"),
		"a list for a token":    config("[" + canaryText + "]"),
		"an opaque token":       config(canaryText),
		"a token of two parts":  config(strings.Join(strings.Split(c.token, ".")[:2], ".")),
		"a token of four parts": config(c.token + "." + canaryText),
		"a token in quotes":     config("'\"" + c.token + "\"'"),
		"an unsigned token":     config("eyJhbGciOiJub25lIn0." + strings.SplitN(c.token, ".", 2)[1]),
		"claims of text":        config("eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(canaryText)) + ".c2ln"),
		"another account":       claim("sub", canaryText),
		"an expired token":      claim("exp", 1000),
		"a token of tomorrow":   claim("nbf", sealtest.Today.AddDate(0, 0, 1).Unix()),
		"a date of text":        claim("exp", canaryText),
		"another secret":        claim("kubernetes.io/serviceaccount/secret.name", "a "+canaryText),
		"another namespace":     claim("kubernetes.io/serviceaccount/namespace", canaryText),
		"no CA":                 replace("certificate-authority-data: ", "certificate-authority-data: "+canaryText+" "),
		"a CA of text":          replace(ca, base64.StdEncoding.EncodeToString([]byte(canaryText))),
		"a key for a CA":        replace(ca, base64.StdEncoding.EncodeToString(sealtest.PrivatePEM("east"))),
		"another context":       replace("current-context: admin", "current-context: "+canaryText),
		"large":                 good + strings.Repeat("# "+canaryText+"\n", 60000),
	} {
		c.step(what, []byte(stdin), createGiven...)
		if what != "nothing" {
			c.step(what, []byte(stdin), rotateGiven...)
		}
	}
	for _, flag := range []string{"--tag-key", "--private-key"} {
		wrong := c.give("wrong", good)
		c.step("a kubeconfig for "+flag, nil, "secrets", "verify", flag, wrong)
		c.step("a kubeconfig for "+flag, nil, "secrets", "reseal", flag, wrong)
		c.step("text for "+flag, nil, "secrets", "verify", flag, c.give("wrong", "ISTHMUS-TAG-KEY-1 "+canaryText))
	}
	for what, text := range map[string]string{
		"a broken key": strings.Replace(string(sealtest.PrivatePEM("east")), "M", "N", 4), "half a key": string(sealtest.PrivatePEM("east"))[:900],
		"text": canaryText, "YAML": "data: {tls.key: " + canaryText + "}",
	} {
		c.step(what, []byte(text), "secrets", "reseal", "--private-key", "-")
		c.step(what, []byte(text), "secrets", "verify", "--private-key", "-")
	}
	c.scan()
}

// shellForms are what programs make of standard input.
var shellForms = map[string]string{
	"as it is":            "cat",
	"one line":            "tr '\\n' ' '",
	"JSON":                `sed 's/\\/\\\\/g; s/"/\\"/g' | awk '{printf "%s\\n", $0}'`,
	"base64":              "base64 | tr -d '\\n'",
	"base64, moved":       "{ printf x; cat; } | base64 | tr -d '\\n'",
	"base64, moved again": "{ printf xy; cat; } | base64 | tr -d '\\n'",
	"base64 for URLs":     "base64 | tr -d '\\n=' | tr +/ -_",
	"base64 in lines":     "base64 | tr -d '\\n' | fold -w 76",
	"hexadecimal":         "od -An -v -tx1 | tr -d ' \\n'",
	"HEXADECIMAL":         "od -An -v -tx1 | tr -d ' \\n' | tr a-f A-F",
	"a URL":               "od -An -v -tx1 | tr -d '\\n' | tr ' ' %",
}

// kubectls fail, and print what they should not.
func (c *canary) kubectls() {
	kubectls := map[string]string{
		"fails with the Secret":     "echo '" + c.tokenSecret + "' >&2; exit 1",
		"fails and prints":          "echo '" + c.tokenSecret + "'; exit 1",
		"prints, and says it too":   "echo '" + c.tokenSecret + "'; echo 'warning: " + c.token + "' >&2; exit 1",
		"is forbidden":              "echo 'Error from server (Forbidden): " + c.token + "' >&2; exit 1",
		"is unauthorized":           "echo 'Error (Unauthorized): " + c.token + "' >&2; exit 1",
		"says it in a header":       "echo 'Authorization: Bearer " + c.token + "' >&2; exit 1",
		"says it in a URL":          "echo 'Get \"https://10.2.0.10:6443/api?token=" + c.token + "\": EOF' >&2; exit 1",
		"says a kubeconfig":         "cat >&2 <<E\n" + string(c.kubeconfig) + "E\nexit 1",
		"says a key":                "cat >&2 <<E\n" + string(sealtest.PrivatePEM("east")) + "E\nexit 1",
		"says a key on one line":    "tr '\\n' ' ' >&2 <<E\n" + string(sealtest.PrivatePEM("east")) + "E\nexit 1",
		"prints text":               "echo '" + c.token + "'",
		"prints broken JSON":        "echo '" + c.tokenSecret[:len(c.tokenSecret)-4] + "'",
		"prints another type":       `echo '{"data": {"token": ["` + c.token + `"]}}'`,
		"prints no base64":          `echo '{"data": {"token": "!` + c.token + `"}}'`,
		"prints an empty Secret":    "echo '" + c.secret(map[string][]byte{"other": []byte(canaryText)}) + "'",
		"prints a Secret of no CA":  "echo '" + c.secret(map[string][]byte{"token": []byte(c.token)}) + "'",
		"prints a bad CA":           "echo '" + c.secret(map[string][]byte{"token": []byte(c.token), "ca.crt": []byte(canaryText)}) + "'",
		"prints an opaque token":    "echo '" + c.secret(map[string][]byte{"token": []byte(canaryText), "ca.crt": sealtest.CA()}) + "'",
		"prints another's token":    "echo '" + c.secret(map[string][]byte{"token": []byte(c.sign(func(m map[string]any) { m["sub"] = canaryText })), "ca.crt": sealtest.CA()}) + "'",
		"creates nothing, and says": "case \"$*\" in *create*) echo '" + c.token + "' >&2; exit 1;; esac",
		"crashes":                   "echo '" + c.token + "' >&2; kill -9 $$",
	}
	for what, script := range kubectls {
		c.says(script)
		c.step("kubectl "+what, nil, createAsked...)
		c.step("kubectl "+what, nil, append(createAsked[:len(createAsked):len(createAsked)], "--create-token")...)
		c.step("kubectl "+what, nil, rotateAsked...)
		c.step("kubectl "+what, nil, "refresh", "--context", "east", "--check")
	}
	for form, script := range shellForms {
		c.says("printf %s '" + c.token + "' | { " + script + "; } >&2; exit 1")
		c.step("kubectl says the token, "+form, nil, createAsked...)
		c.says("echo '" + c.tokenSecret + "' | { " + script + "; } >&2; exit 1")
		c.step("kubectl says the Secret, "+form, nil, createAsked...)
	}
	for what, script := range map[string]string{"prints without end": "exec yes TOKEN", "says without end": "exec yes TOKEN >&2", "hangs": "echo TOKEN; echo TOKEN >&2; exec sleep 60"} {
		c.says(strings.ReplaceAll(script, "TOKEN", "'"+c.token+"'"))
		c.brief(what, func() { c.step("kubectl "+what, nil, createAsked...) })
	}
	c.backend("token: request")
	for what, script := range map[string]string{
		"text":          "echo " + canaryText,
		"two tokens":    "echo '" + c.token + "'; echo '" + c.token + "'",
		"a long one":    "echo '" + c.token + "'",
		"an old one":    "echo '" + c.sign(func(m map[string]any) { m["exp"] = 1000 }) + "'",
		"a warning":     "echo '" + c.token + "' >&2; exit 1",
		"the Secret":    "echo '" + c.tokenSecret + "'",
		"nothing to it": "echo '" + c.token + "' >&2",
	} {
		c.says("case \"$*\" in *configmap*) echo '{\"data\": {\"ca.crt\": \"" + strings.ReplaceAll(string(sealtest.CA()), "\n", `\\n`) + "\"}}' ;; *) " + script + " ;; esac")
		c.step("kubectl requests "+what, nil, createAsked...)
		c.step("kubectl requests "+what, nil, rotateAsked[:len(rotateAsked)-1]...)
	}
	c.put("mesh/mesh.yaml", c.mesh)
	good, err := os.ReadFile(c.private("config"))
	if err != nil {
		c.Fatal(err)
	}
	for what, text := range map[string]string{
		"broken":          `{"clusters": [{"cluster": {"server": "` + canaryText,
		"another type":    `{"clusters": "` + c.token + `"}`,
		"another cluster": `{"clusters": [{"cluster": {"server": "https://10.1.0.10:6443"}}], "users": [{"user": {"token": "` + c.token + `"}}]}`,
		"two clusters":    `{"clusters": [{"name": "` + canaryText + `"}, {}]}`,
	} {
		c.give("config", text)
		c.step("a kubeconfig of kubectl, "+what, nil, createAsked...)
		c.step("a kubeconfig of kubectl, "+what, nil, rotateAsked...)
	}
	c.give("config", string(good))
	c.scan()
}

// brief runs something with little patience for a program that hangs.
func (c *canary) brief(what string, do func()) {
	if !strings.HasSuffix(what, "hangs") {
		do()
		return
	}
	before := patience
	patience = 500 * time.Millisecond
	defer func() { patience = before }()
	do()
}

// sealed is a Secret that lies in the repository as it should: what goes well
// tells as little.
func (c *canary) sealed() {
	c.step("create", c.kubeconfig, createGiven...)
	c.says("echo '" + c.tokenSecret + "'")
	c.step("create by kubectl", nil, createAsked...)
	manifest, err := os.ReadFile(filepath.Join(c.repo, "mesh/sealed/east/istio-remote-secret-west.yaml"))
	if err != nil || !bytes.Contains(manifest, []byte("kind: SealedSecret")) {
		c.Fatalf("nothing was sealed, so the test shows nothing: %v\n%s", err, c.outputs[len(c.outputs)-1].text)
	}
	key := c.private("east.key")
	for _, args := range [][]string{
		{"secrets", "status"}, {"secrets", "status", "-o", "json"}, {"secrets", "verify"}, {"render"}, {"check"}, {"validate"}, {"validate", "-o", "json"},
		{"secrets", "verify", "--private-key", key}, {"live", "--cluster", "east"}, {"render", "--cluster", "east", "--stdout"},
		{"secrets", "rotate", "west"}, {"secrets", "rotate", "west", "--context", "west"}, {"secrets", "rotate", "west", "--retire"},
		{"uninstall", "west", "--force"}, {"secrets", "reseal", "--private-key", key},
	} {
		c.step("sealed", nil, args...)
	}
	c.put("mesh/sealing/east.pem", string(sealtest.Certificate("renewed", sealtest.Today.AddDate(0, 0, -3))))
	for _, args := range [][]string{{"secrets", "status"}, {"secrets", "reseal", "--private-key", key}, {"secrets", "verify", "--private-key", key}} {
		c.step("with a renewed key", nil, args...)
	}
	c.put("mesh/sealing/east.pem", string(sealtest.Certificate("east", sealtest.Today.AddDate(0, 0, -30))))
	c.scan()
}
