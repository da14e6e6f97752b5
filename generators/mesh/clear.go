package mesh

import (
	"bytes"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/plaintext"
	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/strict"
)

// inClear refuses the secrets that lie in the clear in a file, and in the
// documents that were read from it.
func inClear(file string, data []byte, docs ...*strict.Document) diag.Problems {
	found := plaintext.Text(data)
	named := map[string]bool{} // a scalar holds what the text holds
	for _, f := range found {
		named[f.What] = true
	}
	for _, doc := range docs {
		for _, f := range plaintext.Document(doc.Root()) {
			if !named[f.What] && !slices.Contains(found, f) {
				found = append(found, f)
			}
		}
	}
	var problems diag.Problems
	for _, f := range found {
		problems = append(problems, rule.SecretInClear.Problem(diag.Position{File: file, Line: f.Line, Column: f.Column}, "", "holds "+f.What,
			"everybody who reads this repository can read it", "take it out of the repository, and count it as known to others"))
	}
	return problems
}

// fileInClear does so with a file of which nothing else was read here.
func fileInClear(file string, data []byte) diag.Problems {
	docs, _ := strict.All(file, data, strict.Limits{Bytes: manifestLimit})
	return inClear(file, data, docs...)
}

// holdsKey says whether a file of public certificates holds anything private.
func holdsKey(data []byte) bool {
	return bytes.Contains(data, []byte("PRIVATE KEY-----")) || len(plaintext.Text(data)) > 0
}
