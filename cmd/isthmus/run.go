package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/krm"
)

// The exit statuses, as help states them.
const (
	exitDone     = 0
	exitFailed   = 1 // wrong input, or the work failed
	exitUsage    = 2 // bad command line
	exitDiffers  = 3 // something differs or is due
	exitEdited   = 4 // generated files were edited by hand
	exitStatuses = "Exit status: 0 done, 1 wrong input or failed, 2 bad command line, 3 differs or due, 4 edited by hand."
)

// run is the whole program: it chooses the door, does the work and gives the
// exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out, said := &checkedWriter{w: stdout}, newMessages(stderr)
	err := enter(args, stdin, out, said)
	var outcome status
	if out.err != nil && (err == nil || errors.Is(err, out.err) || errors.As(err, &outcome)) {
		err = fmt.Errorf("standard output: %w", out.err)
	}
	defer said.count()
	return report(said, err)
}

// enter leads through the door that the program was started by.
func enter(args []string, stdin io.Reader, stdout io.Writer, stderr *messages) error {
	switch krm.DoorOf(args, os.Getenv, isTerminal(stdin)) {
	case krm.DoorLegacy:
		config, err := os.ReadFile(args[1])
		if err != nil {
			return err
		}
		return krm.Legacy(config, stdout, answer(stderr))
	case krm.DoorFunction:
		if err := krm.Serve(stdin, stdout, answer(stderr)); !errors.Is(err, krm.ErrEmpty) {
			return err
		}
		args = append(args, "help") // no arguments and no input: a person, or a script by mistake
	}
	if err := noSecrets(args[1:]); err != nil {
		return err
	}
	root := newRoot(stdin, stdout, stderr)
	root.SetArgs(args[1:])
	return root.Execute()
}

// A usageError is a mistake on the command line.
type usageError struct {
	what string
	fix  string
}

func (e *usageError) Error() string { return e.what }

// A status is an outcome that is no failure and not all well either; what there
// was to say has been said.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// report says what went wrong and gives the exit status, by the error's type.
func report(stderr *messages, err error) int {
	var (
		usage    *usageError
		problems diag.Problems
		problem  *diag.Problem
		outcome  status
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &outcome):
		return int(outcome)
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "isthmus: error: %s\n", usage.what)
		if usage.fix != "" {
			fmt.Fprintf(stderr, "isthmus: fix: %s\n", usage.fix)
		}
		return exitUsage
	case errors.As(err, &problems):
		stderr.say(problems...)
	case errors.As(err, &problem):
		stderr.say(problem)
	default:
		stderr.say(&diag.Problem{What: err.Error()})
	}
	return exitFailed
}

// A checkedWriter writes nothing more once a write failed, and remembers why: a
// full disk behind standard output must not look like success.
type checkedWriter struct {
	w   io.Writer
	err error
}

func (c *checkedWriter) Write(p []byte) (n int, err error) {
	if c.err == nil {
		n, c.err = c.w.Write(p)
	}
	return n, c.err
}

// isTerminal says whether a stream is a person's terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}
