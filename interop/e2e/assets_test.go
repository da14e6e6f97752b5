package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// An assets is the programs that the proof starts.
type assets struct {
	etcd, apiServer, kustomize string
}

// missing is said where a program is not there: the whole of what is needed, so
// that nobody has to run the proof twice to learn it.
const missing = `%s.
The proof needs the programs etcd and kube-apiserver in one folder, which ISTHMUS_E2E_ASSETS or
KUBEBUILDER_ASSETS names, and kustomize in .bin at the root of the repository or on PATH (make tools).
To download the two:  export KUBEBUILDER_ASSETS=$(go run sigs.k8s.io/controller-runtime/tools/setup-envtest@v0.25.1 use 1.34.x -p path)
To build them from Go modules alone, in some ten minutes:  sh interop/e2e/assets.sh <folder>
interop/e2e/README.md says more.`

// findAssets skips a plain `go test ./...`, which takes seconds elsewhere, and
// fails where the proof was asked for and a program is missing.
func findAssets(t *testing.T) assets {
	t.Helper()
	if os.Getenv("ISTHMUS_E2E") == "" {
		t.Skip("takes minutes and needs a kube-apiserver: run by make e2e, which sets ISTHMUS_E2E=1")
	}
	found, err := lookAssets(os.Getenv)
	if err != nil {
		t.Fatalf(missing, err)
	}
	return found
}

func lookAssets(getenv func(string) string) (assets, error) {
	name, folder := "ISTHMUS_E2E_ASSETS", getenv("ISTHMUS_E2E_ASSETS")
	if folder == "" {
		name, folder = "KUBEBUILDER_ASSETS", getenv("KUBEBUILDER_ASSETS")
	}
	if folder == "" {
		return assets{}, errors.New("neither ISTHMUS_E2E_ASSETS nor KUBEBUILDER_ASSETS is set")
	}
	found := assets{etcd: filepath.Join(folder, "etcd"), apiServer: filepath.Join(folder, "kube-apiserver")}
	for _, path := range []string{found.etcd, found.apiServer} {
		if _, err := exec.LookPath(path); err != nil {
			return assets{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	// The pinned one first; a path that starts with .. is not looked up on PATH.
	for _, name := range []string{filepath.Join("..", "..", ".bin", "kustomize"), "kustomize"} {
		if path, err := exec.LookPath(name); err == nil {
			found.kustomize, err = filepath.Abs(path)
			return found, err
		}
	}
	return assets{}, errors.New("kustomize is not there")
}

func TestLookAssets(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"etcd", "kube-apiserver"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name string
		env  map[string]string
		want string // the error
		etcd string
	}{
		{name: "nothing", want: "neither ISTHMUS_E2E_ASSETS nor KUBEBUILDER_ASSETS is set"},
		{
			name: "empty folder",
			env:  map[string]string{"KUBEBUILDER_ASSETS": "/none"},
			want: `KUBEBUILDER_ASSETS: exec: "/none/etcd": stat /none/etcd: no such file or directory`,
		},
		{
			name: "our own name first",
			env:  map[string]string{"ISTHMUS_E2E_ASSETS": folder, "KUBEBUILDER_ASSETS": "/none"},
			etcd: filepath.Join(folder, "etcd"),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := lookAssets(func(name string) string { return test.env[name] })
			said := ""
			if err != nil {
				said = err.Error()
			}
			if said == "kustomize is not there" {
				t.Skip("no kustomize here: make tools")
			}
			if said != test.want || got.etcd != test.etcd {
				t.Errorf("got %q, %q, want %q, %q", got.etcd, said, test.etcd, test.want)
			}
		})
	}
}
