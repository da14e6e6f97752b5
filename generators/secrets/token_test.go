package secrets

import (
	"encoding/base64"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// Each kind of token is told from the others, by the clock and by what the mesh
// asks for, and no message holds any of it.
func TestTokens(t *testing.T) {
	now := sealtest.Today
	claims := func(edit func(map[string]any)) string {
		c := maps.Clone(sealtest.Requested(now.AddDate(0, 0, 90)))
		edit(c)
		return sealtest.Token(c)
	}
	set := func(key string, value any) string { return claims(func(c map[string]any) { c[key] = value }) }
	parts := strings.Split(sealtest.Token(sealtest.Claims(first)), ".")
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for _, test := range []struct {
		name, token string
		request     bool
		want        string
	}{
		{"requested, in time", set("x", 1), true, ""},
		{"requested, for a mesh of token Secrets", set("x", 1), false, ""},
		{"of a token Secret", sealtest.Token(sealtest.Claims(first)), false, "warning: the token does not expire; who has it"},
		{"of a token Secret, where one is requested", sealtest.Token(sealtest.Claims(first)), true, "error: the token does not expire; spec.secrets.token is request"},
		{"expired", set("exp", now.Unix()), true, "error: the token expired on 2026-11-22"},
		{"expired long ago", set("exp", now.AddDate(-1, 0, 0).Unix()), true, "error: the token expired on 2025-11-22"},
		{"to expire soon", set("exp", now.AddDate(0, 0, 29).Unix()), true, "warning: the token expires on 2026-12-21"},
		{"to expire in 30 days", set("exp", now.AddDate(0, 0, 30).Unix()), true, ""},
		{"not valid yet", set("nbf", now.Add(time.Hour).Unix()), true, "error: the token is valid from 2026-11-22 on"},
		{"another account", set("sub", "system:serviceaccount:istio-system:default"), true, "error: the token is not that of istio-reader-service-account in namespace istio-system"},
		{"another namespace", set("sub", "system:serviceaccount:mesh:istio-reader-service-account"), true, "error: the token is not that of"},
		{"a person", set("sub", "admin"), true, "error: the token is not that of"},
		{"nobody", claims(func(c map[string]any) { delete(c, "sub") }), true, "error: the token is not that of"},
		{"empty", "", false, "error: the token is empty"},
		{"opaque", "0123456789abcdef.0123456789abcdef", false, "error: the token is not a JWT"},
		{"four parts", strings.Join(append(parts, parts[2]), "."), false, "error: the token is not a JWT"},
		{"no signature", parts[0] + "." + parts[1] + ".", false, "error: the token is not a JWT"},
		{"with a line break", parts[0] + "." + parts[1] + "\n." + parts[2], false, "error: the token is not a JWT"},
		{"with padding", parts[0] + "=." + parts[1] + "." + parts[2], false, "error: the token is not a JWT"},
		{"unsigned", part(`{"alg":"none"}`) + "." + parts[1] + "." + parts[2], false, "error: the token is not signed with a key of a cluster"},
		{"signed with a password", part(`{"alg":"HS256"}`) + "." + parts[1] + "." + parts[2], false, "error: the token is not signed with a key of a cluster"},
		{"a header of text", part("hunter2") + "." + parts[1] + "." + parts[2], false, "error: the token has a header that is not JSON"},
		{"claims of text", parts[0] + "." + part("hunter2") + "." + parts[2], false, "error: the token has claims that are not JSON"},
		{"a date of text", set("exp", "hunter2"), true, "error: the token has claims that are not JSON"},
		{"a date before all", set("exp", -5), true, "error: the token has a date that is none"},
		{"a date after all", set("exp", 1e300), true, "error: the token has a date that is none"},
		{"of a Secret that cannot be", sealtest.Token(sealtest.Claims("hunter2 ")), false, "error: the token names a token Secret that cannot be one"},
		{"too long", strings.Repeat("a", 20<<10), false, "error: the token has 20480 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			lines := ""
			if test.request {
				lines = "  secrets: {token: request}\n"
			}
			m := load(t, "1.30.3", 1, lines)
			token, err := ParseToken(seal.NewPlain([]byte(test.token)))
			got := text(err)
			if err == nil {
				got = token.Check(&m.Spec, now).Text()
			}
			if test.want == "" && got != "" || !strings.HasPrefix(strings.TrimPrefix(got, "isthmus: "), test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			for p := range strings.SplitSeq(test.token, ".") {
				if len(p) > 8 && strings.Contains(got, p) || strings.Contains(got, "hunter2") {
					t.Errorf("the message holds a part of the token: %s", got)
				}
			}
		})
	}
}
