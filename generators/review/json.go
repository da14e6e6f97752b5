package review

import (
	"encoding/json"
	"io"
)

// JSON writes a change as docs/diff.schema.json describes it.
func JSON(w io.Writer, c *Change) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(c)
}
