package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// keyMark stands for the name of an entry in what a putter runs.
const keyMark = "{key}"

// putLimit bounds what a putter prints, in bytes; none of it is shown.
const putLimit = 4 << 20

// A putter is the user's own program that puts an entry into an external store. It
// stands on the command line and nowhere else: who can change a file in the
// repository must not run programs.
type putter struct{ argv []string }

// cut takes what stands after -- from the arguments of a command, whose own it
// gives back.
func (p *putter) cut(cmd *cobra.Command, args []string) []string {
	if dash := cmd.ArgsLenAtDash(); dash >= 0 {
		p.argv = args[dash:]
		return args[:dash]
	}
	return args
}

// oneArgAndPutter is oneArg for a command that takes a putter too.
func oneArgAndPutter(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error { return oneArg(what)(cmd, (&putter{}).cut(cmd, args)) }
}

// check says whether the command line fits the backend. Command is how the user
// would give it, up to the program.
func (p *putter) check(m *mesh.Mesh, command string) error {
	external := m.Spec.Secrets.Backend == mesh.External
	switch {
	case external && len(p.argv) == 0:
		return &usageError{"spec.secrets.backend is external, and nothing says how to put an entry there", "give your program after --, and {key} for the entry's name: " + command + " -- vault kv put -mount=secret {key} -"}
	case !external && p.argv != nil:
		return &usageError{fmt.Sprintf("a program after -- puts into an external store, and spec.secrets.backend is %s", m.Spec.Secrets.Backend), "leave it out, or write backend: external"}
	case external && p.argv[0] == "":
		return &usageError{"no program stands after --", "give yours, and {key} for the entry's name: " + command + " -- vault kv put -mount=secret {key} -"}
	case external && !strings.Contains(strings.Join(p.argv[1:], " "), keyMark):
		return &usageError{"no argument of " + p.argv[0] + " holds {key}", "write it where the name of the entry goes, or every Secret would go to the same: " + command + " -- vault kv put -mount=secret {key} -"}
	}
	return nil
}

// put gives a Secret to the program, as a JSON object of its keys on standard
// input. Nothing that the program prints is shown: no pattern knows every form in
// which it may repeat the Secret.
func (p *putter) put(secret *seal.Secret, key string) error {
	data := map[string]string{}
	for name, value := range secret.Data {
		data[name] = string(value.Reveal())
	}
	input, err := json.Marshal(data)
	if err != nil {
		return err
	}
	args := make([]string, len(p.argv)-1)
	for i, arg := range p.argv[1:] {
		args[i] = strings.ReplaceAll(arg, keyMark, key)
	}
	_, _, err = program{name: p.argv[0], args: args, input: input, limit: putLimit, reads: true}.run()
	if err == nil || errors.Is(err, exec.ErrWaitDelay) { // a child that it left holds the pipes
		return nil
	}
	problem := &diag.Problem{
		What: fmt.Sprintf("%s did not put %s: %s", p.argv[0], key, err), Why: "what the store has of it is not known, and what the program says is not shown, for it was given the Secret",
		Fix: "run it by hand with other input, under the name of another entry, and see what it says; then run this again",
	}
	var stopped *diag.Problem
	var start *exec.Error
	var system *fs.PathError
	switch {
	case errors.As(err, &stopped):
		problem.What = stopped.What
	case errors.Is(err, exec.ErrNotFound):
		return &diag.Problem{What: fmt.Sprintf("there is no program %s on the PATH", p.argv[0]), Why: "it would put " + key, Fix: "install it, or name another after --"}
	case errors.As(err, &start):
		return notStarted(p.argv[0], start.Err)
	case errors.As(err, &system):
		return notStarted(p.argv[0], system.Err)
	}
	return problem
}

// notStarted says why a program did not run.
func notStarted(name string, cause error) error {
	return &diag.Problem{What: fmt.Sprintf("%s did not run: %s", name, cause), Fix: "name a program after --"}
}
