package plaintext

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"regexp"
	"sync"
)

const (
	leastBody = 64 // characters of base64: those of an Ed25519 key, the shortest
	leastLine = 16 // of them in each line but the last
)

// headers are what stands in front of a body that is encrypted, or of PGP.
var headers = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset): [^\n\\]{0,200}(?:\n|\\+[nr])`)
})

// armored says whether the body of a key follows its first line, as against a
// text that only shows how one begins. Nothing that is passed over holds a mark,
// so that all bodies of a text together are read once.
func armored(text []byte) bool {
	text = skip(text)
	for range 8 {
		line := headers().Find(text[:min(len(text), window)])
		if line == nil {
			break
		}
		text = skip(text[len(line):])
	}
	for all := 0; ; {
		word := 0
		for word < len(text) && pemAlphabet[text[word]] && word < leastBody {
			word++
		}
		rest := skip(text[word:])
		switch {
		case word >= leastLine:
			all += word
		case word > 0 && len(bytes.Trim(text[:word], "+/=")) == 0: // adds texts together
		default: // the last line, if it is one
			rest = skip(bytes.TrimLeft(rest, "+"))
			return all+word >= leastBody && all > 0 && (len(rest) == 0 || rest[0] == '-')
		}
		if all >= leastBody {
			return true
		}
		text = rest
	}
}

var pemAlphabet = letters("+/=")

// skip passes over what stands between lines: blanks, escapes, and the marks of
// comments, lists, quotes and texts that are added together.
func skip(text []byte) []byte {
	at := 0
	for at < len(text) {
		switch c := text[at]; {
		case bytes.IndexByte([]byte(" \t\r\n#\"'`,;>|*"), c) >= 0, c == '-' && at+1 < len(text) && text[at+1] == ' ':
			at++
		case c == '\\':
			for at < len(text) && text[at] == '\\' {
				at++
			}
			if at < len(text) && bytes.IndexByte([]byte("nrt"), text[at]) >= 0 {
				at++
			}
		default:
			return text[at:]
		}
	}
	return nil
}

// binaryKey says whether bytes begin with a private key as PKCS#8, PKCS#1 and
// SEC 1 have it in DER, or as OpenSSH does. The form alone is looked at: to check
// numbers of any length would take any time.
func binaryKey(data []byte) bool {
	if bytes.HasPrefix(data, []byte("openssh-key-v1\x00")) {
		return true
	}
	if len(data) == 0 || data[0] != 0x30 {
		return false
	}
	var pkcs8 struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}
	if _, err := asn1.Unmarshal(data, &pkcs8); err == nil && pkcs8.Version <= 1 {
		return true
	}
	var pkcs1 struct { // what follows is not read
		Version          int
		N, E, D, P, Q, R *big.Int
	}
	if _, err := asn1.Unmarshal(data, &pkcs1); err == nil && pkcs1.Version <= 1 {
		return true
	}
	var sec1 struct {
		Version int
		Key     []byte
		Curve   asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
		Public  asn1.BitString        `asn1:"optional,explicit,tag:1"`
	}
	_, err := asn1.Unmarshal(data, &sec1)
	return err == nil && sec1.Version == 1 && len(sec1.Key) >= 16
}
