package seal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"
)

// A Key is the secret that tags are made with. Who has it can tell whether a
// sealed Secret is the one that was sealed, and can confirm a guess at a
// plaintext; nobody else can do either. It opens nothing.
type Key struct{ bytes []byte }

// keyPrefix tells a file that holds a Key.
const keyPrefix = "ISTHMUS-TAG-KEY-1 "

// NewKey makes a Key.
func NewKey() Key {
	k := make([]byte, 32)
	rand.Read(k) // never fails
	return Key{k}
}

// Text is the file that holds the Key.
func (k Key) Text() []byte {
	return []byte(keyPrefix + base64.StdEncoding.EncodeToString(k.bytes) + "\n")
}

// Format keeps a Key out of every message.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// ErrNotAKey says that a file does not hold a Key.
var ErrNotAKey = errors.New("does not hold a key for tags")

// ParseKey reads what Text gave.
func ParseKey(text []byte) (Key, error) {
	line, found := strings.CutPrefix(strings.TrimRight(string(text), "\r\n"), keyPrefix)
	k, err := base64.StdEncoding.Strict().DecodeString(line)
	if !found || err != nil || len(k) != 32 {
		return Key{}, ErrNotAKey
	}
	return Key{k}, nil
}

// IsZero says that there is no Key.
func (k Key) IsZero() bool { return len(k.bytes) == 0 }

// A digest hashes fields that cannot be taken for one another: before each
// stands its length.
type digest struct{ hash.Hash }

func (k Key) digest(kind string) digest {
	d := digest{hmac.New(sha256.New, k.bytes)}
	d.Write([]byte(kind))
	return d
}

func (d digest) field(data []byte) {
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(data)))
	d.Write(length[:])
	d.Write(data)
}

func (d digest) text(texts ...string) {
	for _, t := range texts {
		d.field([]byte(t))
	}
}

// texts takes a map in, its length first.
func (d digest) texts(texts map[string]string) {
	d.field(binary.BigEndian.AppendUint64(nil, uint64(len(texts))))
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		d.text(key, texts[key])
	}
}

func (d digest) sum() []byte { return d.Sum(nil) }

// plainHash covers the plaintext and what it is for. It is never written down:
// equal ones would show that a plaintext came back.
func (k Key) plainHash(s *Secret, scope string) []byte {
	d := k.digest("pt1")
	d.text(s.Cluster, s.Namespace, s.Name, scope, s.Type)
	d.texts(s.Labels)
	d.texts(s.Annotations)
	for _, name := range s.items() {
		d.text(name)
		d.field(s.Data[name].bytes)
	}
	return d.sum()
}

// tag covers the plaintext, whom it is sealed for, and the sealed bytes.
func (k Key) tag(plainHash []byte, sealedFor string, file sum) string {
	d := k.digest("tag1")
	d.Write(plainHash)
	d.text(sealedFor)
	d.Write(file[:])
	return hex.EncodeToString(d.sum())
}

// itemTag covers one value in the same way, so that the others can stay when it
// changes.
func (k Key) itemTag(s *Secret, scope, item, sealedFor, ciphertext string) string {
	d := k.digest("item1")
	d.text(s.Cluster, s.Namespace, s.Name, scope, item)
	d.field(s.Data[item].bytes)
	d.text(sealedFor, ciphertext)
	return hex.EncodeToString(d.sum())
}

// lineTag covers a line of the lock, which can so be held against the files
// without any plaintext.
func (k Key) lineTag(fields ...string) string {
	d := k.digest("line1")
	d.text(fields...)
	return hex.EncodeToString(d.sum())
}

// same compares tags in a time that tells nothing.
func same(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// A sum is the SHA-256 of a file that everybody may read.
type sum [sha256.Size]byte

func (s sum) String() string { return hex.EncodeToString(s[:]) }
