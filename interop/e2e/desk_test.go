package e2e

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// A desk is where a user works: a folder with a mesh, isthmus as it is built of
// this checkout, and the real kubectl and kustomize.
type desk struct {
	ctx    context.Context
	folder string
	env    []string
	proxy  string
}

func newDesk(ctx context.Context, t *testing.T, assets assets) *desk {
	t.Helper()
	d := &desk{ctx: ctx, folder: t.TempDir()}
	bin := t.TempDir()
	cmd := exec.CommandContext(ctx, "go", "build", "-o", bin, "./cmd/isthmus")
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build ./cmd/isthmus: %v\n%s", err, out)
	}
	for name, path := range map[string]string{"kubectl": assets.kubectl, "kustomize": assets.kustomize} {
		if err := os.Symlink(path, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	d.env = []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + t.TempDir(), "KUBECONFIG=" + d.at("admin.kubeconfig"), "ISTHMUS_TAG_KEY_FILE=" + d.at("tag.key")}
	return d
}

// at names a file beside the folder of the mesh: no secret may lie in it.
func (d *desk) at(name string) string { return d.folder + "-" + name }

// login writes a kubeconfig for a user of the clusters, who has no rights but
// those of a group.
func (d *desk) login(t *testing.T, file, name, group string, members ...*member) {
	t.Helper()
	config := clientcmdapi.NewConfig()
	for _, m := range members {
		cert, key, err := m.pki.user(name, group)
		if err != nil {
			t.Fatal(err)
		}
		m.addTo(config, d.proxy, cert, key)
		config.CurrentContext = m.name
	}
	if err := clientcmd.WriteToFile(*config, d.at(file)); err != nil {
		t.Fatal(err)
	}
}

// try runs a line of the shell and returns its streams and exit status.
func (d *desk) try(t *testing.T, stdin []byte, line string) (stdout, stderr string, status int) {
	t.Helper()
	var out, said bytes.Buffer
	cmd := exec.CommandContext(d.ctx, "/bin/sh", "-c", line)
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = d.folder, d.env, bytes.NewReader(stdin), &out, &said
	err := cmd.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatalf("%s: %v", line, err)
	}
	return out.String(), said.String(), cmd.ProcessState.ExitCode()
}

// run runs a line that has to succeed, and returns what it prints.
func (d *desk) run(t *testing.T, line string) string {
	t.Helper()
	stdout, stderr, status := d.try(t, nil, line)
	if status != 0 {
		t.Fatalf("%s: exit status %d\n%s%s", line, status, stdout, stderr)
	}
	return stdout
}

// apply applies the stages of a cluster by hand, as docs/delivery.md says; once
// control-plane is there, a person installs the charts.
func (d *desk) apply(t *testing.T, m *member, stages ...string) {
	t.Helper()
	for _, stage := range stages {
		d.run(t, "kubectl --context "+m.name+" apply --server-side -k overlays/"+m.name+"/"+stage)
		if stage != controlPlane {
			continue
		}
		for _, c := range []struct {
			of         source
			name, file string
		}{{istioBase, "istio-base", "values-base.yaml"}, {istiod, "istiod", "values-istiod.yaml"}} {
			m.helm(d.ctx, t, c.of, c.name, "istio-system", filepath.Join(d.folder, "overlays", m.name, stage, c.file))
		}
	}
}

// same fails where two texts differ, and shows both whole.
func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got\n%s\nwant\n%s", what, got, want)
	}
}

// lines is a text as a table of the test writes it.
func lines(all ...string) string { return strings.Join(all, "\n") + "\n" }

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, from io.Reader) []byte {
	t.Helper()
	data, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
