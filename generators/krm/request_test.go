package krm

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// said gives the whole of what a person reads of an error.
func said(err error) string {
	var many diag.Problems
	var one *diag.Problem
	switch {
	case errors.As(err, &many):
		return many.Text()
	case errors.As(err, &one):
		return one.Text()
	}
	return text(err)
}

func TestRequest(t *testing.T) {
	const head = "apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\n"
	for _, test := range []struct {
		name   string
		config string
		want   Request
		err    string
	}{
		{
			name: "by path",
			config: head + `metadata:
  annotations:
    config.kubernetes.io/function: "exec: {path: isthmus}\n"
    isthmus.dev/cluster: west
    isthmus.dev/mesh: ../../../mesh/mesh.yaml
  name: bookinfo
`,
			want: Request{Mesh: "../../../mesh/mesh.yaml", Cluster: "west"},
		},
		{
			name: "inlined, with what kustomize adds",
			config: head + `metadata:
  annotations:
    config.k8s.io/id: "1"
    config.kubernetes.io/function: "container: {image: isthmus}\n"
    config.kubernetes.io/local-config: "true"
    example.com/mine: "yes"
    internal.config.kubernetes.io/annotations-migration-resource-id: "0"
    isthmus.dev/cluster: west
  name: bookinfo
spec:
  istio:
    version: "1.30"
`,
			want: Request{Cluster: "west", Inline: []byte(head + `metadata:
  annotations:
    example.com/mine: "yes"
  name: bookinfo
spec:
  istio:
    version: "1.30"
`)},
		},
		{
			name:   "inlined, no annotation left",
			config: head + "metadata: {annotations: {isthmus.dev/cluster: west}, name: a}\nspec:\n",
			want:   Request{Cluster: "west", Inline: []byte(head + "metadata: {name: a}\nspec:\n")},
		},
		{
			name:   "another kind",
			config: "apiVersion: isthmus.dev/v1beta1\nkind: Mush\n",
			err: `isthmus: error: functionConfig: kind "Mush" of apiVersion "isthmus.dev/v1beta1"; this function takes one kind only (IST023)
isthmus: fix: use kind Mesh of apiVersion isthmus.dev/v1alpha1
`,
		},
		{
			name:   "no metadata",
			config: head,
			err: `isthmus: error: metadata.annotations: no isthmus.dev/cluster; a build gives the objects of one cluster (IST023)
isthmus: fix: add "isthmus.dev/cluster: <name>"
isthmus: error: metadata.annotations: no isthmus.dev/mesh and no spec; nothing names the mesh (IST023)
isthmus: fix: add "isthmus.dev/mesh: <path of mesh.yaml>"
`,
		},
		{
			name:   "spec and path",
			config: head + "metadata:\n  annotations: {isthmus.dev/cluster: west, isthmus.dev/mesh: mesh.yaml}\nspec: {}\n",
			err: `isthmus: error: spec: a spec beside the annotation isthmus.dev/mesh; each names a mesh (IST023)
isthmus: fix: remove one of the two
`,
		},
		{
			name:   "a slip in every name",
			config: head + "metadata:\n  annotations: {isthmus.dev/clusters: west, isthmus.dev/mesh: mesh.yaml}\nspecs: {}\nargsOneLiner: a b\n",
			err: `isthmus: error: specs: unknown field "specs" (IST023)
isthmus: fix: did you mean "spec"?
isthmus: error: argsOneLiner: unknown field "argsOneLiner" (IST023)
isthmus: fix: use one of apiVersion, kind, metadata, spec
isthmus: error: metadata.annotations[isthmus.dev/clusters]: unknown annotation (IST023)
isthmus: fix: did you mean "isthmus.dev/cluster"?
isthmus: error: metadata.annotations: no isthmus.dev/cluster; a build gives the objects of one cluster (IST023)
isthmus: fix: add "isthmus.dev/cluster: <name>"
`,
		},
		{
			name:   "values that are not text",
			config: head + "metadata:\n  annotations: {isthmus.dev/cluster: 1, isthmus.dev/mesh: ''}\n",
			err: `isthmus: error: metadata.annotations[isthmus.dev/cluster]: not a text; annotations are text that is not empty (IST023)
isthmus: fix: give it a value, in quotes
isthmus: error: metadata.annotations[isthmus.dev/mesh]: not a text; annotations are text that is not empty (IST023)
isthmus: fix: give it a value, in quotes
`,
		},
		{
			name:   "an alias",
			config: head + "metadata: &m\n  annotations: {isthmus.dev/cluster: west, isthmus.dev/mesh: mesh.yaml}\n",
			err: `isthmus: error: functionConfig: an anchor or an alias; nothing is expanded here (IST023)
isthmus: fix: write the value out
`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			root, err := parse([]byte(test.config))
			if err != nil {
				t.Fatal(err)
			}
			got, err := requestOf(root)
			if said(err) != test.err {
				t.Fatalf("error is\n%s\nwant\n%s", said(err), test.err)
			}
			if err == nil {
				if diff := cmp.Diff(test.want, *got); diff != "" {
					t.Errorf("request (-want +got):\n%s", diff)
				}
			}
		})
	}
}
