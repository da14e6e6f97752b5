package generators_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// The bytes depend on the input alone: not on the run, the number of
// processors or where the checkout lies.
func TestSameBytes(t *testing.T) {
	for _, root := range roots(t) {
		t.Run(filepath.Base(root), func(t *testing.T) {
			want, _ := rendered(t, root)
			elsewhere := filepath.Join(t.TempDir(), "a clone", "somewhere else")
			copyMesh(t, root, elsewhere, func(_ string, data []byte) []byte { return data })
			for _, test := range []struct {
				name       string
				root       string
				processors int
			}{
				{name: "again", root: root, processors: runtime.GOMAXPROCS(0)},
				{name: "one processor", root: root, processors: 1},
				{name: "two processors", root: root, processors: 2},
				{name: "another folder", root: elsewhere, processors: runtime.GOMAXPROCS(0)},
			} {
				t.Run(test.name, func(t *testing.T) {
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(test.processors))
					got, _ := rendered(t, test.root)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("files (-first +this):\n%s", diff)
					}
				})
			}
		})
	}
}

// The order in which somebody wrote the keys of a mapping says nothing: files
// and warnings are the same in any.
func TestShuffledKeys(t *testing.T) {
	for _, root := range roots(t) {
		t.Run(filepath.Base(root), func(t *testing.T) {
			want, wantProblems := rendered(t, root)
			for seed := range uint64(4) {
				t.Run(fmt.Sprint(seed), func(t *testing.T) {
					rng := rand.New(rand.NewPCG(seed, 1))
					dir := t.TempDir()
					moved := false
					copyMesh(t, root, dir, func(name string, data []byte) []byte {
						if filepath.Ext(name) != ".yaml" {
							return data // a certificate has no keys
						}
						shuffled := shuffle(t, rng, data)
						moved = moved || !bytes.Equal(shuffled, shuffle(t, nil, data))
						return shuffled
					})
					if !moved {
						t.Fatal("nothing was shuffled")
					}
					got, problems := rendered(t, dir)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("files (-in order +shuffled):\n%s", diff)
					}
					// Their positions move with the keys, their words do not.
					if diff := cmp.Diff(words(wantProblems), words(problems)); diff != "" {
						t.Errorf("warnings (-in order +shuffled):\n%s", diff)
					}
				})
			}
		})
	}
}

// roots gives the folders of every mesh here, the repository's own included.
func roots(t *testing.T) []string {
	t.Helper()
	repository, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	all := []string{repository}
	for _, name := range meshes(t) {
		all = append(all, filepath.Join("testdata", name))
	}
	return all
}

// copyMesh copies root/mesh to dir/mesh, each file changed by edit.
func copyMesh(t *testing.T, root, dir string, edit func(name string, data []byte) []byte) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(root, "mesh"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(dir, rel), 0o755)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, rel), edit(rel, data), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// shuffle writes a YAML stream anew with the keys of its mappings in another
// order; without a source of it, in the same.
func shuffle(t *testing.T, rng *rand.Rand, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var document yaml.Node
		if decoder.Decode(&document) != nil {
			break // io.EOF: what is no YAML does not load either
		}
		if rng != nil {
			shuffleNode(rng, &document)
		}
		if err := encoder.Encode(&document); err != nil {
			t.Fatal(err)
		}
	}
	if err := encoder.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func shuffleNode(rng *rand.Rand, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		rng.Shuffle(len(n.Content)/2, func(i, j int) {
			n.Content[2*i], n.Content[2*j] = n.Content[2*j], n.Content[2*i]
			n.Content[2*i+1], n.Content[2*j+1] = n.Content[2*j+1], n.Content[2*i+1]
		})
	}
	for _, child := range n.Content {
		shuffleNode(rng, child)
	}
}

// words gives what problems say, without where.
func words(problems diag.Problems) []string {
	all := make([]string, len(problems))
	for i, p := range problems {
		moved := *p
		moved.Pos = diag.Position{}
		all[i] = moved.Text()
	}
	slices.Sort(all)
	return all
}
