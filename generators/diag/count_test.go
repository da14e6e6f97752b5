package diag_test

import (
	"testing"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

func TestCount(t *testing.T) {
	for _, test := range []struct {
		n     int
		thing string
		want  string
	}{
		{0, "file", "0 files"},
		{1, "entry", "1 entry"},
		{2, "entry", "2 entries"},
		{3, "cluster", "3 clusters"},
	} {
		if got := diag.Count(test.n, test.thing); got != test.want {
			t.Errorf("%d %s: %q, want %q", test.n, test.thing, got, test.want)
		}
	}
}
