package krm

import "testing"

func TestDoorOf(t *testing.T) {
	const config = "/tmp/kust-plugin-config-123"
	for _, test := range []struct {
		name string
		args []string
		root string // KUSTOMIZE_PLUGIN_CONFIG_ROOT
		tty  bool
		want Door
	}{
		{name: "no arguments on a terminal", args: []string{"isthmus"}, tty: true, want: DoorCLI},
		{name: "no arguments elsewhere", args: []string{"/bin/isthmus"}, want: DoorFunction},
		{name: "a function under a legacy plugin's environment", args: []string{"isthmus"}, root: "/a", want: DoorFunction},
		{name: "a command", args: []string{"isthmus", "render"}, want: DoorCLI},
		{name: "a flag", args: []string{"isthmus", "--help"}, tty: true, want: DoorCLI},
		{name: "a command within a plugin that is a script", args: []string{"isthmus", "render"}, root: "/a", want: DoorCLI},
		{name: "a flag with a path there", args: []string{"isthmus", "-f=/a/mesh.yaml"}, root: "/a", want: DoorCLI},
		{name: "a path outside kustomize", args: []string{"isthmus", config}, want: DoorCLI},
		{name: "kustomize runs the plugin", args: []string{"/p/isthmus.dev/v1alpha1/mesh/Mesh", config}, root: "/a", want: DoorLegacy},
		{name: "with the root left out, as it is when it is long", args: []string{"/p/isthmus.dev/v1alpha1/mesh/Mesh", config}, want: DoorLegacy},
		{name: "on Windows", args: []string{"Mesh.exe", config}, want: DoorLegacy},
		{name: "a script in the plugin's place passes the file on", args: []string{"isthmus", config}, root: "/a", tty: true, want: DoorLegacy},
		{name: "the plugin by hand, without a file", args: []string{"Mesh"}, tty: true, want: DoorCLI},
		{name: "nothing at all", want: DoorCLI},
	} {
		t.Run(test.name, func(t *testing.T) {
			env := func(name string) string {
				if name == "KUSTOMIZE_PLUGIN_CONFIG_ROOT" {
					return test.root
				}
				return ""
			}
			if got := DoorOf(test.args, env, test.tty); got != test.want {
				t.Errorf("DoorOf(%q) = %d, want %d", test.args, got, test.want)
			}
		})
	}
}
