package krm

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v2"
)

// encode writes value as `kustomize build` does, which is the JSON of the object
// read and written by yaml.v2 (kustomize api/resource, AsYAML, over JSONToYAML of
// sigs.k8s.io/yaml, which is also its Marshal). There is one difference: yaml.v2
// sorts keys by a rule that goes in circles for keys such as "12", "1a" and "2",
// and starts from the order of a Go map, so that such a mapping comes out in one
// of several orders. Here it always comes out in the same.
func encode(value map[string]any) ([]byte, error) {
	if err := writable(value, ""); err != nil {
		return nil, err
	}
	data, err := json.Marshal(value) // keys in the order of their bytes
	if err != nil {
		return nil, err
	}
	var ordered yaml.MapSlice
	if err := yaml.Unmarshal(data, &ordered); err != nil {
		return nil, err
	}
	sortKeys(ordered)
	return yaml.Marshal(ordered)
}

// writable says which text of value YAML cannot carry. JSON would turn broken
// UTF-8 into U+FFFD without a word, and sigs.k8s.io/yaml names no place for a
// control character.
func writable(value any, path string) error {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			at := path + "." + key
			if path == "" {
				at = key
			}
			if key == "<<" {
				return fmt.Errorf("%s: the key %q would be read back as a YAML merge", at, key)
			}
			if err := writable(key, at); err != nil {
				return err
			}
			if err := writable(v[key], at); err != nil {
				return err
			}
		}
	case []any:
		for i, item := range v {
			if err := writable(item, path+"["+strconv.Itoa(i)+"]"); err != nil {
				return err
			}
		}
	case string:
		for i, r := range v {
			if r == utf8.RuneError {
				if _, size := utf8.DecodeRuneInString(v[i:]); size == 1 {
					return fmt.Errorf("%s: text that is not UTF-8", path)
				}
			}
			if unprintable(r) {
				return fmt.Errorf("%s: the character %U cannot be written in YAML", path, r)
			}
		}
	}
	return nil
}

// unprintable holds for the characters that JSON leaves as they are and YAML
// forbids but as an escape (YAML 1.2, c-printable), and for U+0085, which the
// way over JSON turns into a space because YAML takes it for a line break.
func unprintable(r rune) bool {
	return r >= 0x7F && r < 0xA0 || r == 0xFFFE || r == 0xFFFF
}
