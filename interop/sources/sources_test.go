package sources

import (
	"strings"
	"testing"
)

func TestFiles(t *testing.T) {
	files, err := IstioAPI.Files("kubernetes/customresourcedefinitions.gen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || !strings.Contains(string(files[0]), "kind: CustomResourceDefinition") {
		t.Errorf("%d files, and not the CRDs", len(files))
	}
	if _, err := IstioAPI.Files("kubernetes/*.none"); err == nil || err.Error() != "istio.io/api@v1.30.3: no file kubernetes/*.none" {
		t.Errorf("no match: got %v", err)
	}
}

func TestFolderOfAnotherSum(t *testing.T) {
	changed := IstioAPI
	changed.Sum = "h1:none"
	const want = "istio.io/api@v1.30.3: checksum h1:pPSa0uah/t7CEuwacS4rw5qK/oHGvxC0WO8i4RRGwEU=, want h1:none"
	if _, err := changed.Folder(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFolderOfNobody(t *testing.T) {
	if _, err := (Module{Path: "istio.io/api", Version: "v0.0"}).Folder(); err == nil {
		t.Error("a version that does not exist was found")
	}
}
