package render

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/google/go-jsonnet/ast"
)

// node builds the syntax tree of a value, which spares writing it as text and
// parsing that again: half the time of an evaluation.
func node(value any) (ast.Node, error) {
	switch v := value.(type) {
	case nil:
		return &ast.LiteralNull{}, nil
	case bool:
		return &ast.LiteralBoolean{Value: v}, nil
	case string:
		return &ast.LiteralString{Value: v, Kind: ast.StringDouble}, nil
	case int, int64, float64:
		text, err := json.Marshal(v)
		return &ast.LiteralNumber{OriginalString: string(text)}, err
	case []any:
		array := &ast.Array{}
		for i, item := range v {
			n, err := node(item)
			if err != nil {
				return nil, fmt.Errorf("[%d]: %w", i, err)
			}
			array.Elements = append(array.Elements, ast.CommaSeparatedExpr{Expr: n})
		}
		return array, nil
	case map[string]any:
		object := &ast.DesugaredObject{}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			n, err := node(v[key])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			object.Fields = append(object.Fields, ast.DesugaredObjectField{
				Hide: ast.ObjectFieldInherit,
				Name: &ast.LiteralString{Value: key, Kind: ast.StringDouble},
				Body: n,
			})
		}
		return object, nil
	default:
		return nil, fmt.Errorf("%T cannot be an argument", value)
	}
}
