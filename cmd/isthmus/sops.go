package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// sopsLimit bounds what sops prints, in bytes: a Secret takes 1 MiB, and half as
// much again when it is encrypted.
const sopsLimit = 4 << 20

// sops gives the backend of the user's own sops, which runs in the folder of
// mesh.yaml: it looks for .sops.yaml from there upwards.
func (s *sealing) sops() seal.SOPS {
	folder := filepath.Dir(s.input.path())
	return seal.SOPS{
		Run:   func(args []string, input []byte) ([]byte, error) { return runSOPS(folder, args, input) },
		Rules: sopsRules(folder),
	}
}

// runSOPS gives what sops prints. What it says is in the error as it said it.
func runSOPS(folder string, args []string, input []byte) ([]byte, error) {
	out, said, err := program{name: "sops", args: args, folder: folder, input: input, limit: sopsLimit}.run()
	what := "sops " + args[0]
	var failed *exec.ExitError
	var stopped *diag.Problem
	switch {
	case err == nil:
		return out, nil
	case errors.As(err, &stopped):
		return nil, err
	case errors.Is(err, exec.ErrNotFound):
		return nil, &diag.Problem{What: "there is no sops on the PATH", Why: "spec.secrets.backend is sops, and isthmus seals through it with your own rules and keys", Fix: "install sops 3.10 or later"}
	case errors.As(err, &failed):
		said = strings.TrimSpace(said)
		fix := "see whether a rule in .sops.yaml is for this file, and whether its keys can be reached"
		if strings.Contains(said, "flag provided but not defined") || strings.Contains(said, "No help topic") || strings.Contains(said, "no file specified") {
			fix = "install sops 3.10 or later"
		}
		return nil, &diag.Problem{What: fmt.Sprintf("%s says %q", what, said), Fix: fix}
	}
	return nil, &diag.Problem{What: what + " did not run"}
}

// sopsRules reads the .sops.yaml that sops takes for a folder: the nearest one
// above. What cannot be read says nothing, and sops itself says it.
func sopsRules(folder string) *seal.SOPSRules {
	start, err := filepath.Abs(folder)
	if err != nil {
		return nil
	}
	for at := start; ; at = filepath.Dir(at) {
		f, err := os.Open(filepath.Join(at, ".sops.yaml"))
		if err != nil {
			if at == filepath.Dir(at) {
				return nil
			}
			continue
		}
		defer f.Close()
		data, err := io.ReadAll(io.LimitReader(f, 1<<20))
		under, relErr := filepath.Rel(at, start)
		if err != nil || relErr != nil {
			return nil
		}
		return seal.ParseSOPSRules(data, filepath.ToSlash(under))
	}
}
