package vectors

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	agetest "c2sp.org/CCTV/age"
	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/isthmus-mesh/isthmus/generators/ca"
)

// TestAge: what opens the file of a root's key opens those vectors that are good,
// finds then that they hold no root, and says of each other what it is: damaged,
// for others, or not of age. Most vectors are binary; these are armored first, for
// a root's file always is.
func TestAge(t *testing.T) {
	const noRoot, damaged, notAge = "vector: holds no root", "vector: cannot be decrypted: it is damaged", "vector: is not a root encrypted by age"
	counts := map[string]int{}
	err := fs.WalkDir(agetest.Vectors, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(agetest.Vectors, name)
		if err != nil {
			return err
		}
		head, body, found := bytes.Cut(data, []byte("\n\n"))
		if !found {
			t.Fatalf("%s has no head", name)
		}
		fields, identities := map[string]string{}, ""
		for line := range strings.Lines(string(head)) {
			key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			if fields[key] = value; key == "identity" {
				identities += value + "\n"
			}
		}
		if fields["compressed"] == "zlib" {
			r, err := zlib.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if body, err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
		var open []age.Identity
		if identities != "" {
			if open, err = ca.Identities("identities", []byte(identities)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if phrase, there := fields["passphrase"]; there {
			identity, err := age.NewScryptIdentity(phrase)
			if err != nil {
				t.Fatal(err)
			}
			open = append(open, identity)
		}
		if fields["armored"] != "yes" {
			var b bytes.Buffer
			w := armor.NewWriter(&b)
			if _, err := w.Write(body); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			body = b.Bytes()
		}
		expect := fields["expect"]
		counts[expect]++
		_, err = ca.Unlock("vector", body, open...)
		switch {
		case err == nil:
			t.Errorf("%s (%s): opened to a root", name, expect)
		case expect == "no match":
			if !errors.Is(err, ca.ErrNotForYou) {
				t.Errorf("%s (%s): %v", name, expect, err)
			}
		case expect == "success":
			if err.Error() != noRoot {
				t.Errorf("%s (%s): %v", name, expect, err)
			}
		case expect == "armor failure":
			if err.Error() != damaged && err.Error() != notAge {
				t.Errorf("%s (%s): %v", name, expect, err)
			}
		default:
			if err.Error() != damaged {
				t.Errorf("%s (%s): %v", name, expect, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	if total != 147 || counts["success"] != 26 || counts["no match"] != 13 {
		t.Errorf("%d vectors: %v", total, counts)
	}
}
