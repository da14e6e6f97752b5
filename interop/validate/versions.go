package validate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// schemaVersions names, for every minor of Kubernetes that a mesh may state,
// the committed schemas that its objects are checked with: its own, or else
// the nearest older ones. Older is the safe side for fields: one that is newer
// than the schemas is reported, never let through. It is not for kinds that
// were removed in between, so a release that removes one of ours needs schemas
// of its own: 1.25 (EndpointSlice v1beta1) has them for that reason. From 1.28
// on they hold the kinds of a gateway too; see schemas/cut.
var schemaVersions = map[string]string{
	"1.13": "1.13.12",
	"1.14": "1.14.10",
	"1.15": "1.15.12",
	"1.16": "1.16.15",
	"1.17": "1.16.15",
	"1.18": "1.18.20",
	"1.19": "1.18.20",
	"1.20": "1.18.20",
	"1.21": "1.18.20",
	"1.22": "1.22.17",
	"1.23": "1.22.17",
	"1.24": "1.22.17",
	"1.25": "1.25.16",
	"1.26": "1.25.16",
	"1.27": "1.25.16",
	"1.28": "1.28.15",
	"1.29": "1.28.15",
	"1.30": "1.30.14",
	"1.31": "1.30.14",
	"1.32": "1.32.9",
	"1.33": "1.32.9",
	"1.34": "1.34.2",
	"1.35": "1.34.2",
	"1.36": "1.36.3",
}

// SchemaVersion returns the release whose schemas stand for a Kubernetes
// version, given as 1.34, v1.34 or 1.34.2; a minor that the table does not name
// is an error, never a guess.
func SchemaVersion(kubernetesVersion string) (string, error) {
	parts := strings.Split(strings.TrimPrefix(kubernetesVersion, "v"), ".")
	if len(parts) == 2 || len(parts) == 3 {
		if version, ok := schemaVersions[parts[0]+"."+parts[1]]; ok {
			return version, nil
		}
	}
	known := slices.SortedFunc(maps.Keys(schemaVersions), func(a, b string) int {
		return len(a) - len(b) + strings.Compare(a, b)
	})
	return "", fmt.Errorf("no schemas stand for Kubernetes %q; the table has %s to %s",
		kubernetesVersion, known[0], known[len(known)-1])
}
