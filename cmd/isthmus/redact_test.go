package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoSecrets: no key and no passphrase that stands on the command line, or in
// the variable of a file's name, is repeated.
func TestNoSecrets(t *testing.T) {
	const canary = "canary7731"
	const pem = "-----BEGIN RSA PRIVATE KEY-----\n" + canary + "\n-----END RSA PRIVATE KEY-----\n"
	repo, usb := t.TempDir(), filepath.Join(t.TempDir(), "root.age")
	if err := os.CopyFS(repo, os.DirFS("testdata/pair")); err != nil {
		t.Fatal(err)
	}
	mesh := filepath.Join(repo, "mesh/mesh.yaml")
	for _, tt := range []struct {
		variable string
		args     []string
		want     string
	}{
		{"", []string{"secrets", "verify", "--private-key", pem}, "--private-key holds a private key itself"},
		{"", []string{"secrets", "verify", "--private-key=" + pem}, "--private-key holds a private key itself"},
		{"", []string{"secrets", "create", "west", "--tag-key", "ISTHMUS-TAG-KEY-1 " + canary}, "--tag-key holds a private key itself"},
		{"", []string{"secrets", "key", "ISTHMUS-TAG-KEY-1 " + canary}, "an argument holds a private key itself"},
		{"", []string{"ca", "issue", "--all", "--key", "root.age", "--identity", "AGE-SECRET-KEY-1" + canary}, "--identity holds a private key itself"},
		{"", []string{"ca", "init", "--key", "root.age", "--recipient", "age-secret-key-1" + canary}, "--recipient holds a private key itself"},
		{"", []string{"ca", "init", "--key", usb, "--recipient=" + canary, "-f", mesh}, "--recipient is no recipient of age"},
		{"", []string{"ca", "init", "--key", "../usb", "--passphrase", canary}, "--passphrase takes no value"},
		{"", []string{"ca", "init", "--key", "../usb", "--passphrase=" + canary}, "--passphrase takes no value"},
		{"", []string{"ca", "rotate", "--start", "--key", "../usb", "--passphrase", canary}, "--passphrase takes no value"},
		{"", []string{"ca", "issue", "--all", "--passphrase", canary}, "unknown flag: --passphrase"},
		{"ISTHMUS-TAG-KEY-1 " + canary, []string{"secrets", "verify", "-f", mesh}, "ISTHMUS_TAG_KEY_FILE holds a key itself"},
	} {
		t.Run(strings.Join(tt.args[:2], " "), func(t *testing.T) {
			t.Setenv(tagKeyVariable, tt.variable)
			var printed bytes.Buffer
			outcome := run(append([]string{"isthmus"}, tt.args...), strings.NewReader(""), &printed, &printed)
			if outcome != exitUsage || !strings.HasPrefix(printed.String(), "isthmus: error: "+tt.want) || strings.Contains(strings.ToLower(printed.String()), canary) {
				t.Errorf("%v: exit status %d: %s", tt.args, outcome, printed.String())
			}
		})
	}
}
