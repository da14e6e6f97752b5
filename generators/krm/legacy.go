package krm

import (
	"bytes"
	"io"
)

// Legacy answers a legacy exec plugin, whose config file holds config, with a
// YAML stream in one write. On failure nothing is written.
func Legacy(config []byte, out io.Writer, generate func(*Request) ([]*Object, error)) error {
	root, err := parse(config)
	if err != nil {
		return err
	}
	request, err := requestOf(root)
	if err != nil {
		return err
	}
	objects, err := generate(request)
	if err != nil {
		return err
	}
	if objects, err = withSentinel(objects); err != nil {
		return err
	}
	_, err = out.Write(Stream(objects))
	return err
}

// Stream joins the documents of objects as `kustomize build` prints them.
func Stream(objects []*Object) []byte {
	documents := make([][]byte, len(objects))
	for i, o := range objects {
		documents[i] = o.YAML
	}
	return bytes.Join(documents, []byte("---\n"))
}
