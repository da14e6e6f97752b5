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
