package main

import (
	"crypto/rsa"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// privateLimit bounds a file of private keys, in bytes.
const privateLimit = 8 << 20

// privateKeys reads the files of --private-key.
func privateKeys(names []string, stdin io.Reader) ([]*rsa.PrivateKey, error) {
	var all []*rsa.PrivateKey
	for _, name := range names {
		file := name
		var from io.Reader = stdin
		if name == "-" {
			file = "standard input"
		} else {
			f, err := os.Open(name)
			if errors.Is(err, fs.ErrNotExist) {
				return nil, &diag.Problem{Pos: diag.Position{File: name}, What: "there is no such file"}
			}
			if err != nil {
				return nil, err
			}
			defer f.Close()
			from = f
		}
		data, err := io.ReadAll(io.LimitReader(from, privateLimit))
		if err != nil {
			return nil, &diag.Problem{Pos: diag.Position{File: file}, What: "cannot be read"}
		}
		found := seal.ParsePrivateKeys(data)
		if len(found) == 0 {
			return nil, &diag.Problem{Pos: diag.Position{File: file}, What: "holds no private key of sealed-secrets", Fix: "give what this prints: kubectl -n kube-system get secret -l sealedsecrets.bitnami.com/sealed-secrets-key -o yaml"}
		}
		all = append(all, found...)
	}
	return all, nil
}
