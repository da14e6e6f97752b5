package validate

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/apps"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	autoscalingvalidation "k8s.io/kubernetes/pkg/apis/autoscaling/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/discovery"
	discoveryvalidation "k8s.io/kubernetes/pkg/apis/discovery/validation"
	"k8s.io/kubernetes/pkg/apis/rbac"
	rbacvalidation "k8s.io/kubernetes/pkg/apis/rbac/validation"

	// They register the kinds, their defaults and conversions.
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/discovery/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
)

var decoder = serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict).UniversalDecoder()

// Decode reads a document as the API server does on a create: strictly, with
// defaults filled in, as Kubernetes' own internal type. Objects that differ
// only in what a default says are equal after it.
func Decode(document Document) (runtime.Object, error) {
	object, _, err := decoder.Decode(document.Bytes, nil, nil)
	if err != nil {
		return nil, err
	}
	if service, ok := object.(*core.Service); ok {
		// The registry does this before it validates, and nothing else that
		// could matter to a Service that leaves allocation to the cluster:
		// pkg/registry/core/service/storage/storage.go, normalizeClusterIPs.
		if spec := &service.Spec; spec.ClusterIP != "" && len(spec.ClusterIPs) == 0 {
			spec.ClusterIPs = []string{spec.ClusterIP}
		}
	}
	return object, nil
}

// semantic runs the validation that the API server runs on a create; it also
// checks names, namespaces, labels and annotations.
func semantic(document Document) []error {
	object, err := Decode(document)
	if err != nil {
		return []error{err}
	}
	var list field.ErrorList
	switch object := object.(type) {
	case *apps.Deployment:
		list = appsvalidation.ValidateDeployment(object, pod.GetValidationOptionsFromPodTemplate(&object.Spec.Template, nil))
	case *autoscaling.HorizontalPodAutoscaler:
		// As pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go, with
		// no feature gate on.
		list = autoscalingvalidation.ValidateHorizontalPodAutoscaler(object, autoscalingvalidation.HorizontalPodAutoscalerSpecValidationOptions{
			MinReplicasLowerBound:          1,
			ObjectMetricsValidationOptions: autoscalingvalidation.CrossVersionObjectReferenceValidationOptions{AllowEmptyAPIGroup: true},
		})
	case *core.ConfigMap:
		list = validation.ValidateConfigMap(object)
	case *core.Endpoints:
		list = validation.ValidateEndpointsCreate(object)
	case *core.Namespace:
		list = validation.ValidateNamespace(object)
	case *core.Secret:
		list = validation.ValidateSecret(object)
	case *core.Service:
		list = validation.ValidateServiceCreate(object)
	case *core.ServiceAccount:
		list = validation.ValidateServiceAccount(object)
	case *discovery.EndpointSlice:
		list = discoveryvalidation.ValidateEndpointSliceCreate(object)
	case *rbac.ClusterRole:
		list = rbacvalidation.ValidateClusterRole(object, rbacvalidation.ClusterRoleValidationOptions{})
	case *rbac.ClusterRoleBinding:
		list = rbacvalidation.ValidateClusterRoleBinding(object)
	case *rbac.Role:
		list = rbacvalidation.ValidateRole(object)
	case *rbac.RoleBinding:
		list = rbacvalidation.ValidateRoleBinding(object)
	default:
		return []error{fmt.Errorf("no validation is known for %s %s", document.APIVersion, document.Kind)}
	}
	var problems []error
	for _, e := range list {
		problems = append(problems, e)
	}
	return problems
}
