package render

import (
	"strings"
	"testing"
)

// Whatever brought it there, no object with a secret in the clear is rendered.
func TestInClear(t *testing.T) {
	const key = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49\n"
	for want, value := range map[string]map[string]any{
		"ConfigMap/b/a: holds a private key, in the clear, for everybody who reads the repository":               {"kind": "ConfigMap", "data": map[string]any{"x": key}},
		"HelmRelease/b/a: holds a Secret with its content, in the clear, for everybody who reads the repository": {"kind": "HelmRelease", "spec": map[string]any{"values": map[string]any{"objects": []any{map[string]any{"kind": "Secret", "data": map[string]any{"x": "eA=="}}}}}},
		"ConfigMap/b/a: holds more YAML in its texts than is looked through: a secret could lie in it":           {"kind": "ConfigMap", "data": map[string]any{"x": "secret: [" + strings.Repeat("a,", 600_000) + "a]"}},
		"": {"kind": "ConfigMap", "data": map[string]any{"x": "-----BEGIN EC PRIVATE KEY----- is what a key begins with"}},
	} {
		value["apiVersion"], value["metadata"] = "v1", map[string]any{"name": "a", "namespace": "b"}
		_, err := object(value)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want && !(want != "" && strings.HasSuffix(got, want)) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
