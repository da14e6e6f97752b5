package render

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-jsonnet"

	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// What a library imports lies in it, whatever the path says; nothing else is
// opened.
func TestImporterIsConfined(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret.libsonnet")
	if err := os.WriteFile(secret, []byte("'hunter2'"), 0o644); err != nil {
		t.Fatal(err)
	}
	library := filepath.Join(dir, "library")
	if err := os.MkdirAll(filepath.Join(library, "lib"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"../secret.libsonnet", "lib/../../secret.libsonnet", "../library/../secret.libsonnet", secret, "/etc/passwd", "file://" + secret, "."} {
		for _, how := range []string{"import", "importstr", "importbin"} {
			program := "local a = " + how + " '" + path + "';\nfunction(args) { a: { apiVersion: 'v1', kind: 'A', metadata: { name: std.toString(a) } } }"
			if err := os.WriteFile(filepath.Join(library, "main.jsonnet"), []byte(program), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Of(os.DirFS(library), &plan.Plan{Units: []plan.Unit{{Entry: "main.jsonnet", Args: map[string]any{}}}})
			if err == nil || !strings.Contains(err.Error(), "not in the library") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s %q: error %v", how, path, err)
			}
		}
	}
}

// Paths are those of the importing file, and a file is read once whatever it is
// called.
func TestImporter(t *testing.T) {
	i := &importer{library: os.DirFS("../../jsonnet"), read: map[string]jsonnet.Contents{}}
	first, at, err := i.Import("istio/1.4.libsonnet", "../lib/object.libsonnet")
	if err != nil || at != "lib/object.libsonnet" {
		t.Fatalf("found at %q, error %v", at, err)
	}
	again, at, err := i.Import("lib/stub.libsonnet", "object.libsonnet")
	if err != nil || at != "lib/object.libsonnet" || first != again {
		t.Errorf("found at %q, error %v, the same contents: %t", at, err, first == again)
	}
}
