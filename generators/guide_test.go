package generators_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The profile objects of testdata/guide-1.4 say what the `istioctl manifest
// apply` commands of the "Example deployment" in Istio's guide "Shared control
// plane (single-network)" say by --set. What --set names is a path below spec.
func TestGuideFlags(t *testing.T) {
	for _, test := range []struct {
		cluster string
		flags   []string
	}{
		{
			cluster: "main0",
			flags: []string{
				"values.global.mtls.enabled=true",
				"values.security.selfSigned=false",
			},
		},
		{
			cluster: "remote0",
			flags: []string{
				"profile=remote",
				"values.global.mtls.enabled=true",
				"values.security.selfSigned=false",
				"values.global.createRemoteSvcEndpoints=true",
				"values.global.remotePilotCreateSvcEndpoint=true",
				"values.global.remotePilotAddress=10.8.0.5",     // ${PILOT_POD_IP}
				"values.global.remotePolicyAddress=10.8.0.6",    // ${POLICY_POD_IP}
				"values.global.remoteTelemetryAddress=10.8.0.7", // ${TELEMETRY_POD_IP}
				"gateways.enabled=false",
				"autoInjection.enabled=true",
			},
		},
	} {
		t.Run(test.cluster, func(t *testing.T) {
			spec := profile(t, test.cluster)
			for _, flag := range test.flags {
				path, want, _ := strings.Cut(flag, "=")
				if got := at(spec, path); got == nil || got.Kind != yaml.ScalarNode || got.Value != want {
					t.Errorf("spec.%s: got %s, want %s", path, written(got), want)
				}
				// --set gives booleans, and "true" in quotes is another value.
				if got := at(spec, path); got != nil && (want == "true" || want == "false") && got.ShortTag() != "!!bool" {
					t.Errorf("spec.%s: got a %s, want a boolean", path, got.ShortTag())
				}
			}
		})
	}
}

// What the guide sets for the remote alone the primary does not have: with a
// remotePilotAddress it would look for its own control plane elsewhere.
func TestGuidePrimaryIsNoRemote(t *testing.T) {
	spec := profile(t, "main0")
	for _, path := range []string{
		"values.global.createRemoteSvcEndpoints",
		"values.global.remotePilotCreateSvcEndpoint",
		"values.global.remotePilotAddress",
		"values.global.remotePolicyAddress",
		"values.global.remoteTelemetryAddress",
		"gateways",
		"autoInjection",
	} {
		if got := at(spec, path); got != nil {
			t.Errorf("spec.%s: got %s, want nothing", path, written(got))
		}
	}
	if got := at(spec, "profile"); got == nil || got.Value != "default" {
		t.Errorf("spec.profile: got %s, want default", written(got))
	}
}

// profile gives the spec of a cluster's profile object in the golden.
func profile(t *testing.T, cluster string) *yaml.Node {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/guide-1.4/want/overlays", cluster, "control-plane/profile.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var document yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&document); err != nil {
		t.Fatal(err)
	}
	spec := at(document.Content[0], "spec")
	if spec == nil {
		t.Fatal("the profile has no spec")
	}
	return spec
}

// at gives the value at a path of keys, nil where there is none.
func at(n *yaml.Node, path string) *yaml.Node {
	for key := range strings.SplitSeq(path, ".") {
		var value *yaml.Node
		for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				value = n.Content[i+1]
			}
		}
		n = value
	}
	return n
}

// written gives a value as YAML, for a message.
func written(n *yaml.Node) string {
	if n == nil {
		return "nothing"
	}
	text, err := yaml.Marshal(n)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(string(text), "\n")
}
