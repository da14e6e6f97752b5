package secrets

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// load gives a mesh of an Istio release: east runs the control plane, west and
// the others are its remotes. Lines go behind spec.
func load(t testing.TB, version string, remotes int, lines string) *mesh.Mesh {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: test}\nspec:\n%s  istio: {version: %q}\n  clusters:\n", lines, version)
	b.WriteString("    - {name: east, apiServer: \"https://10.1.0.10:6443\", podCIDRs: [10.0.0.0/24], serviceCIDRs: [11.0.0.0/24], controlPlane: {addresses: [10.0.0.10]}}\n")
	for i := range remotes {
		name := "west"
		if i > 0 {
			name = fmt.Sprintf("west%d", i)
		}
		fmt.Fprintf(&b, "    - {name: %s, apiServer: \"https://10.2.%d.10:6443\", podCIDRs: [10.1.%d.0/24], serviceCIDRs: [11.1.%d.0/24]}\n", name, i, i, i)
	}
	m, problems := mesh.Load(mesh.Source{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(b.String())}}, Name: "mesh.yaml"})
	if len(problems.Errors()) > 0 {
		t.Fatal(problems.Errors())
	}
	return m
}

const first = Account + "-istio-remote-secret-token"

func good() *Credential {
	return &Credential{Server: "https://10.2.0.10:6443", CA: sealtest.CA(), Token: seal.NewPlain([]byte(sealtest.Token(sealtest.Claims(first))))}
}

func text(err error) string {
	var problem *diag.Problem
	var problems diag.Problems
	switch {
	case err == nil:
		return ""
	case errors.As(err, &problems):
		return problems.Text()
	case errors.As(err, &problem):
		return problem.Text()
	}
	return err.Error()
}
