package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// A standard output that takes nothing makes every command fail, whatever it has
// done before. The commands are those that there are: a new one is missed here.
func TestFullOutput(t *testing.T) {
	made := newPlace(t)
	root := []string{"--key", "OUTSIDE/root.age", "--identity", "OUTSIDE/identity", "--algorithm", "ecdsa-p256"}
	examples := map[string][]string{
		"ca init":        {"--key", "OUTSIDE/other.age", "--recipients-file", "OUTSIDE/recipient", "--force-root-change"},
		"ca issue":       append([]string{"--all"}, root...),
		"ca rotate":      {},
		"ca verify":      {},
		"check":          {},
		"completion":     {"bash"},
		"diff":           {"--base", "HEAD"},
		"explain":        {"overlays/west/control-plane/stubs.yaml#metadata.name"},
		"graph":          {},
		"live":           {"--cluster", "west"},
		"refresh":        {"--address", "10.110.0.11"},
		"render":         {},
		"secrets create": {"west", "--kubeconfig", "-"},
		"secrets key":    {"OUTSIDE/new.tagkey"},
		"secrets remove": {"west"},
		"secrets reseal": {"--private-key", "OUTSIDE/east.key"},
		"secrets rotate": {"west", "--context", "west", "--create-token"},
		"secrets status": {},
		"secrets verify": {},
		"uninstall":      {"west", "--force"},
		"validate":       {"--explain", "IST530"},
		"verify":         {"--print"},
		"version":        {},
	}
	if err := os.WriteFile(made.private("recipient"), []byte("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	t.Cleanup(func() { full.Close() })
	var visit func(cmd *cobra.Command, path []string)
	visit = func(cmd *cobra.Command, path []string) {
		for _, sub := range cmd.Commands() {
			visit(sub, append(path[:len(path):len(path)], sub.Name()))
		}
		name := strings.Join(path, " ")
		given, known := examples[name]
		if !known && cmd.HasSubCommands() {
			known = true // prints its help
		}
		if !known {
			t.Errorf("isthmus %s: has no example here", name)
			return
		}
		delete(examples, name)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, kind := range []string{"enough", "full", "closed"} {
				p := made.again(t)
				if name == "secrets remove" {
					p.edit(t, "mesh/mesh.yaml", "name: west\n", "name: west\n      state: leaving\n")
				}
				args := append([]string{}, path...)
				for _, arg := range given {
					args = append(args, strings.Replace(arg, "OUTSIDE", p.outside, 1))
				}
				var out, said bytes.Buffer
				cmd := p.command(t, "isthmus", args...)
				cmd.Stdout, cmd.Stderr = &out, &said
				want := "isthmus: error: standard output: write /dev/stdout: no space left on device\n"
				switch kind {
				case "full":
					cmd.Stdout = full
				case "closed":
					r, w, err := os.Pipe()
					if err != nil {
						t.Fatal(err)
					}
					defer w.Close()
					r.Close()
					cmd.Stdout = w
				}
				err := cmd.Run()
				var failed *exec.ExitError
				switch {
				case kind == "enough":
					if err != nil && !(errors.As(err, &failed) && failed.ExitCode() == exitDiffers) || out.Len() == 0 {
						t.Errorf("prints nothing, or fails for another reason: %v\n%s%s", err, &out, &said)
					}
				case kind == "full":
					if !errors.As(err, &failed) || failed.ExitCode() != exitFailed || !strings.Contains(said.String(), want) {
						t.Errorf("%v, and says\n%s", err, &said)
					}
				case err == nil:
					t.Error("a pipe that nobody reads is no failure")
				}
			}
		})
	}
	visit(newRoot(strings.NewReader(""), new(bytes.Buffer), newMessages(new(bytes.Buffer))), nil)
	for name := range examples {
		t.Errorf("isthmus %s: is no command any more", name)
	}
}
