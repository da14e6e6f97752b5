package mesh_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// folder gives a folder on disk that holds a mesh, beside a file that is none
// of its business, as the command opens it.
func folder(t testing.TB, text string) (dir string, fsys fs.FS) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "mesh")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"mesh.yaml": text, "../secret.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: hunter2}\nspec: {ports: [{port: 1}]}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return dir, root.FS()
}

// A mesh reads regular files of its own folder and nothing else, whatever its
// names and links say; and it does not wait for a file that never ends.
func TestHostileFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no links and no FIFOs to make")
	}
	for _, test := range []struct {
		name string
		file string
		make func(t *testing.T, path string)
		want string
	}{
		{name: "above", file: "../secret.yaml", want: `"../secret.yaml" leaves the folder of the mesh`},
		{name: "above, by a detour", file: "services/../../secret.yaml", want: `"services/../../secret.yaml" leaves the folder of the mesh`},
		{name: "absolute", file: "/etc/passwd", want: `"/etc/passwd" leaves the folder of the mesh`},
		{name: "nothing", file: `"."`, want: `"." is not a regular file`},
		{
			name: "a link out",
			file: "a.yaml",
			make: func(t *testing.T, path string) { must(t, os.Symlink("../secret.yaml", path)) },
			want: `"a.yaml" cannot be read: path escapes from parent`,
		},
		{
			name: "a link to an absolute path",
			file: "a.yaml",
			make: func(t *testing.T, path string) { must(t, os.Symlink("/etc/passwd", path)) },
			want: `"a.yaml" cannot be read: path escapes from parent`,
		},
		{
			name: "a folder that is a link out",
			file: "a/secret.yaml",
			make: func(t *testing.T, path string) { must(t, os.Symlink("..", filepath.Dir(path))) },
			want: `"a/secret.yaml" cannot be read: path escapes from parent`,
		},
		{
			name: "a link in a circle",
			file: "a.yaml",
			make: func(t *testing.T, path string) { must(t, os.Symlink("a.yaml", path)) },
			want: `"a.yaml" cannot be read: too many levels of symbolic links`,
		},
		{
			name: "a folder",
			file: "a",
			make: func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o755)) },
			want: `"a" is not a regular file`,
		},
		{
			name: "a FIFO",
			file: "a.yaml",
			make: fifo,
			want: `"a.yaml" is not a regular file`,
		},
		{
			name: "too large",
			file: "a.yaml",
			make: func(t *testing.T, path string) {
				must(t, os.WriteFile(path, nil, 0o644))
				must(t, os.Truncate(path, 1<<40)) // holds no block
			},
			want: `"a.yaml" has 1099511627776 bytes; 16777216 is the most that is read`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir, fsys := folder(t, edited(t, base, "    - name: reviews\n      namespace: bookinfo\n      ports: [{name: http, port: 9080}]\n", "    - file: "+test.file+"\n"))
			if test.make != nil {
				test.make(t, filepath.Join(dir, test.file))
			}
			problems := loadSoon(t, mesh.Source{FS: fsys, Name: "mesh.yaml", Dir: "mesh"})
			if len(problems) != 1 || problems[0].What != test.want || problems[0].Pos.Line != 22 {
				t.Errorf("want %s, got\n%s", test.want, problems.Text())
			}
		})
	}
}

