package render

import (
	"io/fs"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
)

// Importer reads a library and nothing else, for who evaluates parts of it.
func Importer(library fs.FS) jsonnet.Importer {
	return &importer{library: library, read: map[string]jsonnet.Contents{}}
}

// Node gives an argument of a unit as Jsonnet takes it.
func Node(value any) (ast.Node, error) { return node(value) }
