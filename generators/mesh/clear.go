package mesh

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/plaintext"
	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/strict"
)

// mostInClear is how many secrets of a file are named.
const mostInClear = 100

// takeOut is what to do about a secret in the clear. A file of Services may hold
// documents that isthmus does not need.
const (
	takeOut = "take it out of the repository, and count it as known to others"
	orMove  = takeOut + "; or, where it is none, move the document to another file"
)

// inClear refuses the secrets that lie in the clear in a file, and in the
// documents that were read from it.
func inClear(file string, data []byte, fix string, docs ...*strict.Document) diag.Problems {
	var found []plaintext.Finding
	seen, named := map[plaintext.Finding]bool{}, map[string]bool{}
	for _, f := range plaintext.Text(data) {
		found, named[f.What] = append(found, f), true // a scalar holds what the text holds
	}
	roots := make([]*yaml.Node, len(docs))
	for i, doc := range docs {
		roots[i] = doc.Root()
	}
	for _, f := range plaintext.Documents(roots...) {
		if !named[f.What] && !seen[f] {
			found, seen[f] = append(found, f), true
		}
	}
	var problems diag.Problems
	report := func(f plaintext.Finding, what, why, fix string) {
		problems = append(problems, rule.SecretInClear.Problem(diag.Position{File: file, Line: f.Line, Column: f.Column}, "", what, why, fix))
	}
	const readable = "everybody who reads this repository can read it"
	for i, f := range found {
		switch {
		case i == mostInClear && len(found) > i+1:
			report(f, fmt.Sprintf("holds %s, and %d more secrets behind it", f.What, len(found)-i-1), readable, fix)
			return problems
		case f.What == plaintext.TooMuch:
			report(f, "holds "+f.What, "a secret could lie in it", "move the document to another file, or divide it")
		default:
			report(f, "holds "+f.What, readable, fix)
		}
	}
	return problems
}

// fileInClear does so with a file of which nothing else was read here.
func fileInClear(file string, data []byte) diag.Problems {
	docs, _ := strict.All(file, data, strict.Limits{Bytes: manifestLimit})
	return inClear(file, data, takeOut, docs...)
}

// holdsKey says whether a file of public certificates holds anything private.
func holdsKey(data []byte) bool {
	return bytes.Contains(data, []byte("PRIVATE KEY-----")) || len(plaintext.Text(data)) > 0
}
