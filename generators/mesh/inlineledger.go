package mesh

import (
	"encoding/json"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// LedgerAnnotation is where an inlined mesh has what the lock of tags says that is
// rendered, as JSON.
const LedgerAnnotation = "isthmus.dev/ledger"

// A ledger is that.
type ledger struct {
	Tokens  map[string][]int    `json:"tokens,omitempty"`
	Origins map[string][]string `json:"origins,omitempty"`
	Puts    map[string]seal.Put `json:"puts,omitempty"`
	Removed map[string]bool     `json:"removed,omitempty"`
}

// inlineLedger gives it, "" where it says nothing. A mesh that reads no file does
// not know what is sealed, and would ask a store for the same Secret.
func (m *Mesh) inlineLedger() (string, error) {
	if m.Spec.Secrets.Backend == External && len(m.Sealed) > 0 {
		f := m.Sealed[0]
		return "", &diag.Problem{Pos: diag.Position{File: f.Path()}, What: "is still sealed, and spec.secrets.backend is external", Why: "a mesh that reads no file would ask the store for it too", Fix: putIt(f)}
	}
	if len(m.Tokens)+len(m.Origins)+len(m.Puts)+len(m.Removed) == 0 {
		return "", nil
	}
	text, err := json.Marshal(ledger{m.Tokens, m.Origins, m.Puts, m.Removed})
	return string(text), err
}

// inlinedLedger reads it back.
func (c *checker) inlinedLedger() {
	text, is := c.mesh.Metadata.Annotations[LedgerAnnotation]
	if !is {
		return
	}
	delete(c.mesh.Metadata.Annotations, LedgerAnnotation) // not the user's own
	var all ledger
	if json.Unmarshal([]byte(text), &all) != nil {
		c.report(rule.NotSealed, "metadata.annotations."+LedgerAnnotation, "is not what isthmus writes there", "", "inline the mesh again: isthmus live --mode container")
	}
	c.mesh.Tokens, c.mesh.Origins, c.mesh.Puts, c.mesh.Removed = all.Tokens, all.Origins, all.Puts, all.Removed
}
