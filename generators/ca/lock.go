package ca

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// A root's key lies in a file that age encrypted, armored, so that age itself
// opens it too. In it are the root's certificate and its key, as PEM: the one
// cannot get lost without the other.

// Lock gives a root encrypted to age recipients.
func (r *Root) Lock(recipients ...age.Recipient) ([]byte, error) {
	key, err := r.key.pem()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	armored := armor.NewWriter(&b)
	w, err := age.Encrypt(armored, recipients...)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(append(Encode(r.Certificate), key...)); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := armored.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ErrNotForYou says that a root is encrypted to others.
var ErrNotForYou = errors.New("none of the identities opens it, or the passphrase is another")

// lockedLimit bounds what is read of a root's file, in bytes.
const lockedLimit = 1 << 20

// Unlock opens a root that Lock encrypted. Name names the file in errors, which
// say nothing of its content.
func Unlock(name string, data []byte, identities ...age.Identity) (*Root, error) {
	wrong := func(what, fix string) (*Root, error) { return nil, &FileError{Name: name, What: what, Fix: fix} }
	if !Locked(data) {
		if bytes.Contains(data, []byte("PRIVATE KEY-----")) {
			return wrong("holds a private key in the clear", "encrypt it: isthmus ca init makes roots that are; delete this file wherever it was copied to")
		}
		return wrong("is not a root encrypted by age", "name the file that isthmus ca init --key wrote")
	}
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(data)), identities...)
	var nobody *age.NoIdentityMatchError
	switch {
	case errors.As(err, &nobody):
		return nil, fmt.Errorf("%s: %w", name, ErrNotForYou)
	case err != nil:
		return wrong("cannot be decrypted: it is damaged", "take it from a backup")
	}
	plain, err := io.ReadAll(io.LimitReader(r, lockedLimit))
	if err != nil {
		return wrong("cannot be decrypted: it is damaged", "take it from a backup")
	}
	at := bytes.LastIndex(plain, []byte("-----BEGIN"))
	if at < 0 {
		return wrong("holds no root", "name the file that isthmus ca init --key wrote")
	}
	certs, err := Certificates(name, plain[:at])
	if err != nil || len(certs) != 1 {
		return wrong("holds no root, or more than one", "name the file that isthmus ca init --key wrote")
	}
	key, err := parseKey(name, plain[at:])
	if err != nil {
		return nil, err
	}
	if !key.is(certs[0]) {
		return wrong("holds a certificate and the key of another", "take it from a backup")
	}
	return &Root{certs[0], key}, nil
}

// Locked says whether a file is one that age encrypted, armored.
func Locked(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(data), []byte(armor.Header))
}

// ByPassphrase says whether a root is encrypted on a passphrase, which a person
// then is asked for.
func ByPassphrase(data []byte) bool {
	header, err := age.ExtractHeader(armor.NewReader(bytes.NewReader(data)))
	return err == nil && bytes.Contains(header, []byte("-> scrypt "))
}

// Recipients reads the recipients that a root is encrypted to: lines as
// age-keygen -y prints them, and comments.
func Recipients(name string, data []byte) ([]age.Recipient, error) {
	if strings.Contains(string(data), "AGE-SECRET-KEY-") {
		return nil, &FileError{Name: name, What: "holds identities, and no recipients", Fix: "give the public half: age-keygen -y <file>"}
	}
	var all []age.Recipient
	for i, line := range strings.Split(string(data), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		one, err := age.ParseRecipients(strings.NewReader(line))
		if err != nil {
			return nil, &FileError{Name: name, Line: i + 1, What: "is no recipient of age", Fix: "give a line as age-keygen -y prints it, which starts with age1"}
		}
		all = append(all, one...)
	}
	if len(all) == 0 {
		return nil, &FileError{Name: name, What: "holds no recipient", Fix: "give lines as age-keygen -y prints them"}
	}
	return all, nil
}

// Identities reads the identities that open a root.
func Identities(name string, data []byte) ([]age.Identity, error) {
	all, err := age.ParseIdentities(bytes.NewReader(data))
	if err != nil {
		// age's own error may hold the line.
		return nil, &FileError{Name: name, What: "is no file of age identities", Fix: "give the file that age-keygen wrote"}
	}
	return all, nil
}

// Roots reads the roots that a mesh trusts.
func Roots(name string, data []byte) ([]*x509.Certificate, error) {
	certs, err := Certificates(name, data)
	if err != nil {
		return nil, err
	}
	for i, cert := range certs {
		if !selfSigned(cert) {
			return nil, &FileError{Name: name, What: fmt.Sprintf("%s is not self-signed, and so no root", subject(cert)), Fix: "leave only roots in it"}
		}
		for _, other := range certs[:i] {
			if cert.Equal(other) {
				return nil, &FileError{Name: name, What: fmt.Sprintf("%s is there twice", subject(cert)), Fix: "leave one of the two out"}
			}
		}
	}
	return certs, nil
}
