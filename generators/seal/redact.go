package seal

import "regexp"

// what looks like a secret in what other programs say: JWTs, PEM and age keys,
// and long runs of base64, which a Secret's data is. A run may be broken over
// lines, the last of them short.
var secretLike = regexp.MustCompile(`(eyJ[-_A-Za-z0-9]{8,}(\.[-_A-Za-z0-9]*){0,2}|[-A-Za-z0-9+/_]{60,}={0,2})(\r?\n[-A-Za-z0-9+/_.]+={0,2}(\r|(?m:$)))*` +
	`|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)` +
	`|AGE-SECRET-KEY-1[A-Z0-9]*`)

// Redact takes out of a text what looks like a secret: another program's
// messages may hold what it was given.
func Redact(text string) string { return secretLike.ReplaceAllString(text, redacted) }
