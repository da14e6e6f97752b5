package e2e

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/resource"
)

// lost returns the fields of want that got does not have, or has otherwise, as
// path: want, got. The API server may add fields; it must not take any away.
func lost(path string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		have, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s: rendered %v, stored %v", path, want, got)}
		}
		var all []string
		for key, value := range want {
			all = append(all, lost(path+"."+key, value, have[key])...)
		}
		slices.Sort(all)
		return all
	case []any:
		have, ok := got.([]any)
		if !ok || len(have) != len(want) {
			return []string{fmt.Sprintf("%s: rendered %v, stored %v", path, want, got)}
		}
		var all []string
		for i := range want {
			all = append(all, lost(fmt.Sprintf("%s[%d]", path, i), want[i], have[i])...)
		}
		return all
	}
	if reflect.DeepEqual(want, got) || sameQuantity(path, want, got) {
		return nil
	}
	return []string{fmt.Sprintf("%s: rendered %v, stored %v", path, want, got)}
}

// sameQuantity lets the API server write 2000m as 2 where a quantity belongs.
func sameQuantity(path string, want, got any) bool {
	if !strings.Contains(path, ".resources.limits.") && !strings.Contains(path, ".resources.requests.") {
		return false
	}
	wanted, err := resource.ParseQuantity(fmt.Sprint(want))
	if err != nil {
		return false
	}
	have, err := resource.ParseQuantity(fmt.Sprint(got))
	return err == nil && wanted.Cmp(have) == 0
}

func TestLost(t *testing.T) {
	for _, test := range []struct {
		name      string
		want, got any
		lost      []string
	}{
		{
			name: "added",
			want: map[string]any{"spec": map[string]any{"ports": []any{map[string]any{"port": int64(443)}}}},
			got: map[string]any{
				"spec":   map[string]any{"ports": []any{map[string]any{"port": int64(443), "protocol": "TCP"}}},
				"status": map[string]any{},
			},
		},
		{
			name: "gone, changed, and one more",
			want: map[string]any{"a": "x", "b": int64(1), "c": []any{"x"}},
			got:  map[string]any{"b": int64(2), "c": []any{"x", "y"}},
			lost: []string{".a: rendered x, stored <nil>", ".b: rendered 1, stored 2", ".c: rendered [x], stored [x y]"},
		},
		{
			name: "order of a list",
			want: []any{"x", "y"},
			got:  []any{"y", "x"},
			lost: []string{"[0]: rendered x, stored y", "[1]: rendered y, stored x"},
		},
		{
			name: "no map",
			want: map[string]any{"a": map[string]any{}},
			got:  map[string]any{"a": "x"},
			lost: []string{".a: rendered map[], stored x"},
		},
		{
			name: "quantities",
			want: map[string]any{"resources": map[string]any{"limits": map[string]any{"cpu": "2000m", "memory": "1Gi"}}, "cpu": "2000m"},
			got:  map[string]any{"resources": map[string]any{"limits": map[string]any{"cpu": "2", "memory": "1G"}}, "cpu": "2"},
			lost: []string{".cpu: rendered 2000m, stored 2", ".resources.limits.memory: rendered 1Gi, stored 1G"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.lost, lost("", test.want, test.got)); diff != "" {
				t.Errorf("lost (-want +got):\n%s", diff)
			}
		})
	}
}
