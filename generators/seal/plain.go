package seal

import (
	"fmt"
	"log/slog"
)

// A Plain is plaintext. Whatever prints or encodes it gets [redacted].
type Plain struct{ bytes []byte }

const redacted = "[redacted]"

// NewPlain takes plaintext, which must not be changed afterwards.
func NewPlain(plaintext []byte) Plain { return Plain{plaintext} }

// Reveal gives the plaintext itself.
func (p Plain) Reveal() []byte { return p.bytes }

// Len is the length of the plaintext in bytes, which its ciphertext shows too.
func (p Plain) Len() int { return len(p.bytes) }

// These are all the ways in which a value is printed or encoded.

func (p Plain) String() string               { return redacted }
func (p Plain) GoString() string             { return redacted }
func (p Plain) Format(f fmt.State, _ rune)   { fmt.Fprint(f, redacted) }
func (p Plain) MarshalText() ([]byte, error) { return []byte(redacted), nil }
func (p Plain) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
func (p Plain) MarshalYAML() (any, error)    { return redacted, nil }
func (p Plain) LogValue() slog.Value         { return slog.StringValue(redacted) }
