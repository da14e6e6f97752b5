package secrets

import (
	"slices"
	"testing"
)

// A token is gone when the cluster has its Secret no more; one that was
// requested never is, and one that Kubernetes named is the first.
func TestGone(t *testing.T) {
	for _, test := range []struct {
		all    []int
		origin string
		want   bool
	}{
		{[]int{1}, "", false},
		{[]int{1}, first, false},
		{[]int{1}, first + "-2", true},
		{[]int{1}, "istio-reader-service-account-token-x7k2p", false},
		{[]int{1, 2}, first, false},
		{[]int{2}, first, true},
		{[]int{2}, first + "-2", false},
		{[]int{2}, first + "-02", true}, // no name of isthmus
		{[]int{2}, first + "-1", true},
		{[]int{2}, "istio-reader-service-account-token-x7k2p", true},
		{[]int{2}, "", false},
	} {
		if got := Gone(test.all, test.origin); got != test.want {
			t.Errorf("%v, %q: %t", test.all, test.origin, got)
		}
	}
	if got, want := Used([]string{first + "-3", "", "other", first, first + "-0", first + "-x"}), []int{1, 3}; !slices.Equal(got, want) {
		t.Errorf("used %v, want %v", got, want)
	}
}
