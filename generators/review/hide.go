package review

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
)

// A Hidden is a value that is never shown: a secret, a ciphertext or a
// certificate. Two are equal where what they hide is.
type Hidden struct {
	What string // what may be said of it
	sum  [sha256.Size]byte
}

func hidden(what, value string) Hidden {
	return Hidden{What: what, sum: sha256.Sum256([]byte(value))}
}

// String gives what is written in the value's place.
func (h Hidden) String() string { return "(" + h.What + ")" }

// MarshalYAML and MarshalJSON write the same.
func (h Hidden) MarshalYAML() (any, error) { return h.String(), nil }

// MarshalJSON writes {"hidden": …}, so that a program can tell it from a text.
func (h Hidden) MarshalJSON() ([]byte, error) { return marshal(map[string]string{"hidden": h.What}) }

// applied is where kubectl leaves the whole object, values of a Secret included.
const applied = "kubectl.kubernetes.io/last-applied-configuration"

// hide puts a Hidden in the place of all that must not be shown, in the value
// itself.
func hide(value map[string]any) map[string]any {
	hideObjects(value)
	hideTexts(value)
	return value
}

// hideObjects hides what Secrets and ciphertexts hold, wherever such an object
// stands: in a List, too.
func hideObjects(value any) {
	switch v := value.(type) {
	case map[string]any:
		switch v["kind"] {
		case "SecretList": // whose items need not say what they are
			items, _ := v["items"].([]any)
			for _, item := range items {
				if secret, ok := item.(map[string]any); ok {
					hideField(secret, "data", "secret value")
					hideField(secret, "stringData", "secret value")
				}
			}
		case "Secret":
			hideField(v, "data", "secret value")
			hideField(v, "stringData", "secret value")
		case "SealedSecret":
			if spec, ok := v["spec"].(map[string]any); ok {
				hideField(spec, "encryptedData", "sealed value")
				hideField(spec, "data", "sealed value") // of its first version
				if template, ok := spec["template"].(map[string]any); ok {
					hideField(template, "data", "template value")
					hideField(template, "stringData", "template value")
				}
			}
		case "ExternalSecret":
			if template, ok := at(v, "spec", "target", "template").(map[string]any); ok {
				hideField(template, "data", "template value")
			}
		}
		if sops, ok := v["sops"].(map[string]any); ok {
			hideSops(sops)
		}
		for _, item := range v {
			hideObjects(item)
		}
	case []any:
		for _, item := range v {
			hideObjects(item)
		}
	}
}

// hideField hides every value of a map, or the field itself where it is none;
// the keys stay.
func hideField(in map[string]any, field, what string) {
	switch v := in[field].(type) {
	case nil:
	case map[string]any:
		for key, item := range v {
			v[key] = hidden(what, fmt.Sprint(item))
		}
	default:
		in[field] = hidden(what, fmt.Sprint(v))
	}
}

// hideSops hides what sops makes anew with every encryption: the code over the
// file and the data key for each recipient.
func hideSops(sops map[string]any) {
	if mac, ok := sops["mac"].(string); ok {
		sops["mac"] = hidden("code over the file", mac)
	}
	for _, field := range sops {
		recipients, _ := field.([]any)
		for _, r := range recipients {
			if m, ok := r.(map[string]any); ok {
				hideField(m, "enc", "data key")
			}
		}
	}
}

// hideTexts hides the texts that are ciphertext, certificates or keys, wherever
// they stand.
func hideTexts(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			if text, ok := item.(string); ok && key == applied {
				v[key] = hidden("the object as kubectl applied it", text)
				continue
			}
			v[key] = hideTexts(item)
		}
	case []any:
		for i, item := range v {
			v[i] = hideTexts(item)
		}
	case string:
		if what := opaque(v); what != "" {
			return hidden(what, v)
		}
	}
	return value
}

// opaque says what a text is that a person cannot read, "" where it can be read.
func opaque(text string) string {
	switch {
	case strings.HasPrefix(text, "ENC["):
		return "encrypted value"
	case strings.Contains(text, "PRIVATE KEY-----"):
		return "private key"
	case strings.Contains(text, "-----BEGIN CERTIFICATE-----"):
		return certificate([]byte(text))
	case strings.HasPrefix(text, "LS0tLS1CRUdJTi"): // "-----BEGIN " in base64
		data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		if err == nil && strings.HasPrefix(string(data), "-----BEGIN CERTIFICATE-----") && !strings.Contains(string(data), "PRIVATE KEY") {
			return certificate(data)
		}
		return "key material"
	case len(text) >= 128 && !strings.ContainsAny(text, " \n\t") && encoded(text):
		return fmt.Sprintf("%d bytes of base64", len(text))
	default:
		return ""
	}
}

// encoded says whether a text is base64 and nothing that anybody reads.
func encoded(text string) bool {
	_, err := base64.StdEncoding.DecodeString(text)
	return err == nil
}

// certificate names the first certificate of a PEM text, and until when it holds.
func certificate(text []byte) string {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return "certificate that cannot be read"
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "certificate that cannot be read"
	}
	name := c.Subject.String()
	if name == "" {
		name = "without a subject"
	}
	sum := sha256.Sum256(c.Raw)
	what := fmt.Sprintf("certificate %s, until %s, SHA-256 %x", name, c.NotAfter.UTC().Format("2006-01-02"), sum[:4])
	if more := strings.Count(string(rest), "-----BEGIN CERTIFICATE-----"); more > 0 {
		what += fmt.Sprintf(", and %d more", more)
	}
	return what
}
