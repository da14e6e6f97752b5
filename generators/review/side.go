package review

import (
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/tree"
)

// A Side is one of the two that are compared.
type Side struct {
	Name     string // as the user calls it: "main", "the working tree"
	Revision string // the commit, "" for the working tree
	Rendered bool   // from the inputs; otherwise the overlays are as they were committed
	Parts    []tree.Part

	// What the mesh says of its clusters and no overlay holds; nil where only the
	// overlays are known.
	Servers map[string]string // the API server of each
	Joining map[string]bool   // those that do not take part yet

	// Values are those of segments that need not be read, by their first byte. They
	// are not changed.
	Values map[*byte]map[string]any
}

// placeholder stands for a cluster's name in what is the same but for it.
const placeholder = "<cluster>"

// general gives a path with the placeholder in place of the cluster's name.
func general(path, cluster string) string {
	for _, folder := range []string{"overlays/", "clusters/"} {
		if rest, found := strings.CutPrefix(path, folder+cluster+"/"); found {
			return folder + placeholder + "/" + rest
		}
	}
	if head, found := strings.CutSuffix(path, "/isthmus-"+cluster+".yaml"); found {
		return head + "/isthmus-" + placeholder + ".yaml"
	}
	return path
}

// generalText puts the placeholder in place of a cluster's name wherever that
// stands as a word of its own.
func generalText(text, cluster string) string {
	if !strings.Contains(text, cluster) {
		return text
	}
	var b strings.Builder
	from := 0
	for {
		i := strings.Index(text[from:], cluster)
		if i < 0 {
			break
		}
		start, end := from+i, from+i+len(cluster)
		if start > 0 && alphanumeric(text[start-1]) || end < len(text) && alphanumeric(text[end]) {
			b.WriteString(text[from : start+1])
			from = start + 1
			continue
		}
		b.WriteString(text[from:start] + placeholder)
		from = end
	}
	b.WriteString(text[from:])
	return b.String()
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// generalValue does the same in every text of a value, keys left as they are. It
// gives the value itself where nothing changes.
func generalValue(value any, cluster string) any {
	switch v := value.(type) {
	case string:
		return generalText(v, cluster)
	case map[string]any:
		copied := make(map[string]any, len(v))
		for key, item := range v {
			copied[key] = generalValue(item, cluster)
		}
		return copied
	case []any:
		copied := make([]any, len(v))
		for i, item := range v {
			copied[i] = generalValue(item, cluster)
		}
		return copied
	default:
		return value
	}
}
