package validate_test

import (
	"strings"
	"testing"

	"k8s.io/kubernetes/pkg/apis/core"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

func decode(t *testing.T, text string) (any, error) {
	t.Helper()
	documents, err := validate.Documents([]byte(text))
	if err != nil || len(documents) != 1 {
		t.Fatalf("%d documents, %v", len(documents), err)
	}
	return validate.Decode(documents[0])
}

func TestDecodeFillsDefaults(t *testing.T) {
	object, err := decode(t, "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {clusterIP: None, ports: [{port: 80}]}\n")
	if err != nil {
		t.Fatal(err)
	}
	spec := object.(*core.Service).Spec
	if port := spec.Ports[0]; port.Protocol != core.ProtocolTCP || port.TargetPort.IntValue() != 80 {
		t.Errorf("port %+v has no defaults", port)
	}
	if len(spec.ClusterIPs) != 1 || spec.ClusterIPs[0] != "None" {
		t.Errorf("clusterIPs are %q", spec.ClusterIPs)
	}
}

// The schemas look first, so this alone shows that decoding is strict as well.
func TestDecodeIsStrict(t *testing.T) {
	_, err := decode(t, "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selectors: {app: web}}\n")
	if err == nil || !strings.Contains(err.Error(), `unknown field "spec.selectors"`) {
		t.Errorf("got %v", err)
	}
}
