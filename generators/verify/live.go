package verify

import (
	"errors"
	"fmt"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
)

// A Result says how a check came out.
type Result string

// What a check can say; one that could not be made is skipped, with the reason.
const (
	Pass Result = "pass"
	Fail Result = "fail"
	Skip Result = "skip"
)

// A Finding is what became of one check in one cluster.
type Finding struct {
	Cluster string `json:"cluster"`
	Check   string `json:"check"`
	Result  Result `json:"result"`
	What    string `json:"what,omitempty"` // what is wrong, or why the check was skipped
	Why     string `json:"why,omitempty"`
	Fix     string `json:"fix,omitempty"`
}

// Problem gives a failure as it is said to a person.
func (f Finding) Problem() *diag.Problem {
	return &diag.Problem{What: fmt.Sprintf("cluster %q fails %q: %s", f.Cluster, f.Check, f.What), Why: f.Why, Fix: f.Fix}
}

// An Ask puts a question to a cluster. The answer is empty where there is
// nothing of what is asked for. An error that is a diag.Problem says what to do.
type Ask func(Question) ([]byte, error)

// ErrNoKind is of an Ask where the cluster does not know what is asked for: its
// CRD is not there.
var ErrNoKind = errors.New("the cluster does not know the kind")

// A Site is one cluster as it should be: what mesh.yaml says, and what is rendered
// for it. Where a chart makes the stubs, made has those that an overlay would have.
type Site struct {
	Mesh    *mesh.Mesh
	Cluster *mesh.Cluster
	Plan    plan.Cluster
	Made    *render.Cluster
	Context string // what kubectl calls the cluster
}

// Live asks one cluster whether it is as mesh.yaml says. It only gets, asks for
// objects by name or label alone, and of Secrets for the names of keys. Where the
// API server does not answer, the other checks are skipped.
func Live(site Site, ask Ask) []Finding {
	l := &looker{Site: site, spec: &site.Mesh.Spec, ask: ask}
	l.page = &page{Namespace: l.spec.Istio.Namespace, Revisions: revisionsOf(l.spec)}
	if !l.server() {
		return l.findings
	}
	l.namespaces()
	l.deployments()
	l.rendered()
	l.webhooks()
	l.validators()
	l.services()
	l.reader()
	l.sealed()
	l.external()
	l.remoteSecrets()
	l.cacerts()
	return l.findings
}

// A looker gathers what is found in one cluster.
type looker struct {
	Site
	spec     *mesh.Spec
	page     *page
	ask      Ask
	findings []Finding
}

func (l *looker) pass(check string) {
	l.findings = append(l.findings, Finding{Cluster: l.Cluster.Name, Check: check, Result: Pass})
}

func (l *looker) skip(check, reason string) {
	l.findings = append(l.findings, Finding{Cluster: l.Cluster.Name, Check: check, Result: Skip, What: reason})
}

func (l *looker) fail(check, what, why, fix string) {
	l.findings = append(l.findings, Finding{Cluster: l.Cluster.Name, Check: check, Result: Fail, What: what, Why: why, Fix: fix})
}

// unanswered records a check whose question failed.
func (l *looker) unanswered(check string, err error) {
	var p *diag.Problem
	if errors.As(err, &p) {
		l.fail(check, p.What, p.Why, p.Fix)
		return
	}
	l.fail(check, err.Error(), "", "")
}

// objects asks for objects by name, in turns where there are many.
func (l *looker) objects(resource, namespace string, names ...string) (map[string]*live, error) {
	all := map[string]*live{}
	for some := range slices.Chunk(names, namesAtOnce) {
		q := Question{Resource: resource, Namespace: namespace, Names: some}
		answer, err := l.ask(q)
		if err != nil {
			return nil, err
		}
		found, err := q.objects(answer)
		if err != nil {
			return nil, err
		}
		for name, o := range found {
			all[name] = o
		}
	}
	return all, nil
}

// secrets asks for what may be known of Secrets.
func (l *looker) secrets(q Question) (map[string]*secret, error) {
	q.Resource, q.Namespace = "secrets", l.spec.Istio.Namespace
	answer, err := l.ask(q)
	if err != nil {
		return nil, err
	}
	return q.secrets(answer)
}

// made gives the rendered objects of a kind, those of one stage where it is
// named.
func (l *looker) made(kind, stage string) []*krm.Object {
	var all []*krm.Object
	for i, s := range l.Plan.Stages {
		if s.Hub || stage != "" && s.Name != stage {
			continue
		}
		for j, f := range s.Files {
			if !f.Listed {
				continue
			}
			for _, o := range l.Made.Stages[i][j] {
				if o.Kind == kind {
					all = append(all, o)
				}
			}
		}
	}
	return all
}

// kubectl starts a command that a person may run.
func (l *looker) kubectl() string { return "kubectl --context " + l.Context + " " }

// apply is the fix where something is not as rendered.
func (l *looker) apply() string {
	switch l.Cluster.Delivery.Engine {
	case mesh.EngineFlux:
		return "see why Flux has not applied it: flux get kustomizations -A"
	case mesh.EngineArgoCD:
		return "see why Argo CD has not applied it: argocd app diff"
	}
	return fmt.Sprintf("apply it: isthmus render --cluster %s --stdout | %sapply --server-side -f -", l.Cluster.Name, l.kubectl())
}
