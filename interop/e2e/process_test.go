package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A process is a program that the test started and ends.
type process struct {
	name, log string
	cmd       *exec.Cmd
	done      chan struct{} // closed when it has ended
}

// start runs a program until the test that t is of ends, its output in a file
// whose end is shown where that test failed.
func start(t *testing.T, folder, path string, args ...string) *process {
	t.Helper()
	return startAs(t, filepath.Base(path), folder, func(*exec.Cmd) {}, path, args...)
}

// startAs starts one with a name of its own, and whatever else it needs.
func startAs(t *testing.T, name, folder string, prepare func(*exec.Cmd), path string, args ...string) *process {
	t.Helper()
	p := &process{name: name, done: make(chan struct{})}
	p.log = filepath.Join(folder, p.name+".log")
	log, err := os.Create(p.log)
	if err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(path, args...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = folder, log, log
	dieWithParent(p.cmd)
	prepare(p.cmd)
	started := make(chan error)
	go func() {
		// The kernel takes the end of the thread that started the program for
		// the end of the parent, so that thread has to stay.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // how it ended is in its log
		}
		_ = log.Close()
		close(p.done)
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() { // before it is told to stop, which it logs at length
			t.Logf("the end of the log of %s:\n%s", p.name, p.tail(10))
		}
		p.stop()
	})
	return p
}

// ended says whether the program is no longer there.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *process) stop() {
	if p.ended() {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended just now
	select {
	case <-p.done:
	case <-time.After(15 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

func (p *process) tail(lines int) string {
	data, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// freePort asks the kernel for a port of the loopback address. Another program
// could take it before ours does; ours then ends, and the test says why.
func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return port
}

func loopback(scheme string, port int) string { return fmt.Sprintf("%s://127.0.0.1:%d", scheme, port) }
