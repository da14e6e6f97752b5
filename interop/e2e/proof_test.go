package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/utils"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Stages that the proof treats in a way of their own, by name.
const (
	controlPlane = "control-plane" // holds the stubs
	istioConfig  = "istio-config"  // holds the kinds that come with the control plane
)

// warned is every warning that is expected, with the kind that brings it. Istio
// 1.4 and 1.5 read Endpoints and nothing else.
var warned = map[string]string{
	"v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice": "Endpoints",
}

// A proof is that of one site, on a server of its own.
type proof struct {
	*server
	mesh    mesh
	site    site
	objects [][]*unstructured.Unstructured // of each step, as rendered

	problems []string
}

// problem keeps what is wrong, once: a step is applied more than once.
func (p *proof) problem(format string, args ...any) {
	text := strings.TrimSuffix(fmt.Sprintf(format, args...), "\n")
	if !slices.Contains(p.problems, text) {
		p.problems = append(p.problems, text)
	}
}

func (p *proof) count() int { return len(slices.Concat(p.objects...)) }

// run applies the steps in order, then looks at what came of it, and returns
// what is wrong. It ends at the first step that the server refuses, because the
// next ones build on it.
func (p *proof) run(ctx context.Context, t *testing.T) []string {
	p.checkWaves()
	for i, step := range p.site.steps {
		if step.name == istioConfig {
			p.refuseWithoutCRDs(ctx, step, p.objects[i])
			p.installIstio(ctx, t)
		}
		if !p.applyFirst(ctx, step, p.objects[i]) {
			return p.problems
		}
	}
	for i, step := range p.site.steps {
		p.applyAgain(ctx, step, p.objects[i])
	}
	for i, step := range p.site.steps {
		p.compare(ctx, step, p.objects[i])
	}
	if p.site.prunes {
		p.pruneAll(ctx)
	}
	return p.problems
}

// prepare brings what is there before isthmus has a say: the programs that
// deliver and install, and the Namespaces of other people.
func (p *proof) prepare(ctx context.Context, t *testing.T) {
	if p.site.flux {
		p.install(ctx, t, fluxCRDs)
		p.create(ctx, t, namespace("flux-system"))
	}
	if p.site.argocd {
		p.install(ctx, t, argocdCRDs)
		p.create(ctx, t, namespace("argocd"))
	}
	if p.site.member {
		switch p.mesh.Spec.Istio.Install {
		case "sail":
			p.install(ctx, t, sailCRDs)
		case "operator":
			p.install(ctx, t, operatorCRDs)
		}
	}
	for group, crds := range secretCRDs {
		if slices.ContainsFunc(slices.Concat(p.objects...), func(o *unstructured.Unstructured) bool { return o.GroupVersionKind().Group == group }) {
			p.install(ctx, t, []source{crds})
		}
	}
	for _, name := range p.foreign() {
		p.create(ctx, t, namespace(name))
	}
}

// foreign returns the Namespaces that mesh.yaml leaves to other people: with
// `namespaces: skip` every one that is used and not rendered, else that of a
// gateway which is there already.
func (p *proof) foreign() []string {
	used := map[string]bool{}
	for _, c := range p.mesh.Spec.Clusters {
		if c.Name == p.site.name && c.ControlPlane.Expose == "gateway" && c.ControlPlane.Gateway.Namespace != "" {
			used[c.ControlPlane.Gateway.Namespace] = true
		}
	}
	for _, object := range slices.Concat(p.objects...) {
		if p.mesh.Spec.Namespaces == "skip" && object.GetNamespace() != "" {
			used[object.GetNamespace()] = true
		}
	}
	for _, object := range slices.Concat(p.objects...) {
		if utils.IsNamespace(object) {
			delete(used, object.GetName())
		}
	}
	var names []string
	for name := range used {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// installIstio brings what the base chart brings that a stage needs.
func (p *proof) installIstio(ctx context.Context, t *testing.T) {
	p.install(ctx, t, istioCRDs)
	p.create(ctx, t, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{
		Name: "istio-reader-service-account", Namespace: p.mesh.Spec.Istio.Namespace,
	}})
}

func namespace(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
}

func (p *proof) create(ctx context.Context, t *testing.T, object client.Object) {
	t.Helper()
	if err := p.client.Create(ctx, object); client.IgnoreAlreadyExists(err) != nil {
		t.Fatal(err)
	}
}

// refuseWithoutCRDs shows why the stage is one of its own: without Istio's CRDs
// the whole of it is refused, with those of its objects that need none.
func (p *proof) refuseWithoutCRDs(ctx context.Context, step step, objects []*unstructured.Unstructured) {
	if !slices.ContainsFunc(objects, isIstio) {
		return
	}
	_, err := p.apply(ctx, step, objects)
	if err == nil || !strings.Contains(err.Error(), "no matches for kind") {
		p.problem("%s: without Istio's CRDs: got %v, want no matches for kind", step.name, err)
	}
	for _, object := range objects {
		if _, err := p.stored(ctx, object); !apierrors.IsNotFound(err) && !meta.IsNoMatchError(err) {
			p.problem("%s: without Istio's CRDs: %s is there", step.name, utils.FmtUnstructured(object))
		}
	}
}

// applyFirst says whether the server took every object.
func (p *proof) applyFirst(ctx context.Context, step step, objects []*unstructured.Unstructured) bool {
	p.checkAccounts(ctx, step, objects)
	p.warnings.take()
	changes, err := p.apply(ctx, step, objects)
	if err != nil {
		p.problem("%s: %v", step.name, err)
		return false
	}
	if len(changes.Entries) != len(objects) {
		p.problem("%s: %d objects, and %d were applied", step.name, len(objects), len(changes.Entries))
	}
	for _, entry := range notAs(changes, ssa.CreatedAction, ssa.ConfiguredAction) {
		p.problem("%s: first apply: %s", step.name, entry)
	}
	for _, object := range objects {
		if err := p.dryRun(ctx, object); err != nil {
			p.problem("%s: %s: as rendered: %v", step.name, utils.FmtUnstructured(object), err)
		}
	}
	p.checkWarnings(step, objects)
	return true
}

// applyAgain sees that nothing is left to change once all is there. What differs
// then differs at each reconciliation: the server stores another value than was
// rendered, or two steps have the same object.
func (p *proof) applyAgain(ctx context.Context, step step, objects []*unstructured.Unstructured) {
	changes, err := p.apply(ctx, step, objects)
	if err != nil {
		p.problem("%s: second apply: %v", step.name, err)
		return
	}
	for _, entry := range notAs(changes, ssa.UnchangedAction) {
		p.problem("%s: second apply: %s", step.name, entry)
	}
	p.checkWarnings(step, objects)
}

func (p *proof) checkWarnings(step step, objects []*unstructured.Unstructured) {
	for _, text := range p.warnings.take() {
		kind, expected := warned[text]
		if !expected || !slices.ContainsFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetKind() == kind }) {
			p.problem("%s: warning: %s", step.name, text)
		}
	}
}

