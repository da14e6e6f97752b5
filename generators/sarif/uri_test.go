package sarif

import "testing"

// What no URI may hold is escaped, DEL included, and what a path holds is not.
func TestURI(t *testing.T) {
	for file, want := range map[string]string{
		"mesh/./mesh.yaml":    "mesh/mesh.yaml",
		"a b%.yaml":           "a%20b%25.yaml",
		"a\x7f\u0080~!$&'()*": "a%7F%C2%80~!$&'()*",
	} {
		if got := uri(file); got != want {
			t.Errorf("%q: got %q, want %q", file, got, want)
		}
	}
}
