package mesh_test

import (
	"encoding/base64"
	encodingpem "encoding/pem"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

const clearMesh = `apiVersion: isthmus.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  istio: {version: "1.30.3"}
  clusters:
    - {name: east, apiServer: "https://10.1.0.10:6443", podCIDRs: [10.10.0.0/16], serviceCIDRs: [10.110.0.0/16], controlPlane: {expose: dedicatedGateway, addresses: [10.1.255.10]}}
    - {name: west, apiServer: "https://10.2.0.10:6443", podCIDRs: [10.20.0.0/16], serviceCIDRs: [10.120.0.0/16]}
`

// clearService is a file of Services, to which a test adds what it hides.
const clearService = "apiVersion: v1\nkind: Service\nmetadata: {name: reviews, namespace: bookinfo}\nspec:\n  ports: [{name: http, port: 9080}]\n---\n"

// loadClear reads a mesh with a file of Services; more is added to mesh.yaml.
func loadClear(services, more string) string {
	files := fstest.MapFS{
		"mesh.yaml":          {Data: []byte(clearMesh + more + "  services:\n    - {file: services/shop.yaml, clusters: [east]}\n")},
		"services/shop.yaml": {Data: []byte(services)},
	}
	_, problems := mesh.Load(mesh.Source{FS: files, Name: "mesh.yaml", Dir: "mesh", AllowUntested: true})
	return problems.Errors().Text()
}

// encrypted is a value as sops leaves it, and sampleJWT the one that jwt.io opens with.
const (
	encrypted = "ENC[AES256_GCM,data:5ZtScfhvTclto1Wc,iv:npnVdBsU9Ya1RNuAo88qkQzO5fKUgqOTps4NI9my8x4=,tag:i+PKWcb8CHCF2oE4cTAcKw==,type:str]"
	sampleJWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
)

func indent(text string, by int) string {
	return strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", by))
}

// A secret in the clear is refused wherever it hides, with its file and line.
func TestInClear(t *testing.T) {
	pem := strings.TrimSpace(string(sealtest.PrivatePEM("east")))
	jwt := sealtest.Token(sealtest.Claims("reader"))
	const identity = "AGE-SECRET-KEY-1QQPQ2ZSKE9N3A9M0D0ZC8LL7YQ4H2Z5R4K2ZP7XJ3Q0Y9U8V6W5SX4T3R2"
	der, _ := encodingpem.Decode([]byte(pem))
	b64 := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	secret := "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata: {password: aHVudGVyMg==}\n"
	inJSON := `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"},"data":{"password":"aHVudGVyMg=="}}`
	configMap := func(value string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  x: " + value + "\n"
	}
	wrapped := func(text string) string {
		lines := ""
		for ; len(text) > 60; text = text[60:] {
			lines += text[:60] + "\n    "
		}
		return "|\n    " + lines + text
	}
	const clear, key, token = "a Secret with its content", "a private key", "a token"
	disguises := []struct {
		name, text string
		line       int // of the text, from 1
		what       string
	}{
		{"data", secret, 1, clear},
		{"stringData", "kind: Secret\nstringData: {password: hunter2}\n", 1, clear},
		{"kind comes last", "stringData:\n  password: hunter2\nkind: Secret\n", 1, clear},
		{"odd case", "Kind: sEcReT\nDATA: {password: aHVudGVyMg==}\n", 1, clear},
		{"escaped", "kind: \"S\\u0065cret\"\ndata: {password: aHVudGVyMg==}\n", 1, clear},
		{"JSON", inJSON + "\n", 1, clear},
		{"third document", "kind: ConfigMap\n---\n" + secret, 3, clear},
		{"List", "apiVersion: v1\nkind: List\nitems:\n  - " + indent(strings.TrimSpace(secret), 4) + "\n", 4, clear},
		{"List in a List", "kind: List\nitems:\n- kind: List\n  items:\n  - " + indent(strings.TrimSpace(secret), 4) + "\n", 5, clear},
		{"SecretList", "apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: x}\n  data: {password: aHVudGVyMg==}\n", 4, clear},
		{"template of another kind", "kind: SecretTemplate\nspec:\n  template:\n    kind: Secret\n    stringData: {password: hunter2}\n", 4, clear},
		{"content without its kind", "kind: Bundle\nspec:\n  secret:\n    stringData: {password: hunter2}\n", 4, "the content of a Secret"},
		{"values of a HelmRelease", "kind: HelmRelease\nspec:\n  values:\n    extra:\n    - " + indent(strings.TrimSpace(secret), 6) + "\n", 5, clear},
		{"PEM in a HelmRelease", "kind: HelmRelease\nspec:\n  values:\n    ca:\n      key: |\n        " + indent(pem, 8) + "\n", 6, key},
		{"ConfigMap with a manifest", configMap("|\n    " + indent(strings.TrimSpace(secret), 4)), 5, clear},
		{"ConfigMap with a manifest in base64", configMap(b64(secret)), 5, clear + ", in base64"},
		{"ConfigMap with a manifest in JSON", configMap("'" + inJSON + "'"), 5, clear},
		{"patch in a Kustomization", "kind: Kustomization\nspec:\n  patches:\n  - patch: |\n      - op: add\n        path: /items/-\n        value: " + inJSON + "\n", 4, clear},
		{"secretGenerator", "kind: Kustomization\nsecretGenerator:\n- name: x\n  literals: [password=hunter2]\n", 3, "the content of a Secret"},
		{"last applied", "kind: Service\napiVersion: v1\nmetadata:\n  name: x\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      " + inJSON + "\n", 6, clear},
		{"ConfigMap with PEM", configMap("|\n    " + indent(pem, 4)), 6, key},
		{"PEM on one line", configMap(`"` + strings.ReplaceAll(pem, "\n", `\n`) + `"`), 5, key},
		{"PEM in a comment", "# " + strings.ReplaceAll(pem, "\n", "\n# ") + "\nkind: ConfigMap\n", 1, key},
		{"PEM in base64", configMap(b64(pem)), 5, key + ", in base64"},
		{"PEM in base64, misaligned", configMap("x/y" + b64("x"+pem)), 5, key + ", in base64"},
		{"PEM in base64, twice", configMap(b64(b64(pem))), 5, key + ", in base64"},
		{"PEM in base64, three times", configMap(b64(b64(b64(pem)))), 5, key + ", in base64"},
		{"binaryData in lines", "kind: ConfigMap\nbinaryData:\n  x: " + wrapped(b64(pem)) + "\n", 4, key + ", in base64"},
		{"JWT", configMap(jwt), 5, token},
		{"JWT behind a word", configMap("\"Bearer " + jwt + "\""), 5, token},
		{"JWT in base64", configMap(b64(jwt)), 5, token + ", in base64"},
		{"JWT in base64 for URLs", configMap(base64.RawURLEncoding.EncodeToString([]byte("? " + jwt))), 5, token + ", in base64"},
		{"kubeconfig", "kind: Config\nclusters: [{name: a, cluster: {server: \"https://a\"}}]\nusers: [{name: a, user: {token: opaque-1234}}]\n", 1, "a kubeconfig with a login"},
		{"kubeconfig in base64", configMap(b64("clusters: [{name: a}]\nusers: [{name: a, user: {token: opaque-1234}}]\n")), 5, "a kubeconfig with a login, in base64"},
		{"age identity", configMap(identity), 5, "an identity of age"},
		{"age identity in base64", configMap(b64("# created\n" + identity)), 5, "an identity of age, in base64"},
		{"small age identity", configMap(strings.ToLower(identity)), 5, "an identity of age"},
		{"key of tags", configMap("ISTHMUS-TAG-KEY-1 " + b64(strings.Repeat("x", 32))), 5, "a key of tags"},
		{"private JWK", configMap(`'{"keys":[{"kty":"EC","crv":"P-256","x":"eA","y":"eQ","d":"ZA"}]}'`), 5, "a private key as a JWK"},
		{"sops that encrypted nothing", "kind: Secret\ndata: {password: aHVudGVyMg==}\nstringData: {token: plain}\nsops: {mac: x}\n", 1, clear},
		{"sops that left a value", "kind: Secret\ndata: {a: \"" + encrypted + "\", password: aHVudGVyMg==}\nsops: {mac: \"" + encrypted + "\"}\n", 1, clear},
		{"sops in name alone", "kind: Secret\nstringData: {password: \"ENC[AES256_GCM,data:hunter2]\"}\nsops: {mac: \"" + encrypted + "\"}\n", 1, clear},
		{"empty data in another case", "kind: Secret\ndata: {password: aHVudGVyMg==}\nDATA: {}\n", 1, clear},
		{"data that nobody encoded", "kind: Secret\ndata: {password: hunter2}\n", 1, clear},
		{"placeholder beside a value", "kind: Secret\nstringData: {user: \"${USER}\", password: hunter2}\n", 1, clear},
		{"placeholder within a value", "kind: Secret\nstringData: {password: \"${P}hunter2${P}\"}\n", 1, clear},
		{"default of a placeholder", "kind: Secret\nstringData: {password: \"${P:-hunter2}\"}\n", 1, clear},
		{"text of a template", "kind: Secret\nstringData: {password: '{{ \"hunter2\" }}'}\n", 1, clear},
		{"comment of a template", "kind: Secret\nstringData: {password: '{{/* hunter2 */}}'}\n", 1, clear},
		{"what Kyverno generates", "kind: ClusterPolicy\nspec:\n  generate:\n    kind: Secret\n    data:\n      metadata: {}\n      data: {password: aHVudGVyMg==}\n", 4, clear},
		{"a value beside metadata", "kind: Secret\ndata: {metadata: {}, password: aHVudGVyMg==}\n", 1, clear},
		{"Secret below properties", "kind: Bundle\nproperties:\n  kind: Secret\n  stringData: {password: hunter2}\n", 3, clear},
		{"content below properties", "kind: Bundle\nproperties:\n  stringData: {type: object, password: hunter2}\n", 3, "the content of a Secret"},
		{"default in a schema", "kind: Bundle\npatternProperties:\n  stringData: {type: object, default: {password: hunter2}}\n", 3, "the content of a Secret"},
		{"kubeconfig with a placeholder and a login", "clusters: [{name: a}]\nusers: [{name: a, user: {token: __TOKEN__}}, {name: b, user: {password: hunter2}}]\n", 1, "a kubeconfig with a login"},
		{"kubeconfig with an auth-provider", "clusters: [{name: a}]\nusers: [{name: a, user: {auth-provider: {name: oidc, config: {refresh-token: opaque-1234}}}}]\n", 1, "a kubeconfig with a login"},
		{"key in DER", "kind: ConfigMap\nbinaryData: {tls.key: " + b64(string(der.Bytes)) + "}\n", 2, key + ", in base64"},
		{"PEM without its first line", configMap("|\n    " + indent(strings.Join(strings.Split(pem, "\n")[1:len(strings.Split(pem, "\n"))-1], "\n"), 4)), 6, key + ", in base64"},
		{"PEM with a header", configMap("|\n    " + indent(strings.Replace(pem, "\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", 1), 4)), 6, key},
		{"PEM as texts that are added", configMap("'\"" + strings.ReplaceAll(pem, "\n", "\\n\" + \"") + "\"'"), 5, key},
		{"JWT behind a sample", configMap(sampleJWT + " " + jwt), 5, token},
		{"annotation of a Service", "apiVersion: v1\nkind: Service\nmetadata:\n  name: x\n  annotations:\n    token: " + jwt + "\n", 6, token},
	}
	if len(disguises) < 30 {
		t.Errorf("only %d disguises", len(disguises))
	}
	for _, tt := range disguises {
		t.Run(tt.name, func(t *testing.T) {
			got := loadClear(clearService+tt.text, "")
			want := regexp.MustCompile(fmt.Sprintf(`(?m)^isthmus: error: mesh/services/shop.yaml:%d:[1-9][0-9]*: holds %s; everybody who reads this repository can read it \(IST506\)$`, 6+tt.line, tt.what))
			if !want.MatchString(got) {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			// A reason silences no error.
			if silent := loadClear(clearService+tt.text, "  silence: [{rule: IST506, reason: it is a test}]\n"); !want.MatchString(silent) {
				t.Errorf("silenced:\n%s", silent)
			}
			for _, hidden := range []string{"hunter2", "aHVudGVyMg", "opaque-1234", identity[20:40], pem[60:90], jwt[10:40]} {
				if strings.Contains(got, hidden) {
					t.Errorf("it is repeated:\n%s", got)
				}
			}
			// In mesh.yaml itself a text hides as well in what is merged into values.
			if strings.ContainsAny(tt.text, "#") || strings.Contains(tt.text, "---") {
				return
			}
			inside := loadClear(clearService, "  istio2: {}\n  patches: |\n    "+indent(strings.TrimSpace(tt.text), 4)+"\n")
			if !strings.Contains(inside, "(IST506)") || !strings.Contains(inside, "mesh/mesh.yaml:") {
				t.Errorf("in mesh.yaml:\n%s", inside)
			}
		})
	}
}

// What only looks like a secret is left alone.
func TestNotInClear(t *testing.T) {
	certificate := string(sealtest.CA())
	der, _ := encodingpem.Decode([]byte(certificate))
	for name, text := range map[string]string{
		"certificate":             "kind: ConfigMap\ndata:\n  ca.crt: |\n    " + indent(certificate, 4) + "\n",
		"certificate in base64":   "kind: ConfigMap\ndata: {ca: " + base64.StdEncoding.EncodeToString([]byte(certificate)) + "}\n",
		"Service called secret":   "apiVersion: v1\nkind: Service\nmetadata: {name: secret, namespace: secrets, annotations: {kind: Secret}}\nspec: {ports: [{name: http, port: 80}]}\n",
		"empty Secret":            "kind: Secret\nmetadata: {name: x}\ntype: kubernetes.io/service-account-token\n",
		"Secret of nothing":       "kind: Secret\ndata: {}\nstringData: {a: \"\"}\n",
		"reference":               "kind: HelmRelease\nspec: {valuesFrom: [{kind: Secret, name: x, valuesKey: data}]}\n",
		"rights on Secrets":       "kind: ClusterRole\nrules: [{resources: [secrets], verbs: [get]}]\n",
		"ordinary base64":         "kind: ConfigMap\nbinaryData: {image: " + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("an image of which nobody makes a secret ", 40))) + "}\n",
		"digest":                  "kind: Deployment\nspec: {image: \"a/b@sha256:" + strings.Repeat("0123456789abcdef", 4) + "\"}\n",
		"SealedSecret":            string(sealtest.Manifest("istio-remote-secret-west", "west", "")),
		"Secret of sops":          "kind: Secret\ndata: {a: \"" + encrypted + "\", b: \"\"}\nsops: {mac: \"" + encrypted + "\"}\n",
		"public JWKS":             "kind: RequestAuthentication\nspec: {jwtRules: [{issuer: \"https://a/eyJ\", jwks: '{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"eA\"}]}'}]}\n",
		"issuer":                  "kind: RequestAuthentication\nspec: {jwtRules: [{issuer: \"https://issuer.example.com/realms/secret\", jwksUri: \"https://issuer.example.com/jwks.json\"}]}\n",
		"age recipient":           "kind: ConfigMap\ndata: {age: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p}\n",
		"words about keys":        "# A file that begins with -----BEGIN PRIVATE KEY----- is refused, as is AGE-SECRET-KEY-1.\nkind: ConfigMap\n",
		"schema of a Secret":      "kind: CustomResourceDefinition\nspec: {schema: {properties: {stringData: {type: object, description: as in a Secret}, data: {type: object}}}}\n",
		"kubeconfig that asks":    "clusters: [{name: a}]\nusers: [{name: a, user: {exec: {command: aws}}}]\n",
		"long words":              "kind: ConfigMap\ndata: {path: " + strings.Repeat("abcdefghij/", 40) + "}\n",
		"ExternalSecret":          "kind: ExternalSecret\nspec: {target: {template: {data: {password: \"{{ .password }}\"}}}}\n",
		"what Kyverno generates":  "kind: ClusterPolicy\nspec: {rules: [{generate: {kind: Secret, name: a, data: {kind: Secret, type: Opaque, metadata: {labels: {a: b}}, data: {x: \"{{ request.object.data.x }}\"}}}}]}\n",
		"without its kind":        "kind: ClusterPolicy\nspec: {rules: [{generate: {kind: Secret, name: a, data: {type: Opaque, metadata: {labels: {a: b}}, data: {}}}}]}\n",
		"what Kyverno looks for":  "kind: ClusterPolicy\nspec: {rules: [{validate: {pattern: {kind: Secret, data: {password: \"?*\"}}}}]}\n",
		"key of a reference":      "kind: Backup\nspec: {from: {kind: Secret, name: foo, data: key}, to: {kind: Secret, stringData: key, data: [key]}}\n",
		"kubeconfig to fill in":   "kind: ConfigMap\ndata:\n  kubeconfig: |\n    clusters: [{name: a}]\n    users: [{name: a, user: {token: __SERVICEACCOUNT_TOKEN__}}, {name: b, user: {token: \"${TOKEN}\"}}, {name: c, user: {password: \"{{ .Values.password | quote }}\"}}]\n",
		"Secret to fill in":       "kind: Secret\ndata: {a: \"{{ .Values.a | b64enc }}\"}\nstringData: {b: \"${B}\", c: __C__}\n",
		"literals to fill in":     "kind: Kustomization\nsecretGenerator: [{name: a, literals: [\"a=${A}\", b=__B__]}]\n",
		"README about keys":       "kind: ConfigMap\ndata:\n  README.md: |\n    -----BEGIN RSA PRIVATE KEY-----\n    MIIEpAIBAAKCAQEA...\n    -----END RSA PRIVATE KEY-----\n",
		"prose about keys":        "kind: ConfigMap\ndata:\n  README.md: |\n    -----BEGIN PRIVATE KEY----- MIIEvAIBADANBgkqhkiG is how a key of many letters begins and these are not one of them at all\n    -----END PRIVATE KEY-----\n",
		"JWT of jwt.io":           "kind: ConfigMap\ndata: {page: \"" + sampleJWT + "\"}\n",
		"JWT of Istio's samples":  "kind: ConfigMap\ndata: {page: \"" + sealtest.Token(map[string]any{"iss": "testing@secure.istio.io", "sub": "testing@secure.istio.io"}) + "\"}\n",
		"schema of a JWK":         "kind: CustomResourceDefinition\nspec: {schema: {properties: {kty: {type: string}, d: {type: string}, k: {type: string}}}}\n",
		"schema by patterns":      "kind: CustomResourceDefinition\nspec: {schema: {patternProperties: {stringData: {type: object, additionalProperties: {type: string}, x-kubernetes-map-type: atomic}}}}\n",
		"public key in DER":       "kind: ConfigMap\nbinaryData: {ca.der: " + base64.StdEncoding.EncodeToString(der.Bytes) + "}\n",
		"a JWT's parts in a page": "kind: ConfigMap\ndata: {page: \"eyJhbGciOi and eyJzdWIiOi. are parts\"}\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got := loadClear(clearService+text, ""); strings.Contains(got, rule.SecretInClear.Code) {
				t.Error(got)
			}
		})
	}
	t.Run("real Services", func(t *testing.T) {
		text, err := os.ReadFile("../../mesh/services/online-boutique.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if got := loadClear(string(text), ""); strings.Contains(got, rule.SecretInClear.Code) {
			t.Error(got)
		}
	})
}

// To look for them takes time in proportion to the file, whatever is in it.
func TestInClearIsLinear(t *testing.T) {
	for name, piece := range map[string]string{
		"marks":      "-----BEGIN PRIVATE KEY-----\n",
		"tokens":     "eyJ",
		"parts":      "eyJhbGciOiJIUzI1NiJ9.eyJ.",
		"base64":     "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo",
		"identities": "AGE-SECRET-KEY-1 ",
		"backslash":  `-----BEGIN PRIVATE KEY-----\\\\\\\\`,
	} {
		t.Run(name, func(t *testing.T) {
			text := clearService + "kind: ConfigMap\ndata:\n  x: |\n    " + indent(strings.Repeat(piece, (2<<20)/len(piece)), 4) + "\n"
			begun := time.Now()
			loadClear(text, "")
			if took := time.Since(begun); took > 20*time.Second { // one that is not takes minutes
				t.Errorf("2 MiB take %s", took)
			}
		})
	}
}
