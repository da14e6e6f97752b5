package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/term"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// Private files: what they hold is in no message, no argument and no variable.

// keyFileLimit bounds a private file, in bytes.
const keyFileLimit = 1 << 20

// readPrivate reads a file that nobody else on the machine may read, or a pipe;
// of no more than limit bytes.
func readPrivate(name string, limit int64) ([]byte, error) {
	wrong := func(what, fix string) ([]byte, error) {
		return nil, &diag.Problem{Pos: diag.Position{File: name}, What: what, Fix: fix}
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return wrong("there is no such file", "")
	}
	if err != nil {
		return wrong("cannot be read", "")
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil || info.IsDir():
		return wrong("is not a file that can be read", "")
	case runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0:
		return wrong("others on this machine can read it", "chmod 600 "+name)
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return wrong("cannot be read", "")
	}
	if int64(len(data)) > limit {
		return wrong(fmt.Sprintf("is larger than %d MiB", limit>>20), "")
	}
	return data, nil
}

// passphrase reads a passphrase from a file, or from the terminal where none is
// named; twice where it is new.
func passphrase(file string, fresh bool, stderr io.Writer) (string, error) {
	if file != "" {
		data, err := readPrivate(file, keyFileLimit)
		if err != nil {
			return "", err
		}
		line := bytes.TrimRight(data, "\r\n")
		if len(line) == 0 || bytes.ContainsAny(line, "\r\n") {
			return "", &diag.Problem{Pos: diag.Position{File: file}, What: "holds no passphrase, or more than a line", Fix: "write the passphrase into it, and nothing else"}
		}
		return string(line), nil
	}
	tty, closing, err := openTerminal()
	if err != nil {
		return "", &diag.Problem{What: "there is no terminal to ask for the passphrase", Fix: "name a file that holds it: --passphrase-file"}
	}
	defer closing()
	ask := func(what string) (string, error) {
		fmt.Fprint(stderr, what)
		line, err := term.ReadPassword(int(tty.Fd()))
		fmt.Fprintln(stderr)
		if err != nil {
			return "", &diag.Problem{What: "no passphrase was typed"}
		}
		return string(line), nil
	}
	first, err := ask("Passphrase of the root: ")
	if err != nil {
		return "", err
	}
	if first == "" {
		return "", &diag.Problem{What: "the passphrase is empty", Fix: "type one that nobody guesses"}
	}
	if fresh {
		if again, err := ask("Once more: "); err != nil || again != first {
			return "", errors.Join(err, &diag.Problem{What: "the two passphrases differ"})
		}
	}
	return first, nil
}

// openTerminal gives the terminal of the person, also where standard input is
// something else.
func openTerminal() (*os.File, func(), error) {
	if term.IsTerminal(int(os.Stdin.Fd())) {
		return os.Stdin, func() {}, nil
	}
	name := "/dev/tty"
	if runtime.GOOS == "windows" {
		name = "CONIN$"
	}
	tty, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	if !term.IsTerminal(int(tty.Fd())) {
		tty.Close()
		return nil, nil, os.ErrInvalid
	}
	return tty, func() { tty.Close() }, nil
}

// writeNew writes a private file that is not there yet, and never over one that
// is: all of it is on the disk when it returns, or none of it is there.
func writeNew(name string, data []byte) (err error) {
	wrap := func(err error) error {
		var failed *fs.PathError
		var linked *os.LinkError
		switch {
		case errors.As(err, &failed):
			err = failed.Err
		case errors.As(err, &linked):
			err = linked.Err
		}
		return &diag.Problem{Pos: diag.Position{File: name}, What: fmt.Sprintf("cannot be written: %v", err)}
	}
	beside := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%08x", filepath.Base(name), rand.Uint32()))
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return wrap(err)
	}
	defer os.Remove(beside)
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return wrap(err)
	}
	// A link fails where something has come there meanwhile; a rename would
	// replace it. Media without links, as of USB sticks, have the rename.
	if err := os.Link(beside, name); errors.Is(err, fs.ErrExist) {
		return wrap(err)
	} else if err != nil {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return wrap(fs.ErrExist)
		}
		if err := os.Rename(beside, name); err != nil {
			return wrap(err)
		}
	}
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return wrap(err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil {
		return wrap(err)
	}
	kept()
	return nil
}
