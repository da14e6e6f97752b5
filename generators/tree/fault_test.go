//go:build unix

package tree

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// torture makes the tests of faults as large as a machine of its own can run.
var torture = os.Getenv("ISTHMUS_TORTURE") == "1"

const (
	childDir   = "ISTHMUS_TREE_CHILD_DIR"
	childKill  = "ISTHMUS_TREE_CHILD_KILL"
	childSize  = "ISTHMUS_TREE_CHILD_SIZE"
	childLimit = "ISTHMUS_TREE_CHILD_LIMIT"
)

// TestMain is also the process that the kill tests kill.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(child(dir))
	}
	os.Exit(m.Run())
}

// child renders the change and dies without warning before operation n.
func child(dir string) int {
	kill, _ := strconv.Atoi(os.Getenv(childKill))
	size, _ := strconv.Atoi(os.Getenv(childSize))
	root, err := os.OpenRoot(dir)
	if err != nil {
		return 2
	}
	tree, err := Of(3, change(size).after)
	if err != nil {
		return 2
	}
	if limit, err := strconv.ParseUint(os.Getenv(childLimit), 10, 32); err == nil {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			return 2
		}
	}
	n := 0
	_, err = tree.Write(root, Options{step: func(string, string) error {
		if n == kill {
			self, _ := os.FindProcess(os.Getpid())
			self.Kill()
			select {}
		}
		n++
		return nil
	}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// A scene is a render that has every kind of change in it.
type scene struct {
	before, after []Part
	users         contents // beside the rendered files, some in folders that go
}

// change makes a scene of size clusters.
func change(size int) scene {
	var s scene
	s.users = contents{}
	for i := range size {
		name := fmt.Sprintf("c%d", i)
		in := func(path, text string) contents { return contents{"overlays/" + name + "/" + path: text} }
		merge := func(all ...contents) contents {
			one := contents{}
			for _, c := range all {
				maps.Copy(one, c)
			}
			return one
		}
		same := merge(in("kustomization.yaml", "same"), in("namespaces/ns.yaml", "same"))
		before := merge(same, in("profile.yaml", "old"), in("services/gone.yaml", "old"), in("stage/gone.yaml", "old"), contents{"clusters/" + name + "/isthmus.yaml": "old"})
		after := merge(same, in("profile.yaml", strings.Repeat("new and longer", 5000)), in("services/new.yaml", "new"), in("new/new.yaml", "new"), contents{"clusters/" + name + "/isthmus.yaml": "new"})
		s.before = append(s.before, of(name, before))
		s.after = append(s.after, of(name, after))
		s.users["overlays/"+name+"/services/mine.yaml"] = "mine"
	}
	s.before = append(s.before, retiring(of("dropped", contents{"overlays/dropped/a/x": "old", "overlays/dropped/y": "old", "clusters/dropped/isthmus.yaml": "old"})))
	s.after = append(s.after, of("added", contents{"overlays/added/a/x": "new", "overlays/added/adopted": "adopted"}))
	s.users["overlays/added/adopted"] = "adopted"
	s.users["clusters/dropped/flux-system/gotk.yaml"] = "mine"
	s.users["README.md"] = "mine"
	return s
}

// start makes the disk that the scene begins with.
func (s scene) start(t testing.TB) string {
	t.Helper()
	dir := tempDir(t)
	mustWrite(t, dir, Options{}, s.before...)
	put(t, dir, s.users)
	return dir
}

// tempDir is in memory where it can be: a test of thousands of runs should wait
// neither for the disk nor for those who share it.
func tempDir(t testing.TB) string {
	const memory = "/dev/shm"
	dir, err := os.MkdirTemp(memory, "isthmus-tree-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// wanted gives the files of the parts.
func wanted(parts []Part) contents {
	all := contents{}
	for _, p := range parts {
		for _, f := range p.Files {
			text := ""
			for _, s := range f.Segments {
				text += string(s)
			}
			all[f.Path] = text
		}
	}
	return all
}

// halfway checks what must hold at any moment: each file is old or new, none
// that is in both is missing, and a user's are as he left them.
func (s scene) halfway(t testing.TB, dir string) {
	t.Helper()
	before, after, now := wanted(s.before), wanted(s.after), snapshot(t, dir)
	for path, text := range now {
		if strings.HasSuffix(path, ledgerName) || strings.HasSuffix(path, "/") {
			continue
		}
		old, wasThere := before[path]
		new, willBe := after[path]
		mine, users := s.users[path]
		if !(wasThere && text == old || willBe && text == new || users && text == mine) {
			t.Errorf("%s is neither old nor new: %d bytes", path, len(text))
		}
	}
	for path := range before {
		if _, stays := after[path]; stays && now[path] == "" {
			t.Errorf("%s is missing", path)
		}
	}
	for path, text := range s.users {
		if now[path] != text {
			t.Errorf("a user's %s is %q", path, now[path])
		}
	}
}

// converges renders again, without a fault, and checks that all is as if there
// never was one.
func (s scene) converges(t testing.TB, dir string) {
	t.Helper()
	mustWrite(t, dir, Options{}, s.after...)
	if diff := cmp.Diff(s.end(t), snapshot(t, dir)); diff != "" {
		t.Errorf("after a second run (-want +got):\n%s", diff)
	}
	if left := leftovers(t, dir); left != nil {
		t.Errorf("left in %s: %q", scratchName, left)
	}
	report, err := mustOf(t, s.after...).Compare(openRoot(t, dir), Options{})
	if err != nil || !report.Clean() {
		t.Errorf("after a second run, Compare gives %+v, %v", report, err)
	}
}

// end gives the disk after the render.
func (s scene) end(t testing.TB) contents {
	t.Helper()
	end := wanted(s.after)
	maps.Copy(end, s.users)
	for _, p := range mustOf(t, s.after...).parts {
		text := "isthmus-ledger 1 format 3"
		for _, path := range slices.Sorted(maps.Keys(wanted(s.after))) {
			for _, q := range s.after {
				if q.Name == p.name && slices.ContainsFunc(q.Files, func(f File) bool { return f.Path == path }) {
					text += ", " + path
				}
			}
		}
		end[LedgerPath(p.name)] = text
	}
	return end
}

// operations counts those of the scene, to fail at each.
func (s scene) operations(t testing.TB, o Options) int {
	t.Helper()
	n := 0
	o.step = func(string, string) error { n++; return nil }
	dir := s.start(t)
	mustWrite(t, dir, o, s.after...)
	s.converges(t, dir)
	if n < 40 {
		t.Fatalf("only %d operations", n)
	}
	return n
}

// failing gives a step that fails at operation n, and ever after where it is
// for ever.
func failing(n int, err error, forEver bool) func(op, path string) error {
	return func(string, string) error {
		n--
		if n == -1 || n < 0 && forEver {
			return err
		}
		return nil
	}
}

func TestErrorAtEveryOperation(t *testing.T) {
	sizes, causes := []int{1}, []error{syscall.ENOSPC}
	if torture {
		sizes, causes = []int{1, 2, 5, 20}, []error{syscall.ENOSPC, syscall.EIO, syscall.EROFS, syscall.EDQUOT, syscall.EMFILE}
	}
	runs := 0
	for _, size := range sizes {
		s := change(size)
		for _, plain := range []bool{false, true} {
			for n := range s.operations(t, Options{plain: plain}) {
				for _, cause := range causes {
					for _, forEver := range []bool{false, true} {
						dir := s.start(t)
						_, err := mustOf(t, s.after...).Write(openRoot(t, dir), Options{plain: plain, step: failing(n, cause, forEver)})
						if !errors.Is(err, cause) {
							t.Errorf("%v at operation %d: Write gives %v", cause, n, err)
						}
						s.halfway(t, dir)
						s.converges(t, dir)
						os.RemoveAll(dir)
						runs++
						if t.Failed() {
							t.Fatalf("%v at operation %d of %d clusters, plain %v, for ever %v", cause, n, size, plain, forEver)
						}
					}
				}
			}
		}
	}
	t.Logf("%d runs", runs)
}

// The run that completes another may fail as well.
func TestErrorWhileRecovering(t *testing.T) {
	stride := 17
	if torture {
		stride = 1
	}
	s := change(1)
	operations, runs := s.operations(t, Options{}), 0
	for n := range operations {
		for m := n % stride; ; m += stride {
			dir := s.start(t)
			if _, err := mustOf(t, s.after...).Write(openRoot(t, dir), Options{step: failing(n, syscall.EIO, true)}); err == nil {
				t.Fatalf("no error at operation %d", n)
			}
			_, err := mustOf(t, s.after...).Write(openRoot(t, dir), Options{step: failing(m, syscall.EIO, true)})
			s.halfway(t, dir)
			s.converges(t, dir)
			os.RemoveAll(dir)
			runs++
			if t.Failed() {
				t.Fatalf("errors at operation %d, then %d", n, m)
			}
			if err == nil {
				break // m is past the last
			}
		}
	}
	t.Logf("%d runs", runs)
}

func TestKillAtEveryOperation(t *testing.T) {
	sizes := []int{1}
	if torture {
		sizes = []int{1, 2, 5, 20, 100}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	runs := 0
	for _, size := range sizes {
		s := change(size)
		last := s.operations(t, Options{})
		for n := range last + 1 {
			dir := s.start(t)
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), childDir+"="+dir, childKill+"="+strconv.Itoa(n), childSize+"="+strconv.Itoa(size))
			out, err := cmd.CombinedOutput()
			if (n == last) != (err == nil) || len(out) > 0 {
				t.Fatalf("killed at operation %d, the process gives %v and %q", n, err, out)
			}
			s.halfway(t, dir)
			_, statErr := os.Stat(filepath.Join(dir, journalPath))
			if _, err := mustOf(t, s.after...).Compare(openRoot(t, dir), Options{}); errors.Is(err, ErrInterrupted) != (statErr == nil) {
				t.Errorf("Compare gives %v; of the journal, stat says %v", err, statErr)
			}
			s.converges(t, dir)
			os.RemoveAll(dir)
			runs++
			if t.Failed() {
				t.Fatalf("killed at operation %d of %d clusters", n, size)
			}
		}
	}
	t.Logf("%d runs", runs)
}

// A run that dies before the commit leaves a stage, and the next removes it
// although it has nothing to write.
func TestStageIsRemovedByTheNextRun(t *testing.T) {
	s := change(1)
	dir := s.start(t)
	dead := false
	_, err := mustOf(t, s.after...).Write(openRoot(t, dir), Options{step: func(op, _ string) error {
		if dead = dead || op == "flush"; dead {
			return syscall.EIO
		}
		return nil
	}})
	if left := leftovers(t, dir); err == nil || !slices.Equal(left, []string{stageName}) {
		t.Fatalf("the first run leaves %q, %v", left, err)
	}
	report := mustWrite(t, dir, Options{}, s.before...)
	if left := leftovers(t, dir); left != nil || !report.Clean() {
		t.Errorf("the second run leaves %q and reports %+v", left, report)
	}
}

// A commit that the disk calls failed, although it has happened, as a network
// filesystem may: there is a journal and no stage, and the next run copes.
func TestCommitThatWasCalledFailed(t *testing.T) {
	s := change(1)
	dir := s.start(t)
	_, err := mustOf(t, s.after...).Write(openRoot(t, dir), Options{step: func(op, p string) error {
		if op == "rename" && p == journalPath {
			return errors.Join(syscall.EIO, os.Rename(filepath.Join(dir, ".isthmus/stage/journal"), filepath.Join(dir, p)))
		}
		return nil
	}})
	if !errors.Is(err, syscall.EIO) {
		t.Errorf("Write gives %v", err)
	}
	s.halfway(t, dir)
	s.converges(t, dir)
}

// A write that the disk itself refuses half way, in a process of its own: the
// limit is one of the process.
func TestShortWrite(t *testing.T) {
	s := change(1)
	dir := s.start(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childDir+"="+dir, childKill+"=-1", childSize+"=1", childLimit+"=10000")
	out, err := cmd.CombinedOutput()
	want := "staging overlays/c0/profile.yaml: .isthmus/stage/4: file too large\n"
	if string(out) != want || err == nil {
		t.Errorf("error is %q (%v), want %q", out, err, want)
	}
	if left := leftovers(t, dir); left != nil {
		t.Errorf("left in %s: %q", scratchName, left)
	}
	s.halfway(t, dir)
	s.converges(t, dir)
}
