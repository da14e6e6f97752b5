package mesh

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// A Version is that of an Istio or Kubernetes release. Patch is -1 where only
// the minor was given; the zero Version is one that was not given at all.
type Version struct {
	Major, Minor, Patch int
}

var versionText = regexp.MustCompile(`^(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})(?:\.(0|[1-9][0-9]{0,3}))?$`)

// UnmarshalText reads "1.5.10" or "1.34".
func (v *Version) UnmarshalText(text []byte) error {
	m := versionText.FindSubmatch(text)
	if m == nil {
		return rule.Malformed.Problem(diag.Position{}, "", fmt.Sprintf("%q is not a version", text), "", `write digits and dots alone, as in "1.5.10"`)
	}
	number := func(b []byte) int {
		n, _ := strconv.Atoi(string(b)) // the pattern leaves at most four digits
		return n
	}
	*v = Version{number(m[1]), number(m[2]), -1}
	if m[3] != nil {
		v.Patch = number(m[3])
	}
	return nil
}

// IsZero says whether no version was given.
func (v Version) IsZero() bool { return v == Version{} }

// String gives the version as it is written.
func (v Version) String() string {
	if v.Patch < 0 {
		return fmt.Sprintf("%d.%d", v.Major, v.Minor)
	}
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}

// MinorVersion gives the version without its patch.
func (v Version) MinorVersion() Version { return Version{v.Major, v.Minor, -1} }

// Compare orders versions; one without a patch stands before its patches.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor), cmp.Compare(v.Patch, w.Patch))
}
