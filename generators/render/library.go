package render

import (
	"fmt"
	"io/fs"
	"path"

	"github.com/google/go-jsonnet"
)

// An importer reads the library and nothing else.
type importer struct {
	library fs.FS
	read    map[string]jsonnet.Contents
}

// Import resolves a path from the folder of the file that imports it.
func (i *importer) Import(from, name string) (jsonnet.Contents, string, error) {
	at := path.Join(path.Dir(from), name)
	if contents, known := i.read[at]; known { // go-jsonnet requires the identical Contents each time
		return contents, at, nil
	}
	data, err := fs.ReadFile(i.library, at)
	if err != nil {
		return jsonnet.Contents{}, "", fmt.Errorf("%s: not in the library", at)
	}
	i.read[at] = jsonnet.MakeContentsRaw(data)
	return i.read[at], at, nil
}
