package e2e

import (
	"os"
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel end the program when the test is killed, or
// panics at its timeout: nothing of the test's own runs then.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// inPod has a program find what a pod finds of its ServiceAccount: a folder of
// its own in the place of /run, in a mount namespace of its own.
func inPod(cmd *exec.Cmd) {
	cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER
	cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
}

const podsWork = true
