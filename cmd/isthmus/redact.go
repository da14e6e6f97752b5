package main

import (
	"fmt"
	"strings"
)

// isSecret says whether a text is a key itself, where the name of its file was
// meant.
func isSecret(text string) bool {
	text = strings.ToLower(text)
	for _, mark := range []string{"private key-----", "age-secret-key-", "isthmus-tag-key-"} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}

// noSecrets refuses a command line that holds a key, before anything repeats it
// in a message.
func noSecrets(args []string) error {
	for i, arg := range args {
		if !isSecret(arg) {
			continue
		}
		where := "an argument"
		if name, _, ok := strings.Cut(arg, "="); ok && strings.HasPrefix(name, "-") && !isSecret(name) {
			where = name
		} else if i > 0 && strings.HasPrefix(args[i-1], "-") {
			where, _, _ = strings.Cut(args[i-1], "=")
		}
		return &usageError{fmt.Sprintf("%s holds a private key itself", where), "everybody on this machine could read it there, so count it as known; write a new one to a file that you alone can read, and name that"}
	}
	return nil
}
