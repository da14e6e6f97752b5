//go:build vectors

package vectors

// The vectors are read as files: built in they would be 100 MB of the tests. This
// keeps the module among the required ones.
import _ "github.com/c2sp/wycheproof"
