//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// A machine has a folder for a repository and one for keys, and runs isthmus under
// a umask.
type machine struct {
	t         *testing.T
	dir, repo string
	umask     int
}

func newMachine(t *testing.T, umask int) *machine {
	m := &machine{t: t, dir: t.TempDir(), umask: umask}
	m.repo = filepath.Join(m.dir, "repo")
	if err := os.CopyFS(m.repo, os.DirFS("testdata/pair")); err != nil {
		t.Fatal(err)
	}
	m.write("repo/mesh/sealing/east.pem", sealtest.Certificate("east", sealtest.Today.AddDate(0, 0, -1)), 0o644)
	return m
}

func (m *machine) write(name string, data []byte, mode os.FileMode) {
	m.t.Helper()
	at := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(at, data, 0o600); err != nil {
		m.t.Fatal(err)
	}
	m.chmod(name, mode)
}

func (m *machine) chmod(name string, mode os.FileMode) {
	m.t.Helper()
	if err := os.Chmod(filepath.Join(m.dir, name), mode); err != nil {
		m.t.Fatal(err)
	}
}

// isthmus gives what a command says, and whether it failed.
func (m *machine) isthmus(stdin []byte, args ...string) (string, bool) {
	m.t.Helper()
	program, err := os.Executable()
	if err != nil {
		m.t.Fatal(err)
	}
	// A shell sets the umask, which is that of the whole process.
	cmd := exec.Command("sh", append([]string{"-c", fmt.Sprintf(`umask %03o; exec "$0" "$@"`, m.umask), filepath.Join(m.dir, "isthmus")}, args...)...)
	if err := os.Symlink(program, filepath.Join(m.dir, "isthmus")); err != nil && !os.IsExist(err) {
		m.t.Fatal(err)
	}
	cmd.Dir, cmd.Stdin = m.repo, bytes.NewReader(stdin)
	cmd.Env = append(os.Environ(), "NOW="+sealtest.Today.Format(time.RFC3339), "ISTHMUS_TAG_KEY_FILE="+filepath.Join(m.dir, "tagkey"))
	out, err := cmd.CombinedOutput()
	return string(out), err != nil
}

func (m *machine) done(stdin []byte, args ...string) {
	m.t.Helper()
	if said, failed := m.isthmus(stdin, args...); failed {
		m.t.Fatalf("isthmus %s:\n%s", strings.Join(args, " "), said)
	}
}

func (m *machine) modes(want map[string]os.FileMode) {
	m.t.Helper()
	for name, mode := range want {
		if info, err := os.Stat(filepath.Join(m.dir, name)); err != nil || info.Mode() != mode {
			m.t.Errorf("%s: %v, want %v (%v)", name, info.Mode(), mode, err)
		}
	}
}

func kubeconfigOf(claims map[string]any) []byte {
	return sealtest.Kubeconfig("admin", "https://10.2.0.10:6443", sealtest.Token(claims))
}

// Whatever the umask: what is sealed can be read by all and keeps the mode that it
// was given, a key can be read by nobody else, and a private file that others can
// read is not taken.
func TestModes(t *testing.T) {
	const remote, list, lock = "repo/mesh/sealed/east/istio-remote-secret-west.yaml", "repo/mesh/sealed/east/kustomization.yaml", "repo/mesh/sealed/.tags.lock"
	for _, umask := range []int{0, 0o022, 0o077} {
		ready := func(t *testing.T) *machine {
			m := newMachine(t, umask)
			m.done(nil, "secrets", "key", "../tagkey")
			m.done(kubeconfigOf(sealtest.Claims(readerToken)), "secrets", "create", "west", "--kubeconfig", "-")
			return m
		}
		t.Run(fmt.Sprintf("%03o, new files", umask), func(t *testing.T) {
			t.Parallel()
			m := ready(t)
			identity, err := age.GenerateX25519Identity()
			if err != nil {
				t.Fatal(err)
			}
			m.done(nil, "ca", "init", "--key", "../root.age", "--recipient", identity.Recipient().String())
			m.modes(map[string]os.FileMode{
				"tagkey": 0o600, "root.age": 0o600, remote: 0o644, list: 0o644, lock: 0o644, "repo/mesh/ca/root.pem": 0o644,
			})
		})
		t.Run(fmt.Sprintf("%03o, files of another mode", umask), func(t *testing.T) {
			t.Parallel()
			m := ready(t)
			before, err := os.ReadFile(filepath.Join(m.dir, remote))
			if err != nil {
				t.Fatal(err)
			}
			m.chmod(remote, 0o600)
			m.chmod(lock, 0o664)
			m.done(kubeconfigOf(sealtest.Requested(sealtest.Today.AddDate(1, 0, 0))), "secrets", "create", "west", "--kubeconfig", "-")
			if after, err := os.ReadFile(filepath.Join(m.dir, remote)); err != nil || bytes.Equal(before, after) {
				t.Errorf("another token was not sealed (%v)", err)
			}
			m.modes(map[string]os.FileMode{remote: 0o600, lock: 0o664, list: 0o644, "tagkey": 0o600})
		})
		for _, mode := range []os.FileMode{0o640, 0o604} {
			t.Run(fmt.Sprintf("%03o, private files of %03o", umask, mode), func(t *testing.T) {
				t.Parallel()
				m := ready(t)
				m.write("cluster.key", sealtest.PrivatePEM("east"), 0o600)
				m.write("passphrase", []byte("a passphrase that nobody guesses\n"), 0o600)
				identity, err := age.GenerateX25519Identity()
				if err != nil {
					t.Fatal(err)
				}
				m.write("identity", []byte(identity.String()+"\n"), 0o600)
				m.done(nil, "ca", "init", "--key", "../root.age", "--recipient", identity.Recipient().String())
				for _, test := range []struct {
					file string
					args []string
				}{
					{"tagkey", []string{"secrets", "verify", "--tag-key", "../tagkey"}},
					{"cluster.key", []string{"secrets", "verify", "--private-key", "../cluster.key"}},
					{"passphrase", []string{"ca", "init", "--key", "../other.age", "--passphrase-file", "../passphrase", "-f", "other/mesh.yaml"}},
					{"identity", []string{"ca", "issue", "east", "--key", "../root.age", "--identity", "../identity"}},
				} {
					if test.file == "passphrase" {
						if err := os.CopyFS(filepath.Join(m.repo, "other"), os.DirFS("testdata/pair/mesh")); err != nil {
							t.Fatal(err)
						}
					}
					m.chmod(test.file, mode)
					want := "../" + test.file + ": others on this machine can read it\nisthmus: fix: chmod 600 ../" + test.file + "\n"
					if said, failed := m.isthmus(nil, test.args...); !failed || !strings.HasSuffix(said, want) {
						t.Errorf("isthmus %s: got\n%swant\n%s", strings.Join(test.args, " "), said, want)
					}
					m.chmod(test.file, 0o600)
					if said, failed := m.isthmus(nil, test.args...); failed {
						t.Errorf("isthmus %s with mode 600:\n%s", strings.Join(test.args, " "), said)
					}
				}
			})
		}
	}
}
