package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// window is how many characters in a row of a secret are some of it.
const window = 12

// A cage holds secrets in all forms in which they could get out: every window of
// each form, with what it is of.
type cage map[string]string

// add takes in a secret. What a form makes of its neighbours is left out at both
// ends.
func (c cage) add(what string, secret []byte) {
	form := func(name, text string, trim int) {
		text = text[min(trim, len(text)):max(len(text)-trim, min(trim, len(text)))]
		for i := 0; i+window <= len(text); i++ {
			c[text[i:i+window]] = what + ", " + name
		}
	}
	form("as it is", string(secret), 0)
	for offset := range 3 {
		padded := append([]byte(strings.Repeat("x", offset)), secret...)
		form("base64", base64.StdEncoding.EncodeToString(padded), 4)
		form("base64 for URLs", base64.URLEncoding.EncodeToString(padded), 4)
		form("base64 twice", base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString(padded))), 8)
	}
	form("hexadecimal", hex.EncodeToString(secret), 0)
	form("HEXADECIMAL", fmt.Sprintf("%X", secret), 0)
	form("a URL", url.QueryEscape(string(secret)), 0)
	form("a path", url.PathEscape(string(secret)), 0)
	quoted, _ := json.Marshal(string(secret))
	form("JSON", string(quoted), 1)
	form("Go", fmt.Sprintf("%q", secret), 1)
	form("bytes", strings.Trim(fmt.Sprint(secret), "[]"), 0)
}

// forget lets go of a public text that secrets hold in base64.
func (c cage) forget(text string) {
	for offset := range 3 {
		for _, after := range []string{"\"", ".", ":", ","} {
			for _, before := range []string{"xx\"", "xx.", "xx:", "xx-"} {
				form := base64.StdEncoding.EncodeToString([]byte(before[:offset] + before[2:] + text + after))
				for i := 0; i+window <= len(form); i++ {
					delete(c, form[i:i+window])
				}
			}
		}
	}
}

// find gives what a text holds, "" where it holds none.
func (c cage) find(text []byte) string {
	for i := 0; i+window <= len(text); i++ {
		if what, is := c[string(text[i:i+window])]; is {
			return what
		}
	}
	return ""
}

// escapes are the ways in which a text could get out: each is to be noticed.
func escapes(secret string) map[string]string {
	quoted, _ := json.Marshal(map[string]string{"token": secret})
	middle := len(secret) / 2
	return map[string]string{
		"as it is":            secret,
		"its beginning":       secret[:window],
		"its end":             secret[len(secret)-window:],
		"its middle":          "x" + secret[middle-6:middle+6] + "y",
		"base64":              base64.StdEncoding.EncodeToString([]byte("kubeconfig " + secret + " more")),
		"base64, moved":       base64.StdEncoding.EncodeToString([]byte("kubeconfig: " + secret + " more")),
		"base64, moved again": base64.StdEncoding.EncodeToString([]byte("kubeconfig:  " + secret + " more")),
		"base64 for URLs":     base64.RawURLEncoding.EncodeToString([]byte("{}" + secret)),
		"base64 twice":        base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte("-" + secret)))),
		"hexadecimal":         hex.EncodeToString([]byte(secret)),
		"HEXADECIMAL":         fmt.Sprintf("%X", secret),
		"a URL":               url.QueryEscape(" " + secret),
		"a path":              url.PathEscape("/" + secret),
		"JSON":                string(quoted),
		"Go":                  fmt.Sprintf("%q", secret),
		"bytes":               fmt.Sprint([]byte(secret)),
	}
}

func TestCageNotices(t *testing.T) {
	for _, secret := range []string{canaryText, canaryPhrase, "\x00\xff\x10 bytes of a key \x80\x81\x82\x83 and more\n\xfe\xfd"} {
		c := cage{}
		c.add("it", []byte(secret))
		for name, form := range escapes(secret) {
			if c.find([]byte("some text "+form+" and more")) == "" {
				t.Errorf("not noticed: %s of %q", name, secret)
			}
		}
		if found := c.find([]byte(rootHelp + secretsHelp + secretsCreateHelp + secret[:window-1] + "|")); found != "" {
			t.Errorf("noticed where it is not: %s", found)
		}
	}
}
