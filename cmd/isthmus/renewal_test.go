package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// A fleet is a mesh in a folder, where commands run in this process under a clock
// that the test sets.
type fleet struct {
	t     *testing.T
	dir   string
	clock time.Time
}

func newFleet(t *testing.T, meshYAML []byte) *fleet {
	t.Helper()
	outside := t.TempDir()
	f := &fleet{t: t, dir: t.TempDir(), clock: sealtest.Today}
	was := now
	now = func() time.Time { return f.clock }
	t.Cleanup(func() { now = was })
	f.write("mesh/mesh.yaml", meshYAML)
	key := filepath.Join(outside, "tagkey")
	if err := os.WriteFile(key, seal.NewKey().Text(), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(tagKeyVariable, key)
	return f
}

func (f *fleet) write(name string, data []byte) {
	f.t.Helper()
	at := filepath.Join(f.dir, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(at, data, 0o644); err != nil {
		f.t.Fatal(err)
	}
}

// run gives what a command prints; its status must be the one that is wanted.
func (f *fleet) run(want int, stdin []byte, args ...string) (stdout, stderr string) {
	f.t.Helper()
	var out, errors bytes.Buffer
	args = append(append([]string{"isthmus"}, args...), "-f", filepath.Join(f.dir, "mesh/mesh.yaml"))
	if got := run(args, bytes.NewReader(stdin), &out, &errors); got != want {
		f.t.Fatalf("%s: status %d, want %d\n%s%s", strings.Join(args, " "), got, want, &out, &errors)
	}
	return out.String(), errors.String()
}

// files gives all that lies below mesh/.
func (f *fleet) files() map[string]string {
	f.t.Helper()
	all := map[string]string{}
	root := os.DirFS(f.dir)
	err := fs.WalkDir(root, "mesh", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, name)
		all[name] = string(data)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return all
}

// changed gives the files that are not as they were, sorted.
func (f *fleet) changed(before map[string]string) []string {
	f.t.Helper()
	after := f.files()
	names := maps.Clone(before)
	maps.Copy(names, after)
	var all []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if before[name] != after[name] {
			all = append(all, name)
		}
	}
	return all
}

const lockFile = "mesh/" + seal.LockPath

// TestRenewals lives through 400 days in which the controllers of two clusters
// renew their keys every 30 days, 14 keys each. On every day status names the
// files that are sealed for a key of before, and no other; create seals none of
// them again by itself; and reseal, which comes late and passes over some
// renewals, changes these files and no byte of another.
func TestRenewals(t *testing.T) {
	const days, period, count = 400, 30, 14
	text, err := os.ReadFile("../../generators/testdata/two-primaries/mesh/mesh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f := newFleet(t, text)
	start := f.clock
	servers := map[string]string{"east": "https://10.1.0.10:6443", "north": "https://10.4.0.10:6443", "west": "https://10.2.0.10:6443", "far-north": "https://10.5.0.10:6443"}
	credential := func(cluster string) []byte {
		return sealtest.Kubeconfig("admin", servers[cluster], sealtest.Token(sealtest.Claims("istio-reader-service-account-istio-remote-secret-token")))
	}
	credentials := map[string][]byte{} // the CA in them is signed anew each time
	for name := range servers {
		credentials[name] = credential(name)
	}
	// The first key of east is made on the first day, that of north 19 days before.
	renewed := map[string]int{"east": 0, "north": -19}
	names := map[string][]string{"east": sealtest.Series[:count], "north": slices.Clone(sealtest.Series[len(sealtest.Series)-count:])}
	var private []byte
	for _, name := range sealtest.Series {
		private = append(private, sealtest.PrivatePEM(name)...)
	}
	prints, holds := map[string]string{}, map[string]string{} // the current key of a cluster; the key of a file
	renew := func(cluster string, n int, at time.Time) {
		data := sealtest.Certificate(names[cluster][n], at)
		c, problem := seal.ParseCertificate("", data)
		if problem != nil {
			t.Fatal(problem)
		}
		prints[cluster] = c.Print
		f.write("mesh/"+seal.CertificatePath(cluster), data)
	}
	stale := func(clusters ...string) []string {
		var all []string
		for file, print := range holds {
			cluster := strings.Split(file, "/")[2]
			if print != prints[cluster] && slices.Contains(clusters, cluster) {
				all = append(all, file)
			}
		}
		return slices.Sorted(slices.Values(all))
	}
	seen, resealed, refused := map[string]bool{}, 0, 0
	for day := range days + 1 {
		f.clock = start.AddDate(0, 0, day)
		for cluster, first := range renewed {
			if n := (day - first) / period; n < count && (day == 0 || (day-first)%period == 0) {
				renew(cluster, n, start.AddDate(0, 0, first+n*period))
				seen[cluster+prints[cluster]] = true
			}
		}
		if day == 0 {
			for name := range servers {
				f.run(0, credentials[name], "secrets", "create", name, "--kubeconfig", "-")
			}
			for file := range f.files() {
				if strings.Contains(file, seal.RemotePrefix) {
					holds[file] = prints[strings.Split(file, "/")[2]]
				}
			}
			if len(holds) != 6 {
				t.Fatalf("%d remote Secrets, want 6", len(holds))
			}
		}
		before := f.files()
		want := stale("east", "north")
		code := 0
		if len(want) > 0 {
			code = 3
		}
		out, _ := f.run(code, nil, "secrets", "status", "-o", "json")
		var status struct {
			Secrets []struct {
				File, State string
				Due         []string
			}
		}
		if err := json.Unmarshal([]byte(out), &status); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range status.Secrets {
			file := strings.TrimPrefix(s.File, filepath.ToSlash(f.dir)+"/")
			if s.State == "stale" {
				got = append(got, file)
			}
			if (s.State == "stale") != (len(s.Due) > 0) {
				t.Errorf("day %d: %s is %s, and due: %q", day, file, s.State, s.Due)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("day %d: stale (-want +got):\n%s", day, diff)
		}
		if day%7 == 3 { // what a job may run: the same credential once more
			code := 0
			if len(want) > 0 {
				code, refused = 1, refused+1
			}
			f.run(code, credentials["west"], "secrets", "create", "west", "--kubeconfig", "-")
		}
		if changed := f.changed(before); len(changed) > 0 {
			t.Fatalf("day %d: nobody sealed, and these changed: %q", day, changed)
		}
		if day%40 != 20 {
			continue
		}
		clusters := [][]string{{"east", "north"}, {"east"}, {"north"}}[day/40%3]
		args := []string{"secrets", "reseal", "--private-key", "-", "--accept", prints["east"], "--accept", prints["north"]}
		for _, cluster := range clusters {
			args = append(args, "--cluster", cluster)
		}
		f.run(0, private, args...)
		want = stale(clusters...)
		resealed += len(want)
		for _, file := range want {
			holds[file] = prints[strings.Split(file, "/")[2]]
		}
		if len(want) > 0 {
			want = slices.Sorted(slices.Values(append(want, lockFile)))
		}
		if diff := cmp.Diff(want, f.changed(before)); diff != "" {
			t.Fatalf("day %d: resealed (-want +got):\n%s", day, diff)
		}
	}
	if len(seen) != 2*count || resealed == 0 || refused == 0 {
		t.Errorf("%d keys, %d files sealed again, %d times refused: the days have not looked at what they should", len(seen), resealed, refused)
	}
	t.Logf("%d keys, %d files sealed again, %d times refused", len(seen), resealed, refused)
}
