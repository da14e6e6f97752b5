package main

import (
	"crypto/rsa"
	"io"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// privateLimit bounds a file of private keys, in bytes.
const privateLimit = 8 << 20

// privateKeys reads the files of --private-key, which lie in no repository: they
// open all that was ever sealed for their cluster.
func (in *input) privateKeys(names []string, stdin io.Reader) ([]*rsa.PrivateKey, error) {
	root, err := in.root()
	if err != nil {
		return nil, err
	}
	var all []*rsa.PrivateKey
	for _, name := range names {
		file := name
		var data []byte
		var err error
		if name == "-" {
			file = "standard input"
			if data, err = io.ReadAll(io.LimitReader(stdin, privateLimit)); err != nil {
				return nil, &diag.Problem{Pos: diag.Position{File: file}, What: "cannot be read"}
			}
		} else if err := outside(root, name, "a cluster's private key"); err != nil {
			return nil, err
		} else if data, err = readPrivate(name, privateLimit); err != nil {
			return nil, err
		}
		found := seal.ParsePrivateKeys(data)
		if len(found) == 0 {
			return nil, &diag.Problem{Pos: diag.Position{File: file}, What: "holds no private key of sealed-secrets", Fix: "give what this prints: kubectl -n kube-system get secret -l sealedsecrets.bitnami.com/sealed-secrets-key -o yaml"}
		}
		all = append(all, found...)
	}
	return all, nil
}
