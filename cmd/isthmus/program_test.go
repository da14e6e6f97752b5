//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A kubectl that hangs, that never stops printing, or that runs when isthmus is
// told to end, is gone when isthmus is.
func TestProgramStops(t *testing.T) {
	const byHand = "isthmus: fix: see what it says: kubectl --context=east --request-timeout=30s --namespace=istio-system get services istiod --ignore-not-found --output=json\n"
	for _, tt := range []struct {
		name, does string
		tell       bool
		want       string
	}{
		{"hangs", "exec sleep 60", false, "isthmus: error: kubectl gave no answer in 2s, and was stopped\n" + byHand},
		{"hangs in a helper", "sleep 60; true", false, "isthmus: error: kubectl gave no answer in 2s, and was stopped\n" + byHand},
		{"prints without end", "exec cat /dev/zero", false, "isthmus: error: kubectl printed more than 64 MiB, and was stopped\n" + byHand},
		{"complains without end", "exec cat /dev/zero >&2", false, "isthmus: error: kubectl said more than 1 MiB on standard error, and was stopped\n" + byHand},
		{"is told to end", "exec sleep 60", true, "isthmus: error: kubectl was stopped, because isthmus was told to end\n" + byHand},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			repo, bin := t.TempDir(), t.TempDir()
			if err := os.CopyFS(repo, os.DirFS("testdata/pair")); err != nil {
				t.Fatal(err)
			}
			id := filepath.Join(bin, "id")
			script := "#!/bin/sh\necho $$ > " + id + ".new; mv " + id + ".new " + id + "\n" + tt.does + "\n"
			if err := os.WriteFile(filepath.Join(bin, "kubectl"), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
			program, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			var stderr bytes.Buffer
			cmd := exec.Command(program)
			cmd.Args = []string{"isthmus", "refresh", "--context", "east", "--check"}
			cmd.Dir, cmd.Stderr = repo, &stderr
			patience := "PATIENCE=2s"
			if tt.tell || strings.Contains(tt.does, "zero") {
				patience = "PATIENCE=1m"
			}
			cmd.Env = append(os.Environ(), patience, "PATH="+bin+":"+os.Getenv("PATH"))
			begun := time.Now()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			var pid int
			for deadline := begun.Add(30 * time.Second); pid == 0 && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
				text, _ := os.ReadFile(id)
				pid, _ = strconv.Atoi(strings.TrimSpace(string(text)))
			}
			if tt.tell {
				if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
					t.Error(err)
				}
			}
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != exitFailed || stderr.String() != tt.want {
				t.Errorf("exit status %d, want %d; says\n%swant\n%s", code, exitFailed, &stderr, tt.want)
			}
			if took := time.Since(begun); took > 45*time.Second {
				t.Errorf("took %s", took)
			}
			if pid == 0 || syscall.Kill(pid, 0) == nil {
				t.Errorf("kubectl (process %d) runs on, or never ran", pid)
			}
		})
	}
}
