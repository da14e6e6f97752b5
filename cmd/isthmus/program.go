package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// patience is how long a program that isthmus runs may take, a login included.
// The tests set it.
var patience = 2 * time.Minute

// A program is another program that isthmus runs, to whose end it waits.
type program struct {
	name   string
	args   []string
	folder string // it runs in, "" for this one
	input  []byte // on standard input, and nowhere else
	limit  int    // of what it prints on standard output, in bytes
	reads  bool   // it has not done its work before it has read all of the input
}

// saidLimit bounds what a program says on standard error, in bytes.
const saidLimit = 1 << 20

// told says that isthmus was told to end while a program ran: no other is started.
var told atomic.Bool

// run gives what a program prints, and what it says on standard error. It is
// killed where it takes too long, prints too much, or isthmus is told to end:
// the error is a *diag.Problem then. What it has started itself is not: a login
// may ask on the terminal, which only isthmus's own process group can. Otherwise it is that of os/exec.
func (p program) run() (out []byte, said string, err error) {
	stopped := func(what string) error { return &diag.Problem{What: p.name + " " + what} }
	if told.Load() {
		return nil, "", stopped("was not started, because isthmus was told to end")
	}
	signals, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer release()
	ctx, cancel := context.WithTimeout(signals, patience)
	defer cancel()
	stdout, stderr := bounded{limit: p.limit}, bounded{limit: saidLimit}
	cmd := exec.CommandContext(ctx, p.name, p.args...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = p.folder, bytes.NewReader(p.input), &stdout, &stderr
	cmd.WaitDelay = time.Second // for a helper of its own that holds the pipes open
	left := func() int64 { return 0 }
	if p.reads {
		var input *os.File
		if input, left, err = feed(p.input); err != nil {
			return nil, "", err
		}
		defer input.Close()
		cmd.Stdin = input
	}
	err = cmd.Run()
	unread := left()
	if signals.Err() != nil {
		told.Store(true) // and the answer of one that ended well is kept
	}
	switch {
	case stdout.full:
		err = stopped(fmt.Sprintf("printed more than %d MiB, and was stopped", p.limit>>20))
	case stderr.full:
		err = stopped(fmt.Sprintf("said more than %d MiB on standard error, and was stopped", saidLimit>>20))
	case err != nil && signals.Err() != nil:
		err = stopped("was stopped, because isthmus was told to end")
	case err != nil && ctx.Err() != nil:
		err = stopped(fmt.Sprintf("gave no answer in %s, and was stopped", patience))
	case unread > 0 && (err == nil || errors.Is(err, exec.ErrWaitDelay)):
		err = stopped("ended before it had read all that it was given")
	}
	return stdout.kept.Bytes(), stderr.kept.String(), err
}

// feed gives the end of a pipe to read an input from. Left reads what nobody read
// of it, once the program has ended, and counts that.
func feed(input []byte) (end *os.File, left func() int64, err error) {
	end, start, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	go func() {
		defer start.Close()
		_, _ = start.Write(input) // what does not arrive is left
	}()
	return end, func() int64 {
		n, _ := io.Copy(io.Discard, end)
		return n
	}, nil
}

// errFull ends a program that prints more.
var errFull = errors.New("prints too much")

// A bounded keeps what is written to it up to a limit. The buffer is not
// embedded: io.Copy would fill it past Write.
type bounded struct {
	limit int
	kept  bytes.Buffer
	full  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.full = b.full || b.kept.Len()+len(p) > b.limit; b.full {
		return 0, errFull // closes the pipe, and so ends who writes
	}
	return b.kept.Write(p)
}
