package e2e

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
)

// request has tokens requested in the place of a token Secret. What isthmus
// records as a token's end is when the API server stops taking it.
func (j *journey) request(t *testing.T) {
	path := filepath.Join(j.folder, "mesh", "mesh.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, []byte(strings.Replace(string(text), "  security:", "  secrets: {token: request}\n  security:", 1)))
	j.login(t, "requester.kubeconfig", "requester", "isthmus-request", j.west)
	old := j.opened(t, remoteSecret, "").Data["west"]
	command := "isthmus secrets rotate west --lifetime 24h --context west --kubeconfig " + j.at("requester.kubeconfig")
	before := j.sealed(t)
	_, stderr, status := j.try(t, nil, command)
	const let = "kubectl -n istio-system create role isthmus-secrets --verb=get --resource=configmap --resource-name=kube-root-ca.crt"
	if status != 1 || !strings.Contains(stderr, let+", and bind that role to it") || j.sealed(t) != before {
		t.Errorf("without a right: exit status %d: %s", status, stderr)
	}
	j.let(t, j.west, "request.yaml")
	j.west.asked(t, "requester")
	j.run(t, command+" && isthmus render")
	j.only(t, j.west, "requester", "create serviceaccounts/token", "get /api", "get /apis", "get configmaps")
	j.apply(t, j.east, "secrets")
	next := j.opened(t, remoteSecret, string(old)).Data["west"]
	j.reads(t, next)
	j.reads(t, old) // until its Secret goes

	claims := claimsOf(t, next)
	end := time.Unix(int64(claims["exp"].(float64)), 0).UTC()
	if left := time.Until(end); left < 23*time.Hour || left > 24*time.Hour {
		t.Errorf("the token ends in %s", left)
	}
	stdout, stderr, status := j.try(t, nil, "isthmus secrets status -o json")
	var said struct {
		Secrets []struct {
			Secret, Expires string
			Due             []string
		}
	}
	if err := json.Unmarshal([]byte(stdout), &said); err != nil || status != 3 {
		t.Fatalf("status: exit status %d, %v: %s%s", status, err, stdout, stderr)
	}
	for _, s := range said.Secrets {
		if s.Secret == remoteSecret && (s.Expires != end.Format(time.RFC3339) || len(s.Due) != 1) {
			t.Errorf("status says %+v, and the token ends at %s", s, end)
		}
	}
	if stdout = j.run(t, "isthmus secrets status --within 1h"); !strings.Contains(stdout, end.Format(time.DateOnly)) {
		t.Errorf("status: %s", stdout)
	}

	// The shortest that may be requested is ten minutes. So the end is moved in a
	// token that is signed with the server's own key. The API server lets a minute
	// pass for clocks that differ (go-jose's DefaultLeeway).
	const leeway = time.Minute
	for _, test := range []struct {
		name string
		ends time.Duration
	}{{"ended", -leeway - time.Second}, {"ends soon", 5*time.Second - leeway}} {
		moved := j.signed(t, next, claims, time.Now().Add(test.ends))
		if test.ends > -leeway {
			j.reads(t, moved)
		}
		j.refused(t, moved)
	}

	// Which ends a requested token before its time.
	j.run(t, "kubectl --context west -n istio-system delete serviceaccount istio-reader-service-account")
	j.apply(t, j.west, controlPlane)
	j.refused(t, next)
	j.run(t, command+" && isthmus render")
	j.apply(t, j.east, "secrets")
	j.reads(t, j.opened(t, remoteSecret, string(next)).Data["west"])
}

func claimsOf(t *testing.T, kubeconfig []byte) map[string]any {
	t.Helper()
	config, err := clientcmd.RESTConfigFromKubeConfig(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	data, err := base64.RawURLEncoding.DecodeString(strings.Split(config.BearerToken, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(data, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// signed gives a kubeconfig with another end of its token.
func (j *journey) signed(t *testing.T, kubeconfig []byte, claims map[string]any, end time.Time) []byte {
	t.Helper()
	config, err := clientcmd.Load(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	token := &config.AuthInfos["west"].Token
	header, _, _ := strings.Cut(*token, ".")
	claims["exp"] = end.Unix()
	data, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	text := header + "." + base64.RawURLEncoding.EncodeToString(data)
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, j.west.pki.accounts, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	*token = text + "." + base64.RawURLEncoding.EncodeToString(signature)
	data, err = clientcmd.Write(*config)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
