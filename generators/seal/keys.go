package seal

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Keys gives the names of what is sealed in a file, sorted: they lie open. None
// come of a file that cannot be read, which Check speaks of.
func (f File) Keys() []string {
	var o struct {
		Spec struct {
			EncryptedData map[string]yaml.Node `yaml:"encryptedData"`
		} `yaml:"spec"`
		Data       map[string]yaml.Node `yaml:"data"`
		StringData map[string]yaml.Node `yaml:"stringData"`
	}
	if yaml.Unmarshal(f.Data, &o) != nil {
		return nil
	}
	all := map[string]yaml.Node{}
	for _, some := range []map[string]yaml.Node{o.Spec.EncryptedData, o.Data, o.StringData} {
		maps.Copy(all, some)
	}
	return slices.Sorted(maps.Keys(all))
}

// formed gives the shape among several that has the file's type, else the first.
func (f File) formed(forms []Shape) Shape {
	var o struct {
		Type string `yaml:"type"`
		Spec struct {
			Template struct {
				Type string `yaml:"type"`
			} `yaml:"template"`
		} `yaml:"spec"`
	}
	if yaml.Unmarshal(f.Data, &o) == nil {
		for _, shape := range forms {
			if shape.Type != "" && (o.Type == shape.Type || o.Spec.Template.Type == shape.Type) {
				return shape
			}
		}
	}
	return forms[0]
}
