package krm

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// installOrder lists kinds in the order in which they can be applied without
// waiting for one another: the order of Helm (pkg/release/util/kind_sorter.go),
// with Namespaces and CRDs first as kustomize has it. A kind that is not listed
// is a custom resource as far as order goes, and stands between installOrder and
// installLast.
var installOrder = []string{
	"Namespace",
	"CustomResourceDefinition.apiextensions.k8s.io",
	"PriorityClass.scheduling.k8s.io",
	"ResourceQuota",
	"LimitRange",
	"NetworkPolicy.networking.k8s.io",
	"PodDisruptionBudget.policy",
	"ServiceAccount", // before Secret: the token controller deletes a token Secret without its account
	"Secret",
	"ConfigMap",
	"StorageClass.storage.k8s.io",
	"PersistentVolume",
	"PersistentVolumeClaim",
	"ClusterRole.rbac.authorization.k8s.io",
	"ClusterRoleBinding.rbac.authorization.k8s.io",
	"Role.rbac.authorization.k8s.io",
	"RoleBinding.rbac.authorization.k8s.io",
	"Service",
	"Endpoints",
	"EndpointSlice.discovery.k8s.io",
	"DaemonSet.apps",
	"Pod",
	"ReplicationController",
	"ReplicaSet.apps",
	"Deployment.apps",
	"HorizontalPodAutoscaler.autoscaling",
	"StatefulSet.apps",
	"Job.batch",
	"CronJob.batch",
	"IngressClass.networking.k8s.io",
	"Ingress.networking.k8s.io",
	"APIService.apiregistration.k8s.io",
}

// installLast lists what can refuse the objects before it.
var installLast = []string{
	"ValidatingAdmissionPolicy.admissionregistration.k8s.io",
	"ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io",
	"MutatingWebhookConfiguration.admissionregistration.k8s.io",
	"ValidatingWebhookConfiguration.admissionregistration.k8s.io",
}

var ranks = func() map[string]int {
	ranks := map[string]int{}
	for i, kind := range installOrder {
		ranks[kind] = i
	}
	for i, kind := range installLast {
		ranks[kind] = len(installOrder) + 1 + i
	}
	return ranks
}()

// group gives the API group of the object, "" for the core group.
func (id Identity) group() string {
	group, _, found := strings.Cut(id.APIVersion, "/")
	if !found {
		return ""
	}
	return group
}

func (id Identity) rank() int {
	kind := id.Kind
	if group := id.group(); group != "" {
		kind += "." + group
	}
	if rank, listed := ranks[kind]; listed {
		return rank
	}
	return len(installOrder)
}

// key is what makes two objects the same one to an API server: the version of
// the API is not part of it.
func (id Identity) key() Identity {
	id.APIVersion = id.group()
	return id
}

// Sort puts objects in the order in which they can be installed: Namespaces and
// CRDs first, webhooks last, then by namespace, name, kind and apiVersion.
func Sort(objects []*Object) {
	slices.SortStableFunc(objects, func(a, b *Object) int {
		return cmp.Or(
			cmp.Compare(a.rank(), b.rank()),
			cmp.Compare(a.Namespace, b.Namespace),
			cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.APIVersion, b.APIVersion),
		)
	})
}

// Unique reports each object that has the group, kind, namespace and name of one
// before it: applied together, the second would overwrite the first.
func Unique(objects []*Object) error {
	times := map[Identity]int{}
	var problems []error
	for _, o := range objects {
		key := o.key()
		times[key]++
		if times[key] == 2 {
			problems = append(problems, fmt.Errorf("%s (%s) is there more than once", o.Identity, o.APIVersion))
		}
	}
	return errors.Join(problems...)
}
