package krm

// The API object that asks for a cluster's objects, and the annotations by which
// it does.
const (
	APIVersion        = "isthmus.dev/v1alpha1"
	Kind              = "Mesh"
	MeshAnnotation    = "isthmus.dev/mesh"    // path of mesh.yaml, from the folder of the kustomization
	ClusterAnnotation = "isthmus.dev/cluster" // name of the cluster whose objects are wanted
)

// FunctionAnnotation says how kustomize runs a function, and LocalConfigAnnotation
// keeps an object out of the result of a build.
const (
	FunctionAnnotation    = "config.kubernetes.io/function"
	LocalConfigAnnotation = "config.kubernetes.io/local-config"
)

// The sentinel is a ConfigMap that every answer holds and no build prints. A
// kustomization that patches it fails where the function did not run.
const (
	SentinelAPIVersion = "v1"
	SentinelKind       = "ConfigMap"
	SentinelName       = "isthmus-ran"
)

// withSentinel gives objects and the sentinel behind them, each identity once.
func withSentinel(objects []*Object) ([]*Object, error) {
	sentinel, err := NewObject(map[string]any{
		"apiVersion": SentinelAPIVersion,
		"kind":       SentinelKind,
		"metadata": map[string]any{
			"name":        SentinelName,
			"annotations": map[string]any{LocalConfigAnnotation: "true"},
		},
	})
	if err != nil {
		return nil, err
	}
	all := append(objects[:len(objects):len(objects)], sentinel)
	return all, Unique(all)
}
