package seal

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// shown is how many characters in a row of a secret are some of it. Fewer are in
// any text.
const shown = 12

// Shows says whether a text holds some of a Secret, as it is or as programs print
// it: in JSON, in base64, in hexadecimal, as numbers, broken over lines. Input is the
// Secret as it was given away.
func Shows(text string, input []byte, secret *Secret) bool {
	parts := map[string]bool{}
	add := func(form string) {
		form = packed(form)
		for i := 0; i+shown <= len(form); i++ {
			parts[form[i:i+shown]] = true
		}
	}
	whole := [][]byte{input}
	for _, value := range secret.Data {
		whole = append(whole, value.bytes)
	}
	for _, data := range whole {
		add(string(data))
		add(hex.EncodeToString(data))
		add(strings.Trim(fmt.Sprint(data), "[]"))
		for from := 0; from < 3 && from < len(data); from++ { // where a run of base64 may start
			add(base64.StdEncoding.EncodeToString(data[from:]))
			add(base64.URLEncoding.EncodeToString(data[from:]))
		}
	}
	for _, text := range []string{packed(text), packed(strings.ToLower(text))} {
		for i := 0; i+shown <= len(text); i++ {
			if parts[text[i:i+shown]] {
				return true
			}
		}
	}
	return false
}

// packed leaves out what programs put between the parts of a long text.
func packed(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n\\\"'|,:", r) {
			return -1
		}
		return r
	}, text)
}
