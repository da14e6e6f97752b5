package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"filippo.io/age"
	"github.com/spf13/pflag"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A rootKey is the file of a root's key, and who opens it.
type rootKey struct {
	file           string
	recipients     []string // of a new one
	recipientsFile string
	passphraseFile string
	passphrase     bool // a new one on a passphrase that is typed
	identity       string
}

func (k *rootKey) flags(f *pflag.FlagSet) {
	f.StringVar(&k.file, "key", "", "")
	f.StringVar(&k.identity, "identity", "", "")
	f.StringVar(&k.passphraseFile, "passphrase-file", "", "")
}

// newFlags are those for a root that is made.
func (k *rootKey) newFlags(f *pflag.FlagSet) {
	k.flags(f)
	f.StringArrayVar(&k.recipients, "recipient", nil, "")
	f.StringVar(&k.recipientsFile, "recipients-file", "", "")
	f.BoolVar(&k.passphrase, passphraseFlag, false, "")
}

// outside refuses files in a repository.
func (k *rootKey) outside(root string) error {
	for _, file := range []struct{ name, what string }{{k.file, "a root's key"}, {k.identity, "an identity"}, {k.passphraseFile, "a passphrase"}} {
		if file.name == "" {
			continue
		}
		if err := outside(root, file.name, file.what+", on a medium that is offline,"); err != nil {
			return err
		}
	}
	return nil
}

// lock gives the recipients that a new root is encrypted to.
func (k *rootKey) lock(stderr io.Writer) ([]age.Recipient, error) {
	byAge := len(k.recipients) > 0 || k.recipientsFile != ""
	byPassphrase := k.passphrase || k.passphraseFile != ""
	switch {
	case byAge && byPassphrase:
		return nil, &usageError{"a root is encrypted to age recipients or on a passphrase", "leave the one or the other out"}
	case byPassphrase:
		text, err := passphrase(k.passphraseFile, true, stderr)
		if err != nil {
			return nil, err
		}
		recipient, err := age.NewScryptRecipient(text)
		if err != nil {
			return nil, errors.New("the passphrase cannot be used")
		}
		recipient.SetWorkFactor(workFactor)
		return []age.Recipient{recipient}, nil
	case !byAge:
		return nil, &usageError{"nothing says how the root's key is encrypted", "name age recipients with --recipient, or pass --passphrase"}
	}
	var all []age.Recipient
	for _, text := range k.recipients {
		some, err := ca.Recipients("--recipient", []byte(text))
		if err != nil {
			return nil, &usageError{"--recipient is no recipient of age", "give a text as age-keygen -y prints it, which starts with age1"}
		}
		all = append(all, some...)
	}
	if k.recipientsFile != "" {
		data, err := os.ReadFile(k.recipientsFile)
		if err != nil {
			return nil, &diag.Problem{Pos: diag.Position{File: k.recipientsFile}, What: "cannot be read"}
		}
		some, err := ca.Recipients(k.recipientsFile, data)
		if err != nil {
			return nil, wrong(err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// workFactor is how much work a passphrase takes: 2 to this power, about a
// second. The tests set it.
var workFactor = 18

// open opens the root.
func (k *rootKey) open(stderr io.Writer) (*ca.Root, error) {
	data, err := os.ReadFile(k.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &diag.Problem{Pos: diag.Position{File: k.file}, What: "there is no such file", Fix: "name the file that isthmus ca init --key wrote"}
	}
	if err != nil {
		return nil, &diag.Problem{Pos: diag.Position{File: k.file}, What: "cannot be read"}
	}
	var identities []age.Identity
	switch {
	case ca.ByPassphrase(data):
		text, err := passphrase(k.passphraseFile, false, stderr)
		if err != nil {
			return nil, err
		}
		identity, err := age.NewScryptIdentity(text)
		if err != nil {
			return nil, errors.New("the passphrase cannot be used")
		}
		identities = []age.Identity{identity}
	case ca.Locked(data):
		if k.identity == "" {
			return nil, &usageError{fmt.Sprintf("%s is encrypted to age recipients", k.file), "name the file of one's identity with --identity"}
		}
		text, err := readPrivate(k.identity, keyFileLimit)
		if err != nil {
			return nil, err
		}
		if identities, err = ca.Identities(k.identity, text); err != nil {
			return nil, wrong(err)
		}
	}
	root, err := ca.Unlock(k.file, data, identities...)
	if errors.Is(err, ca.ErrNotForYou) {
		return nil, &diag.Problem{Pos: diag.Position{File: k.file}, What: ca.ErrNotForYou.Error()}
	}
	if err != nil {
		return nil, wrong(err)
	}
	return root, nil
}

// opener gives the flag that opens what make made, "" for a passphrase that is
// typed.
func (k *rootKey) opener() string {
	switch {
	case k.identity != "":
		return " --identity " + quoted(k.identity)
	case k.passphraseFile != "":
		return " --passphrase-file " + quoted(k.passphraseFile)
	case k.passphrase:
		return ""
	}
	return " --identity <file>"
}

// make makes a root, and has its key on the disk when it returns. Where the file
// is there already the root in it is taken: so that a run that was stopped can
// be run again.
func (k *rootKey) make(how *maker, stderr io.Writer) (root *ca.Root, fresh bool, err error) {
	if _, err := os.Lstat(k.file); err == nil {
		if k.identity == "" && k.passphraseFile == "" && !k.passphrase {
			return nil, false, &diag.Problem{Pos: diag.Position{File: k.file}, What: "is there already, and no root's key is ever written over", Fix: "name another file; or to take the root that is in it, add --identity <file>"}
		}
		root, err := k.open(stderr)
		return root, false, err
	}
	recipients, err := k.lock(stderr)
	if err != nil {
		return nil, false, err
	}
	if root, err = ca.NewRoot(ca.Algorithm(how.algorithm), how.lifetime(), now()); err != nil {
		return nil, false, err
	}
	locked, err := root.Lock(recipients...)
	if err != nil {
		return nil, false, &diag.Problem{What: "the root cannot be encrypted to these recipients", Why: "age takes classic and post-quantum recipients only apart", Fix: "name recipients of one kind"}
	}
	return root, true, writeNew(k.file, locked)
}
