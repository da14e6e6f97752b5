package main

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// make <what> <file> <argument>... writes what the scripts of secrets need:
//
//	make sealing <file> <key> [<from>]        a sealing certificate
//	make private <file> <key>                 its private key
//	make kubeconfig <file> <server> <secret>  with the token of a token Secret
//	make kubeconfig <file> <server> until <time>
//	make tokensecret <file> <secret>          a token Secret as kubectl prints it
//	make token <file> until <time>            a token that was requested
//	make ca <file>                            the ConfigMap kube-root-ca.crt
//	make identity <file> <variable>           an age identity; the recipient goes to a variable
//	make bundle <folder> <cluster> <pem>      a cacerts under a root of its own, which goes to a file
func makeSecret(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: make <what> <file> [<argument>...]")
	}
	rest := args[2:]
	at := func(text string) time.Time {
		t, err := time.Parse(time.RFC3339, text)
		ts.Check(err)
		return t
	}
	token := func(rest []string) string {
		if rest[0] == "until" {
			return sealtest.Token(sealtest.Requested(at(rest[1])))
		}
		return sealtest.Token(sealtest.Claims(rest[0]))
	}
	object := func(data map[string]string) []byte {
		text, err := json.Marshal(map[string]any{"data": data})
		ts.Check(err)
		return text
	}
	var data []byte
	switch args[0] {
	case "sealing":
		from := sealtest.Today.AddDate(0, 0, -30)
		if len(rest) > 1 {
			from = at(rest[1])
		}
		data = sealtest.Certificate(rest[0], from)
	case "private":
		data = sealtest.PrivatePEM(rest[0])
	case "kubeconfig":
		data = sealtest.Kubeconfig("admin", rest[0], token(rest[1:]))
	case "tokensecret":
		encode := base64.StdEncoding.EncodeToString
		data = object(map[string]string{"token": encode([]byte(token(rest))), "ca.crt": encode(sealtest.CA())})
	case "token":
		data = []byte(token(rest))
	case "ca":
		times := 1
		if len(rest) > 0 && rest[0] == "twice" {
			times = 2
		}
		data = object(map[string]string{"ca.crt": strings.Repeat(string(sealtest.CA()), times)})
	case "identity":
		identity, err := age.GenerateX25519Identity()
		ts.Check(err)
		ts.Setenv(rest[0], identity.Recipient().String())
		data = []byte(identity.String() + "\n")
	case "bundle":
		makeBundle(ts, args[1], rest[0], rest[1])
		return
	default:
		ts.Fatalf("make knows no %s", args[0])
	}
	name := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o755))
	ts.Check(os.WriteFile(name, data, 0o600))
}
