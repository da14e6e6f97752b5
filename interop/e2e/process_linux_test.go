package e2e

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel end the program when the test is killed, or
// panics at its timeout: nothing of the test's own runs then.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
