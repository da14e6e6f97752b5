package seal

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// TestHMAC runs Wycheproof's vectors through what makes and compares tags: with
// the message in the place of the kind of a tag, which stands first.
func TestHMAC(t *testing.T) {
	data, err := os.ReadFile("testdata/hmac_sha256.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, vectors, _ := strings.Cut(string(data), "\n\n")
	n := 0
	for line := range strings.Lines(vectors) {
		fields := strings.Fields(line)
		texts := strings.Split(fields[1], ",")
		key, err := hex.DecodeString(texts[0])
		if err != nil {
			t.Fatal(err)
		}
		message, err := hex.DecodeString(texts[1])
		if err != nil {
			t.Fatal(err)
		}
		got := hex.EncodeToString(Key{key}.digest(string(message)).sum())
		// A tag of isthmus is never cut: those that are stand for their first half.
		if valid := same(got[:len(texts[2])], texts[2]); valid != (fields[2] == "valid") {
			t.Errorf("%s: valid: %t, want %s", fields[0], valid, fields[2])
		}
		if len(texts[2]) < 64 && same(got, texts[2]) {
			t.Errorf("%s: a tag that was cut is taken", fields[0])
		}
		n++
	}
	if n != 174 {
		t.Errorf("%d vectors, want 174", n)
	}
}
