package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// An assets is the programs that the proof starts.
type assets struct {
	etcd, apiServer, controllerManager, kubectl, sealedSecrets string
	kustomize                                                  string
}

// missing is said where a program is not there: the whole of what is needed, so
// that nobody has to run the proof twice to learn it.
const missing = `%s.
The proof needs programs of Kubernetes, etcd and sealed-secrets in one folder, .bin/e2e at the root of the repository
or the one that ISTHMUS_E2E_ASSETS names, and kustomize in .bin or on PATH. make e2e builds them all from Go modules.
interop/e2e/README.md says more.`

// findAssets skips a plain `go test ./...`, which takes seconds elsewhere, and
// fails where the proof was asked for and a program is missing.
func findAssets(t *testing.T) assets {
	t.Helper()
	if os.Getenv("ISTHMUS_E2E") == "" {
		t.Skip("takes minutes and needs a kube-apiserver: run by make e2e, which sets ISTHMUS_E2E=1")
	}
	found, err := lookAssets(os.Getenv("ISTHMUS_E2E_ASSETS"))
	if err != nil {
		t.Fatalf(missing, err)
	}
	return found
}

// lookAssets finds the programs in a folder, "" for the one that make fills.
func lookAssets(folder string) (assets, error) {
	var found assets
	if folder == "" {
		folder = filepath.Join("..", "..", ".bin", "e2e")
	}
	folder, err := filepath.Abs(folder) // they are started elsewhere
	if err != nil {
		return found, err
	}
	for name, path := range map[string]*string{
		"etcd": &found.etcd, "kube-apiserver": &found.apiServer, "kube-controller-manager": &found.controllerManager,
		"kubectl": &found.kubectl, "sealed-secrets-controller": &found.sealedSecrets,
	} {
		if *path, err = exec.LookPath(filepath.Join(folder, name)); err != nil {
			return found, err
		}
	}
	// The pinned one first; a path that starts with .. is not looked up on PATH.
	for _, name := range []string{filepath.Join("..", "..", ".bin", "kustomize"), "kustomize"} {
		if path, err := exec.LookPath(name); err == nil {
			found.kustomize, err = filepath.Abs(path)
			return found, err
		}
	}
	return found, errors.New("kustomize is not there")
}

func TestLookAssets(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"etcd", "kube-apiserver", "kube-controller-manager", "kubectl", "sealed-secrets-controller"} {
		_, err := lookAssets(folder)
		if err == nil {
			t.Fatalf("%s is not there, and not missed", name)
		}
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	got, err := lookAssets(folder)
	if err != nil && err.Error() == "kustomize is not there" {
		t.Skip("no kustomize here: make tools")
	}
	if want := filepath.Join(folder, "kubectl"); err != nil || got.kubectl != want {
		t.Errorf("got %q, %v, want %q", got.kubectl, err, want)
	}
}
