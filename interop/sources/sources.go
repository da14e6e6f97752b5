// Package sources gives the files of other projects that the proofs read: their
// CRDs and Istio's charts, from the zips that Go's module proxy serves. Every
// module is pinned by its checksum, so the same files are read everywhere, and
// once a module is in the module cache no network is used.
//
// They are not requirements in go.mod. Nothing imports them, so `go mod tidy`
// would drop them; and as requirements they would raise the versions of what is
// imported and bring thousands of lines into go.sum.
package sources

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A Module is one module that files are read from.
type Module struct {
	Path, Version string
	Sum           string // as in go.sum
}

// The modules, each with what is read from it.
var (
	KustomizeController = Module{"github.com/fluxcd/kustomize-controller", "v1.9.6", "h1:XB+G3A0mky0j5uVHZWv4oSlS2RvZBoNIUhstIvY0JKE="}       // config/crd/bases
	SourceController    = Module{"github.com/fluxcd/source-controller", "v1.9.6", "h1:nG534/bI6nVpyHra7ONAk6xDB3xPsVT+EOLHZHXPrrc="}          // config/crd/bases
	HelmController      = Module{"github.com/fluxcd/helm-controller", "v1.6.4", "h1:u/Ew7LehrwDQaE/NqWdaB3XnNDCxRGDcp1FZl7RKj4g="}            // config/crd/bases
	ArgoCD              = Module{"github.com/argoproj/argo-cd/v3", "v3.5.7", "h1:Xm1BF+I5OgDKUG3SDK49vn2/Y5AMyaNVko+/JT08gj0="}               // manifests/crds
	SealedSecrets       = Module{"github.com/bitnami-labs/sealed-secrets", "v0.36.6", "h1:oXj+YUIp/eS8NI81BYLcF8yPwxBf8d+gRpTHJ/Qg/R8="}      // helm/sealed-secrets/crds
	CertManager         = Module{"github.com/cert-manager/cert-manager", "v1.21.2", "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68="}        // deploy/crds
	ExternalSecrets     = Module{"github.com/external-secrets/external-secrets", "v1.3.2", "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ="} // config/crds/bases
	Gosec               = Module{"github.com/securego/gosec/v2", "v2.30.0", "h1:67aF6LHa7SAL6QEc4es857GrXTT50gUqmrl0XPhtDx0="}                // report/sarif/testdata
	IstioAPI            = Module{"istio.io/api", "v1.30.3", "h1:pPSa0uah/t7CEuwacS4rw5qK/oHGvxC0WO8i4RRGwEU="}                                // kubernetes

	// Istio publishes no releases of this module; the one version that the
	// proxy has lies between 1.30 and 1.31. Its charts are in manifests/charts.
	Istio = Module{"istio.io/istio", "v0.0.0-20260827124520-eed52ebb66ad", "h1:ui9TJjRMAV/hb5ehQaZDq7IUGxuQP6dra9lapT/VjHI="}
)

type folder struct {
	path string
	err  error
}

var (
	lock    sync.Mutex
	folders = map[Module]folder{}
)

// Folder returns the module's folder in the module cache and downloads it where
// it is not there yet. A module whose checksum is another is an error.
func (m Module) Folder() (string, error) {
	lock.Lock()
	defer lock.Unlock()
	found, ok := folders[m]
	if !ok {
		found.path, found.err = m.download()
		folders[m] = found
	}
	return found.path, found.err
}

func (m Module) download() (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", m.Path+"@"+m.Version)
	// Outside of any module, so that no replace of go.mod has a say. The
	// checksum below stands in for the checksum database, which would want the
	// network even for a module that is in the cache.
	cmd.Dir = os.TempDir()
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOSUMDB=off")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	runErr := cmd.Run()
	var got struct{ Dir, Sum, Error string }
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		return "", fmt.Errorf("go mod download %s@%s: %v: %s", m.Path, m.Version, runErr, strings.TrimSpace(stderr.String()))
	}
	switch {
	case got.Error != "":
		return "", fmt.Errorf("go mod download: %s", got.Error)
	case runErr != nil:
		return "", fmt.Errorf("go mod download %s@%s: %w", m.Path, m.Version, runErr)
	case got.Sum != m.Sum:
		return "", fmt.Errorf("%s@%s: checksum %s, want %s", m.Path, m.Version, got.Sum, m.Sum)
	}
	return got.Dir, nil
}

// Files returns the contents of the files below the module's folder that match
// a pattern of path.Match, in order of their names; none is an error.
func (m Module) Files(pattern string) ([][]byte, error) {
	root, err := m.Folder()
	if err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s@%s: no file %s", m.Path, m.Version, pattern)
	}
	slices.Sort(paths)
	var files [][]byte
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files = append(files, data)
	}
	return files, nil
}
