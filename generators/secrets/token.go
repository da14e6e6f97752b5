package secrets

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// A Token is what a reader's token says of itself. Its signature is left to the
// API server.
type Token struct {
	Subject string
	Secret  string    // the token Secret that it comes from, "" for a requested one
	Expires time.Time // zero for one that does not expire
	Starts  time.Time // zero where it does not say
}

// object is the name of one, or none.
var object = regexp.MustCompile(`^([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?)?$`)

// tokenLimit bounds a token, in bytes: the API server takes none that is longer.
const tokenLimit = 16 << 10

// ParseToken reads a token. What is wrong is said without any of it.
func ParseToken(text seal.Plain) (*Token, error) {
	wrong := func(what string) (*Token, error) {
		return nil, &diag.Problem{What: "the token " + what, Why: "the API server takes those of ServiceAccounts, which are JWTs", Fix: "give the token of " + Account}
	}
	raw := text.Reveal()
	parts := bytes.Split(raw, []byte("."))
	if len(raw) == 0 {
		return wrong("is empty")
	}
	if len(raw) > tokenLimit {
		return wrong(fmt.Sprintf("has %d bytes", len(raw)))
	}
	if len(parts) != 3 {
		return wrong("is not a JWT")
	}
	var decoded [3][]byte
	for i, part := range parts {
		data, err := base64.RawURLEncoding.Strict().DecodeString(string(part))
		if err != nil || len(data) == 0 || bytes.ContainsAny(part, "\r\n") {
			return wrong("is not a JWT")
		}
		decoded[i] = data
	}
	var header struct {
		Algorithm string `json:"alg"`
	}
	if json.Unmarshal(decoded[0], &header) != nil {
		return wrong("has a header that is not JSON")
	}
	if header.Algorithm == "" || strings.EqualFold(header.Algorithm, "none") || strings.HasPrefix(header.Algorithm, "HS") {
		return wrong("is not signed with a key of a cluster")
	}
	var claims struct {
		Subject   string   `json:"sub"`
		Expires   *float64 `json:"exp"`
		Issued    *float64 `json:"iat"`
		NotBefore *float64 `json:"nbf"`
		Secret    string   `json:"kubernetes.io/serviceaccount/secret.name"`
		Namespace string   `json:"kubernetes.io/serviceaccount/namespace"`
	}
	if json.Unmarshal(decoded[1], &claims) != nil {
		return wrong("has claims that are not JSON")
	}
	if !object.MatchString(claims.Secret) {
		return wrong("names a token Secret that cannot be one")
	}
	t := &Token{Subject: claims.Subject, Secret: claims.Secret}
	var issued time.Time
	for _, is := range []struct {
		claim *float64
		to    *time.Time
	}{{claims.Expires, &t.Expires}, {claims.Issued, &issued}, {claims.NotBefore, &t.Starts}} {
		if is.claim == nil {
			continue
		}
		if *is.claim < 1 || *is.claim > math.MaxInt32*8 {
			return wrong("has a date that is none")
		}
		*is.to = time.Unix(int64(*is.claim), 0).UTC()
	}
	if t.Starts.IsZero() {
		t.Starts = issued
	}
	return t, nil
}

// soon is how near the end of a token is a warning.
const soon = 30 * 24 * time.Hour

// Check says what is wrong with a token, and what to know of it, by its mesh and
// the clock.
func (t *Token) Check(s *mesh.Spec, now time.Time) diag.Problems {
	var problems diag.Problems
	wrong := func(what, why, fix string) {
		problems = append(problems, &diag.Problem{What: "the token " + what, Why: why, Fix: fix})
	}
	if want := "system:serviceaccount:" + s.Istio.Namespace + ":" + Account; t.Subject != want {
		wrong(fmt.Sprintf("is not that of %s in namespace %s", Account, s.Istio.Namespace), "whoever has the Secret would be somebody else in that cluster", "give the reader's own token: kubectl -n "+s.Istio.Namespace+" get secret "+TokenSecret(1))
	}
	day := t.Expires.Format(time.DateOnly)
	switch {
	case !t.Starts.IsZero() && now.Add(time.Minute).Before(t.Starts):
		wrong("is valid from "+t.Starts.Format(time.DateOnly)+" on", "", "wait, or set the clock right")
	case t.Expires.IsZero() && s.Secrets.Token == mesh.TokenRequest:
		wrong("does not expire", "spec.secrets.token is request", "request one: leave --kubeconfig - out; or write token: secret")
	case t.Expires.IsZero():
		problems = append(problems, &diag.Problem{Severity: diag.Warning, What: "the token does not expire", Why: "who has it reads the cluster until its Secret is deleted; isthmus secrets rotate replaces it"})
	case !now.Before(t.Expires):
		wrong("expired on "+day, "", "give a new one")
	case t.Expires.Sub(now) < soon:
		problems = append(problems, &diag.Problem{Severity: diag.Warning, What: "the token expires on " + day, Why: "the control plane reads the cluster until then", Fix: "run isthmus secrets rotate before that; isthmus secrets status tells when"})
	}
	return problems
}