// checkAccounts finds token Secrets that come before their ServiceAccount. The
// API server takes them; the token controller, which is not here, deletes them.
func (p *proof) checkAccounts(ctx context.Context, step step, objects []*unstructured.Unstructured) {
	for _, object := range objects {
		kind, _, _ := unstructured.NestedString(object.Object, "type")
		if !utils.IsSecret(object) || kind != string(corev1.SecretTypeServiceAccountToken) {
			continue
		}
		key := client.ObjectKey{Namespace: object.GetNamespace(), Name: object.GetAnnotations()[corev1.ServiceAccountNameKey]}
		if err := p.client.Get(ctx, key, &corev1.ServiceAccount{}); err != nil {
			p.problem("%s: %s comes before its ServiceAccount: %v", step.name, utils.FmtUnstructured(object), err)
		}
	}
}

// compare reads every object back: each field that was rendered is there, and
// Services have the addresses that they should.
func (p *proof) compare(ctx context.Context, step step, objects []*unstructured.Unstructured) {
	for _, object := range objects {
		stored, err := p.stored(ctx, object)
		if err != nil {
			p.problem("%s: %s: %v", step.name, utils.FmtUnstructured(object), err)
			continue
		}
		for _, field := range lost("", object.Object, stored.Object) {
			p.problem("%s: %s: %s", step.name, utils.FmtUnstructured(object), field)
		}
		if object.GetKind() != "Service" || object.GetAPIVersion() != "v1" {
			continue
		}
		if err := p.checkService(step, object, stored, objects); err != nil {
			p.problem("%s: %s: %v", step.name, utils.FmtUnstructured(object), err)
		}
	}
}

func (p *proof) checkService(step step, rendered, stored *unstructured.Unstructured, beside []*unstructured.Unstructured) error {
	was, err := as[corev1.Service](rendered)
	if err != nil {
		return err
	}
	is, err := as[corev1.Service](stored)
	if err != nil {
		return err
	}
	if err := checkService(was, is, p.site.serviceCIDRs); err != nil {
		return err
	}
	if step.name != controlPlane || was.Spec.Selector != nil || was.Spec.Type == corev1.ServiceTypeExternalName {
		return nil
	}
	var parts []*discoveryv1.EndpointSlice
	for _, object := range beside {
		if object.GetKind() != "EndpointSlice" || object.GetLabels()[discoveryv1.LabelServiceName] != was.Name {
			continue
		}
		part, err := as[discoveryv1.EndpointSlice](object)
		if err != nil {
			return err
		}
		parts = append(parts, part)
	}
	return checkStub(is, p.mesh.old(p.site.name), parts)
}

func as[T any](object *unstructured.Unstructured) (*T, error) {
	var typed T
	err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &typed)
	return &typed, err
}

func (p *proof) stored(ctx context.Context, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	found := &unstructured.Unstructured{}
	found.SetGroupVersionKind(object.GroupVersionKind())
	err := p.client.Get(ctx, client.ObjectKeyFromObject(object), found)
	return found, err
}

// pruneAll takes every step away, the last first, as when all of it leaves the
// repository: the Namespaces stay, and all else goes.
func (p *proof) pruneAll(ctx context.Context) {
	for i, step := range slices.Backward(p.site.steps) {
		if _, err := p.prune(ctx, step, p.objects[i]); err != nil {
			p.problem("%s: prune: %v", step.name, err)
		}
		for _, object := range p.objects[i] {
			stored, err := p.stored(ctx, object)
			gone := apierrors.IsNotFound(err) || err == nil && stored.GetDeletionTimestamp() != nil
			if utils.IsNamespace(object) == gone {
				p.problem("%s: prune: %s: gone is %t", step.name, utils.FmtUnstructured(object), gone)
			}
		}
	}
}
