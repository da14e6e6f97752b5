//go:build unix

package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/isthmus-mesh/isthmus/generators/verify"
)

// A kind that the cluster does not know is told apart, in kubectl's own words.
func TestUnknownKind(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	for said, want := range map[string]bool{
		`error: the server doesn't have a resource type "sealedsecrets"`: true,
		`Unable to connect to the server: EOF`:                           false,
	} {
		script := "#!/bin/sh\ncat >&2 <<'END'\n" + said + "\nEND\nexit 1\n"
		if err := os.WriteFile(filepath.Join(bin, "kubectl"), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		_, err := kubectl{}.question("east", verify.Question{Resource: "sealedsecrets.bitnami.com", Namespace: "istio-system", Names: []string{"cacerts"}})
		if got := errors.Is(err, verify.ErrNoKind); got != want {
			t.Errorf("%s: %v", said, err)
		}
	}
}