// The same holds for mesh.yaml itself.
func TestHostileMesh(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no links and no FIFOs to make")
	}
	for _, test := range []struct {
		name string
		make func(t *testing.T, path string)
		want string
	}{
		{name: "missing", make: func(*testing.T, string) {}, want: `isthmus: error: mesh/other.yaml: does not exist
isthmus: fix: name the file with -f, or run isthmus where mesh/mesh.yaml or mesh.yaml lies
`},
		{name: "a folder", make: func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o755)) }, want: "isthmus: error: mesh/other.yaml: is not a regular file\n"},
		{name: "a FIFO", make: fifo, want: "isthmus: error: mesh/other.yaml: is not a regular file\n"},
		{name: "a link out", make: func(t *testing.T, path string) { must(t, os.Symlink("../secret.yaml", path)) }, want: "isthmus: error: mesh/other.yaml: cannot be read: path escapes from parent\n"},
		{name: "too large", make: func(t *testing.T, path string) { must(t, os.WriteFile(path, make([]byte, 1<<20+1), 0o644)) }, want: "isthmus: error: mesh/other.yaml: has 1048577 bytes; 1048576 is the most that is read\n"},
		{name: "empty", make: func(t *testing.T, path string) { must(t, os.WriteFile(path, nil, 0o644)) }, want: "isthmus: error: mesh/other.yaml:1:1: the file holds no document (IST003)\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir, fsys := folder(t, base)
			test.make(t, filepath.Join(dir, "other.yaml"))
			problems := loadSoon(t, mesh.Source{FS: fsys, Name: "other.yaml", Dir: "mesh"})
			if diff := cmp.Diff(test.want, problems.Text()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// loadSoon gives the problems of a mesh, and fails where reading it waits.
func loadSoon(t *testing.T, src mesh.Source) diag.Problems {
	t.Helper()
	done := make(chan diag.Problems, 1)
	go func() {
		_, problems := mesh.Load(src)
		done <- problems
	}()
	select {
	case problems := <-done:
		return problems
	case <-time.After(20 * time.Second):
		t.Fatal("loading does not end")
		return nil
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A mesh as large as a file may be takes seconds, not minutes, whether it is
// right or wrong from end to end.
func TestLargeMeshes(t *testing.T) {
	const head = "apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: a}\nspec:\n  istio: {version: \"1.5.10\"}\n  clusters:\n"
	const primary = "  - {name: p, apiServer: https://p, podCIDRs: [10.0.0.0/16], serviceCIDRs: [10.1.0.0/16], controlPlane: {expose: pod, addresses: [10.0.0.1]}}\n"
	overlapping := head + "  - {name: p, apiServer: https://p, controlPlane: {addresses: [10.0.0.1]}, serviceCIDRs: [11.0.0.0/8], podCIDRs: [" + strings.Repeat("10.0.0.0/8,", 90_000) + "]}\n"
	var clusters, services strings.Builder
	for i := range 9_000 {
		fmt.Fprintf(&clusters, "  - {name: c%d, apiServer: https://c%d, podCIDRs: [\"fd:%x::/64\"], serviceCIDRs: [\"fc:%x::/64\"]}\n", i, i, i, i)
		fmt.Fprintf(&services, "  - {name: s%d, namespace: app, ports: [{port: 80}], clusters: [p]}\n", i)
	}
	for _, test := range []struct {
		name   string
		text   string
		errors int
	}{
		{name: "90,000 prefixes that overlap", text: overlapping, errors: 89_999},
		{name: "9,000 clusters", text: head + primary + clusters.String()},
		{name: "9,000 clusters of one name", text: head + primary + strings.Repeat("  - {name: c, apiServer: https://c, podCIDRs: [10.2.0.0/16], serviceCIDRs: [10.3.0.0/16]}\n", 9_000), errors: 4 * 8_999},
		{name: "9,000 Services", text: head + primary + "  services:\n" + services.String()},
		{name: "9,000 Services of one name", text: head + primary + "  services:\n" + strings.Repeat("  - {name: s, namespace: app, ports: [{port: 80}], clusters: [p]}\n", 9_000), errors: 8_999},
	} {
		t.Run(test.name, func(t *testing.T) {
			start := time.Now()
			_, problems := load(test.text, nil)
			if n := len(problems.Errors()); (n > 0) != (test.errors > 0) || test.errors > 1 && n != test.errors {
				t.Errorf("%d errors, want %d; the first is\n%s", n, test.errors, problems[:min(len(problems), 2)].Text())
			}
			// Ten times what it takes; what grows with the square takes hours.
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}
