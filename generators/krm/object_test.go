package krm

import (
	"errors"
	"testing"
)

// object makes an object for a test, whose value is known to be good.
func object(t testing.TB, apiVersion, kind, namespace, name string, data any) *Object {
	t.Helper()
	metadata := map[string]any{"name": name}
	if namespace != "" {
		metadata["namespace"] = namespace
	}
	value := map[string]any{"apiVersion": apiVersion, "kind": kind, "metadata": metadata}
	if data != nil {
		value["data"] = data
	}
	o, err := NewObject(value)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// text gives the text of an error, "" for none.
func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestNewObjectRefuses(t *testing.T) {
	with := func(data any) map[string]any {
		return map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap",
			"metadata": map[string]any{"name": "a", "namespace": "b"}, "data": data,
		}
	}
	for _, test := range []struct {
		name  string
		value map[string]any
		want  string
	}{
		{
			name:  "nothing",
			value: nil,
			want:  `an object needs an apiVersion, a kind and a metadata.name, not "", "" and ""`,
		},
		{
			name:  "no name",
			value: map[string]any{"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"namespace": "a"}},
			want:  `an object needs an apiVersion, a kind and a metadata.name, not "v1", "Secret" and ""`,
		},
		{
			name:  "a key that reads as a merge",
			value: with(map[string]any{"list": []any{map[string]any{"<<": "x"}}}),
			want:  `ConfigMap/b/a: data.list[0].<<: the key "<<" would be read back as a YAML merge`,
		},
		{
			name:  "text that is not UTF-8",
			value: with(map[string]any{"key": "a\xffb"}),
			want:  "ConfigMap/b/a: data.key: text that is not UTF-8",
		},
		{
			name:  "a control character",
			value: with([]any{"fine", "a\u0080"}),
			want:  "ConfigMap/b/a: data[1]: the character U+0080 cannot be written in YAML",
		},
		{
			name:  "a line break of its own kind",
			value: with(map[string]any{"key": "a\u0085b"}),
			want:  "ConfigMap/b/a: data.key: the character U+0085 cannot be written in YAML",
		},
		{
			name:  "a control character in a key",
			value: with(map[string]any{"\u007f": ""}),
			want:  "ConfigMap/b/a: data.\u007f: the character U+007F cannot be written in YAML",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := NewObject(test.value); text(err) != test.want {
				t.Errorf("error is\n%s\nwant\n%s", text(err), test.want)
			}
		})
	}
}

func TestIdentityString(t *testing.T) {
	for _, test := range []struct {
		id   Identity
		want string
	}{
		{id: Identity{"v1", "Namespace", "", "a"}, want: "Namespace/a"},
		{id: Identity{"v1", "Secret", "a", "b"}, want: "Secret/a/b"},
	} {
		if got := test.id.String(); got != test.want {
			t.Errorf("String() = %q, want %q", got, test.want)
		}
	}
}

var errGenerate = errors.New(`mesh.yaml:3:5: spec.clusters: no cluster "nowhere"`)
