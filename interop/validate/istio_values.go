package validate

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

func text(value any) string {
	if s, ok := value.(string); !ok {
		return "must be text, not " + typeOf(value)
	} else if s == "" {
		return "must not be empty"
	}
	return ""
}

func boolean(value any) string {
	if _, ok := value.(bool); !ok {
		return "must be true or false, not " + typeOf(value)
	}
	return ""
}

// profile holds to the two that a shared control plane is made of.
func profile(value any) string {
	if value != "default" && value != "remote" {
		return fmt.Sprintf("must be default or remote, not %v", value)
	}
	return ""
}

func address(value any) string {
	if what := text(value); what != "" {
		return what
	}
	s := value.(string)
	if _, err := netip.ParseAddr(s); err == nil {
		return ""
	}
	// Digits and dots alone are an IP that somebody mistyped, not a name.
	if strings.Trim(s, "0123456789.") == "" || len(validation.IsDNS1123Subdomain(s)) > 0 {
		return fmt.Sprintf("must be one IP or host name, with no port, not %q", s)
	}
	return ""
}

func hostPort(value any) string {
	if what := text(value); what != "" {
		return what
	}
	s := value.(string)
	host, port, err := net.SplitHostPort(s)
	if err == nil && address(host) == "" {
		if n, err := strconv.ParseUint(port, 10, 16); err == nil && n > 0 {
			return ""
		}
	}
	return fmt.Sprintf("must be host:port, not %q", s)
}

func object(value any) string {
	if _, ok := value.(map[string]any); !ok {
		return "must be an object, not " + typeOf(value)
	}
	return ""
}

func texts(value any) string {
	if what := object(value); what != "" {
		return what
	}
	for _, name := range slices.Sorted(maps.Keys(value.(map[string]any))) {
		if _, ok := value.(map[string]any)[name].(string); !ok {
			return fmt.Sprintf("%q must be text, not %s", name, typeOf(value.(map[string]any)[name]))
		}
	}
	return ""
}

// overlays checks K8sObjectOverlay: kind, name and patches of path and value.
func overlays(value any) string {
	list, ok := value.([]any)
	if !ok {
		return "must be a list, not " + typeOf(value)
	}
	for i, item := range list {
		overlay, _ := item.(map[string]any)
		if len(overlay) != 3 || text(overlay["kind"]) != "" || text(overlay["name"]) != "" {
			return fmt.Sprintf("[%d] must have a kind, a name and patches alone", i)
		}
		patches, ok := overlay["patches"].([]any)
		if !ok || len(patches) == 0 {
			return fmt.Sprintf("[%d].patches must be a list with entries", i)
		}
		for j, item := range patches {
			patch, _ := item.(map[string]any)
			if _, ok := patch["value"]; len(patch) != 2 || !ok || text(patch["path"]) != "" {
				return fmt.Sprintf("[%d].patches[%d] must have a path and a value alone", i, j)
			}
		}
	}
	return ""
}

func typeOf(value any) string {
	switch value.(type) {
	case string:
		return "text"
	case bool:
		return "true or false"
	case float64, int64:
		return "a number"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "null"
}

func list(value any) string {
	if items, ok := value.([]any); !ok {
		return "must be a list, not " + typeOf(value)
	} else if len(items) == 0 {
		return "must not be empty"
	}
	return ""
}

// anyText may be empty, where empty means something.
func anyText(value any) string {
	if _, ok := value.(string); !ok {
		return "must be text, not " + typeOf(value)
	}
	return ""
}
