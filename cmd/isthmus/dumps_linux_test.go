package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// While isthmus holds a token it writes no core, and neither it nor the kubectl
// that brought the token has any secret in its arguments and its environment.
func TestNoDumps(t *testing.T) {
	p := newPlace(t)
	p.must(t, "isthmus", "secrets", "rotate", "west", "--context", "west", "--create-token")
	read := func(name string) string {
		text, err := os.ReadFile(p.private(name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	itself, child := read("isthmus.log"), read("kubectl.log")
	if !regexp.MustCompile(`(?m)^Max core file size +0 +0 `).MatchString(itself) {
		t.Errorf("isthmus may write a core:\n%s", itself)
	}
	if !strings.Contains(itself, "--create-token") || !strings.Contains(child, "--output=json") {
		t.Errorf("these are not its arguments:\n%s%s", itself, child)
	}
	key := strings.Fields(read("tagkey"))[1]
	for what, secret := range map[string]string{
		"the old token": sealtest.Token(sealtest.Claims(readerToken)), "the new token": sealtest.Token(sealtest.Claims(readerToken + "-2")), "the key of the tags": key,
	} {
		if strings.Contains(itself, secret[:40]) || strings.Contains(child, secret[:40]) {
			t.Errorf("%s is in an argument or a variable", what)
		}
	}
	noDumps()
	if dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); dumpable != 0 || err != nil {
		t.Errorf("the memory can be dumped: %d, %v", dumpable, err)
	}
}

// A cluster's private key that lies in the repository is refused there.
func TestPrivateKeyOutside(t *testing.T) {
	p := newPlace(t)
	inside := filepath.Join(p.repo, "mesh/east.key")
	if err := os.WriteFile(inside, sealtest.PrivatePEM("east"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := "isthmus: error: " + inside + ": lies in a repository (" + p.repo + "); sooner or later it would be committed\nisthmus: fix: keep a cluster's private key elsewhere\n"
	for _, command := range []string{"verify", "reseal"} {
		out, err := p.command(t, "isthmus", "secrets", command, "--private-key", inside).CombinedOutput()
		if err == nil || string(out) != want {
			t.Errorf("%s: %v, and says\n%swant\n%s", command, err, out, want)
		}
	}
	p.must(t, "isthmus", "secrets", "verify", "--private-key", p.private("east.key"), "--private-key", p.private("west.key"))
}
