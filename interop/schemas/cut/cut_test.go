package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// service is a document with one kind, as 1.13 writes it: no type beside
// properties.
func service(spec string) string {
	return `{"definitions": {
		"v1.Service": {
			"description": "A Service.",
			"properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "spec": {"$ref": "#/definitions/v1.Spec"}},
			"x-kubernetes-group-version-kind": [{"group": "", "kind": "Service", "version": "v1"}]
		},
		"v1.Spec": ` + spec + `,
		"v1.IntOrString": {"type": "string", "format": "int-or-string"},
		"v1.Fields": {"type": "object"},
		"io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": "string"}
	}}`
}

func TestCut(t *testing.T) {
	const around = `{"additionalProperties":false,"properties":{"apiVersion":{"enum":["v1"],"type":"string"},"kind":{"enum":["Service"],"type":"string"},"spec":SPEC},"required":["apiVersion","kind"],"type":"object"}` + "\n"
	for _, test := range []struct {
		name string
		spec string
		want string // the schema of spec
	}{
		{
			name: "closed and optional",
			spec: `{"description": "d", "properties": {"type": {"type": "string", "description": "d"}}}`,
			want: `{"additionalProperties":false,"properties":{"type":{"type":["string","null"]}},"type":["object","null"]}`,
		},
		{
			name: "required, so not null",
			spec: `{"type": "object", "required": ["port"], "properties": {"port": {"type": "integer", "format": "int32"}}}`,
			want: `{"additionalProperties":false,"properties":{"port":{"format":"int32","type":"integer"}},"required":["port"],"type":["object","null"]}`,
		},
		{
			name: "int-or-string",
			spec: `{"properties": {"a": {"$ref": "#/definitions/v1.IntOrString"}}, "required": ["a"]}`,
			want: `{"additionalProperties":false,"properties":{"a":{"oneOf":[{"type":"string"},{"type":"integer"}]}},"required":["a"],"type":["object","null"]}`,
		},
		{
			name: "optional Quantity",
			spec: `{"properties": {"a": {"$ref": "#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity"}}}`,
			want: `{"additionalProperties":false,"properties":{"a":{"oneOf":[{"type":"string"},{"type":"number"},{"type":"null"}]}},"type":["object","null"]}`,
		},
		{
			name: "open object",
			spec: `{"properties": {"a": {"$ref": "#/definitions/v1.Fields"}}}`,
			want: `{"additionalProperties":false,"properties":{"a":{"type":["object","null"]}},"type":["object","null"]}`,
		},
		{
			name: "unknown fields preserved",
			spec: `{"properties": {"a": {"type": "string"}}, "x-kubernetes-preserve-unknown-fields": true}`,
			want: `{"properties":{"a":{"type":["string","null"]}},"type":["object","null"]}`,
		},
		{
			name: "map",
			spec: `{"type": "object", "additionalProperties": {"type": "string"}}`,
			want: `{"additionalProperties":{"type":"string"},"type":["object","null"]}`,
		},
		{
			name: "list",
			spec: `{"type": "array", "items": {"$ref": "#/definitions/v1.Fields"}, "x-kubernetes-list-type": "map"}`,
			want: `{"items":{"type":"object"},"type":["array","null"]}`,
		},
		{
			name: "enum that may be left out",
			spec: `{"properties": {"a": {"type": "string", "enum": ["TCP", "UDP"], "default": "TCP"}}}`,
			want: `{"additionalProperties":false,"properties":{"a":{"enum":["TCP","UDP",null],"type":["string","null"]}},"type":["object","null"]}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			files, err := cut([]byte(service(test.spec)), kinds)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Replace(around, "SPEC", test.want, 1)
			if diff := cmp.Diff(map[string]string{"service-v1.json": want}, text(files)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCutErrors(t *testing.T) {
	for _, test := range []struct {
		name    string
		swagger string
		want    string
	}{
		{name: "not JSON", swagger: "{", want: "unexpected end of JSON input"},
		{name: "nothing of ours", swagger: "{}", want: "the document has none of the wanted kinds"},
		{name: "dangling reference", swagger: service(`{"$ref": "#/definitions/v1.None"}`), want: `Service: spec: no definition "v1.None", which v1.Spec refers to`},
		{name: "circle", swagger: service(`{"properties": {"a": {"$ref": "#/definitions/v1.Spec"}}}`), want: "Service: spec: a: v1.Spec refers to itself; a file that stands alone cannot hold it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := cut([]byte(test.swagger), kinds)
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestCommitted cuts again what is committed, for each release whose module is
// in the module cache; nothing is downloaded for it.
func TestCommitted(t *testing.T) {
	folders, err := filepath.Glob("../v*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no folder of schemas, %v", err)
	}
	name := regexp.MustCompile(`^v([0-9.]+)-standalone-strict$`)
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			match := name.FindStringSubmatch(filepath.Base(folder))
			if match == nil {
				t.Fatal("not a folder that kubeconform would look in")
			}
			want, err := cutModule(match[1], true)
			if err != nil {
				t.Skipf("not in the module cache: %v", err)
			}
			got := map[string][]byte{}
			entries, err := os.ReadDir(folder)
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range entries {
				if got[entry.Name()], err = os.ReadFile(filepath.Join(folder, entry.Name())); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(text(want), text(got)); diff != "" {
				t.Errorf("committed files (-cut +committed):\n%s", diff)
			}
		})
	}
}

func text(files map[string][]byte) map[string]string {
	out := map[string]string{}
	for name, data := range files {
		out[name] = string(data)
	}
	return out
}
