package seal

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestShows: what programs make of a Secret on standard error is known for some of
// it, and what they say of it otherwise is not.
func TestShows(t *testing.T) {
	const value = "apiVersion: v1\ntoken: canary-7Hq2vXw9LrT4mZp8KdF3sNb6JgY1cUe5\n"
	secret := &Secret{Data: map[string]Plain{"west": NewPlain([]byte(value))}}
	input, err := json.Marshal(map[string]string{"west": value})
	if err != nil {
		t.Fatal(err)
	}
	for name, said := range map[string]string{
		"as it is": value, "a part": "…Hq2vXw9LrT4m…", "quoted": fmt.Sprintf("%q", value), "what it was given": string(input),
		"hexadecimal": hex.EncodeToString([]byte(value)), "HEXADECIMAL": fmt.Sprintf("%X", value),
		"base64": base64.StdEncoding.EncodeToString(input), "base64 of more": base64.StdEncoding.EncodeToString([]byte("x" + value)),
		"numbers":     fmt.Sprint([]byte(value)),
		"of yet more": base64.RawURLEncoding.EncodeToString([]byte("xy" + value)),
		"broken":      strings.Join(strings.SplitAfter(base64.StdEncoding.EncodeToString(input), "c"), "\n  | "),
	} {
		if !Shows("cannot store "+said+" today", input, secret) {
			t.Errorf("not seen: %s", name)
		}
	}
	for _, said := range []string{"", "Error writing data to secret/data/mesh/istio-remote-secret-west: permission denied", "x509: certificate signed by unknown authority"} {
		if Shows(said, input, secret) {
			t.Errorf("seen where it is not: %s", said)
		}
	}
}

// Redact leaves nothing of a token or of base64 that a program broke over lines.
func TestRedact(t *testing.T) {
	jwt := "eyJhbGciOiJSUzI1NiJ9." + strings.Repeat("Zm9v", 30) + "." + strings.Repeat("YmFy", 20)
	encoded := base64.StdEncoding.EncodeToString([]byte(jwt + "x"))
	lines := func(text string, width int) string {
		broken := ""
		for ; len(text) > width; text = text[width:] {
			broken += text[:width] + "\n"
		}
		return broken + text
	}
	for name, said := range map[string]string{
		"a token": jwt, "base64": encoded, "a token in lines": lines(jwt, 76), "base64 in lines": lines(encoded, 76), "in lines of 64": lines(encoded, 64),
		"in lines of Windows": strings.ReplaceAll(lines(encoded, 76), "\n", "\r\n"), "two tokens": jwt + "\n" + jwt,
	} {
		if got, want := Redact("error: "+said+"\ncannot be read"), "error: "+redacted+"\ncannot be read"; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	for _, said := range []string{"error: no such host\nsee https://example.com/a/b", "The connection to the server 10.1.0.10:6443 was refused\nretry"} {
		if got := Redact(said); got != said {
			t.Errorf("%q became %q", said, got)
		}
	}
}
