package interop

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/isthmus-mesh/isthmus/interop/sources"
)

// TestSARIF validates what isthmus writes as SARIF with the schema of the
// standard (OASIS, SARIF 2.1.0).
func TestSARIF(t *testing.T) {
	schemas, err := sources.Gosec.Files("report/sarif/testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	definition, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemas[0]))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("sarif.json", definition); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(data []byte) error {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return err
		}
		return schema.Validate(document)
	}
	var files []string
	for _, folder := range []string{"../generators/sarif/testdata", "../cmd/isthmus/testdata/history"} {
		found, err := filepath.Glob(folder + "/*.sarif")
		if err != nil || len(found) == 0 {
			t.Fatalf("%s has no files: nothing is proved: %v", folder, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(data); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		broken := strings.Replace(string(data), `"columnKind"`, `"columnkind"`, 1)
		if valid([]byte(broken)) == nil {
			t.Errorf("%s: the schema takes a field that SARIF does not have", file)
		}
	}
}
