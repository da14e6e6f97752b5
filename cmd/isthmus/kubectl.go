package main

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/cluster"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// kubectlLimit bounds what kubectl prints, in bytes: what is asked for is the
// objects of one name or selector in a namespace.
const kubectlLimit = 64 << 20

// A kubectl asks a cluster by the user's own kubectl, and so by the user's own
// login. It only ever gets, but for a token that isthmus secrets is asked to make.
type kubectl struct {
	kubeconfig string // "" for what kubectl takes itself
	context    string
}

// flags gives those that choose the cluster.
func (k kubectl) flags() []string {
	var flags []string
	if k.kubeconfig != "" {
		flags = append(flags, "--kubeconfig="+k.kubeconfig)
	}
	if k.context != "" {
		flags = append(flags, "--context="+k.context)
	}
	return flags
}

// get asks for the objects of a query; nothing comes back for one that is not
// there.
func (k kubectl) get(q cluster.Query) ([]byte, error) {
	args := []string{"--namespace=" + q.Namespace, "get", q.Resource}
	if q.Name == "" {
		args = append(args, "--selector="+q.Labels)
	} else {
		args = append(args, q.Name)
	}
	return k.ask(asked{
		what:    q.String(),
		let:     fmt.Sprintf("let it: kubectl -n %s create role isthmus-refresh --verb=get,list --resource=%s, and bind that role to it", q.Namespace, q.Resource),
		without: ", or give the addresses with --address",
		choose:  func(names []string) string { return choose(k.context, names) },
	}, append(args, "--ignore-not-found", "--output=json"))
}

// An asked is what is asked for, and what to do where there is no answer.
type asked struct {
	what    string
	let     string                         // gives a login the right to ask
	without string                         // what else can be done where there is no kubectl
	choose  func(contexts []string) string // the fix where there is no such context; nil where it is known to be there
	noKind  error                          // where the cluster does not know the kind, nil to say it as kubectl does
	input   []byte
}

// ask gives what kubectl answers.
func (k kubectl) ask(a asked, args []string) ([]byte, error) {
	args = append(append(k.flags(), "--request-timeout=30s"), args...)
	out, said, err := runKubectl(args, a.input)
	if err == nil {
		return bytes.TrimSpace(out), nil
	}
	return nil, k.explain(a, args, said, err)
}

// runKubectl gives what kubectl prints, and what it says on standard error.
func runKubectl(args []string, input []byte) (out []byte, said string, err error) {
	return program{name: "kubectl", args: args, input: input, limit: kubectlLimit}.run()
}

// explain says what to do about a kubectl that failed.
func (k kubectl) explain(a asked, args []string, said string, err error) error {
	shown := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return strings.HasPrefix(arg, "--output=go-template") })
	byHand := "see what it says: kubectl " + strings.Join(shown, " ")
	said = seal.Redact(said)
	var failed *exec.ExitError
	var stopped *diag.Problem
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return &diag.Problem{What: "there is no kubectl on the PATH", Why: "isthmus reads clusters through it, with your own login", Fix: "install it" + a.without}
	case errors.As(err, &stopped):
		stopped.Fix = byHand
		return stopped
	case !errors.As(err, &failed):
		return fmt.Errorf("kubectl: %w", err)
	}
	if p := k.unknownContext(a.choose); p != nil {
		return p
	}
	if a.noKind != nil && strings.Contains(said, "the server doesn't have a resource type") {
		return a.noKind
	}
	last := said[strings.LastIndex(strings.TrimRight(said, "\n"), "\n")+1:]
	p := &diag.Problem{What: fmt.Sprintf("%s: kubectl says %q", a.what, strings.TrimSpace(last)), Fix: byHand}
	switch {
	case strings.Contains(said, "current-context must exist"):
		p.What, p.Fix = a.what+": kubectl has no current context", "choose a context with --context, or another file with --kubeconfig"
	case strings.Contains(said, "(Forbidden)"):
		p.What = a.what + ": this login may not read that"
		p.Why = fmt.Sprintf("kubectl says %q", strings.TrimSpace(last))
		p.Fix = a.let
	case strings.Contains(said, "(Unauthorized)"):
		p.What = a.what + ": the cluster does not know this login"
		p.Why = fmt.Sprintf("kubectl says %q", strings.TrimSpace(last))
		p.Fix = "log in again, or name another context with --context"
	}
	return p
}

// unknownContext says that the kubeconfig has no such context, nil where it has.
func (k kubectl) unknownContext(fix func([]string) string) error {
	if k.context == "" || fix == nil {
		return nil
	}
	out, _, err := runKubectl(append(kubectl{kubeconfig: k.kubeconfig}.flags(), "config", "get-contexts", "--output=name"), nil)
	names := strings.Fields(string(out))
	if err != nil || slices.Contains(names, k.context) {
		return nil
	}
	return noContext(k.source(), k.context, names, fix)
}

// source is where the contexts come from, as a person knows it.
func (k kubectl) source() string {
	if k.kubeconfig != "" {
		return k.kubeconfig
	}
	return "kubectl"
}

// noContext says that a kubeconfig has no context of a name. Fix chooses another.
func noContext(from, context string, names []string, fix func([]string) string) error {
	if len(names) == 0 {
		return &diag.Problem{What: fmt.Sprintf("%s has no context %q, nor any other", from, context), Fix: "name another file with --kubeconfig"}
	}
	return &diag.Problem{What: fmt.Sprintf("%s has no context %q", from, context), Fix: fix(names)}
}
