package seal

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// TestLockTellsNothing: 500 Secrets, of which half hold the same. Nothing that is
// written gives a plaintext away, nor that two are equal, nor lets anybody without
// the key of the tags confirm a guess at one; and with another key every tag is
// another.
func TestLockTellsNothing(t *testing.T) {
	key := NewKey()
	f := newFolder(t, "east", "north")
	var all []Secret
	for i := range 250 {
		equal := remote("east", fmt.Sprintf("c%d", i), "the same")
		equal.NotBefore, equal.Frame = today, NewPlain([]byte("the same frame"))
		all = append(all, equal)
		own := remote("north", fmt.Sprintf("c%d", i), fmt.Sprintf("a token of its own, %d", i))
		own.Data["more"] = NewPlain(fmt.Appendf(nil, "%d", i)) // anybody can guess it
		all = append(all, own)
	}
	f.put(t, key, all...)
	lock := string(f.MapFS[LockPath].Data)
	seen := tags(t, lock)
	if want := 2*500 + 3*250 + 250; len(seen) != want { // of each file and its line, each value, each frame
		t.Fatalf("%d tags, want %d", len(seen), want)
	}
	for i := range all {
		s := &all[i]
		written := lock + string(f.MapFS[s.path()].Data)
		guesses := [][]byte{s.metadataText(), s.Frame.Reveal()}
		for name, p := range s.Data {
			guesses = append(guesses, p.Reveal(), []byte(name+p.text()), []byte(s.Name+p.text()))
			if strings.Contains(written, p.text()) && len(p.text()) > 3 {
				t.Fatalf("%s: the plaintext of %s", s, name)
			}
			if strings.Contains(written, base64.StdEncoding.EncodeToString(p.Reveal())) && len(p.text()) > 3 {
				t.Fatalf("%s: the plaintext of %s in base64", s, name)
			}
		}
		for _, guess := range guesses {
			for _, hash := range hashes(guess) {
				if strings.Contains(written, hash) {
					t.Fatalf("%s: a hash without the key", s)
				}
			}
		}
	}
	other := newFolder(t, "east", "north")
	other.put(t, NewKey(), all...)
	for tag := range tags(t, string(other.MapFS[LockPath].Data)) {
		if seen[tag] {
			t.Fatalf("the tag %s is that of another key too", tag)
		}
	}
	// The search finds what it looks for.
	sum := sha256.Sum256([]byte("the same"))
	if text := hex.EncodeToString(sum[:]); !strings.Contains(strings.Join(hashes([]byte("the same")), " "), text) {
		t.Error("hashes does not give SHA-256")
	}
}

// tags gives those of a lock that are made of plaintext, each of which is there
// once, and those of its lines.
func tags(t *testing.T, lock string) map[string]bool {
	t.Helper()
	seen := map[string]bool{}
	for line := range strings.Lines(lock) {
		fields := strings.Fields(line)
		var made []string
		switch fields[0] {
		case "file":
			made = fields[6:]
		case "item", "frame":
			made = fields[3:]
		}
		for _, tag := range made {
			if seen[tag] {
				t.Fatalf("a tag is there twice: %s", line)
			}
			seen[tag] = true
		}
	}
	return seen
}

func (p Plain) text() string { return string(p.bytes) }

// metadataText is what of a Secret lies open, with what does not.
func (s *Secret) metadataText() []byte {
	text := s.Cluster + s.Namespace + s.Name
	for _, name := range s.items() {
		text += name + s.Data[name].text()
	}
	return []byte(text)
}
