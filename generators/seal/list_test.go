package seal

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// The kustomization.yaml of a folder is what isthmus writes, to the byte: every
// field of kustomize's that makes, changes or fetches objects is told.
func TestLists(t *testing.T) {
	f := newFolder(t, "east", "west")
	f.put(t, NewKey(), cacerts("west", "one"), cacerts("east", "one"), remote("east", "north", "a"), remote("east", "west", "b"))
	const east = "sealed/east/kustomization.yaml"
	was := string(f.MapFS[east].Data)
	set := func(data string) func(folder) { return func(f folder) { f.set(east, []byte(data)) } }
	const why = "; a build of the folder, as live makes one, follows it whatever it names\nisthmus: fix: bring the file back from Git, or have it written again: isthmus secrets create west\n"
	other := func(line string) string {
		return "isthmus: error: mesh/" + east + ":" + line + ":1: is not the list that isthmus writes" + why
	}
	type row struct {
		name string
		edit func(folder)
		want string
	}
	tests := []row{
		{"as it was written", func(folder) {}, ""},
		{"none", func(f folder) { delete(f.MapFS, east) }, "isthmus: error: mesh/" + east + ": does not exist" + strings.Replace(why, "a build of the folder, as live makes one, follows it whatever it names", "what is rendered on the fly takes the folder by it", 1)},
		{"empty", set(""), other("1")},
		{"without the comment", set(was[strings.Index(was, "\n")+1:]), other("1")},
		{"without a Secret", set(strings.Replace(was, ", istio-remote-secret-north.yaml", "", 1)), other("2")},
		{"with one that is not there", set(strings.Replace(was, "]", ", more.yaml]", 1)), other("2")},
		{"in another order", set(strings.Replace(was, "cacerts.yaml, istio-remote-secret-north.yaml", "istio-remote-secret-north.yaml, cacerts.yaml", 1)), other("2")},
		{"with an address", set(strings.Replace(was, "]", ", https://example.com/x.yaml]", 1)), other("2")},
		{"with another folder", set(strings.Replace(was, "]", ", ../../../x]", 1)), other("2")},
		{"with another line", set(was + "\n"), other("3")},
		{"with a comment", set(was + "# x\n"), other("3")},
		{"with other ends of lines", set(strings.ReplaceAll(was, "\n", "\r\n")), other("1")},
		{"twice", set(was + "---\n" + was), other("3")},
		{"too large", set(was + strings.Repeat("#", sealedLimit)), "isthmus: error: mesh/" + east + ": is not a file that can be read" + why},
		{"a folder", func(f folder) {
			delete(f.MapFS, east)
			f.set(east+"/x", nil)
		}, "isthmus: error: mesh/" + east + ": is not a file that can be read" + why},
		{"a link to what it should hold", func(f folder) {
			f.set("elsewhere.yaml", []byte(was))
			f.MapFS[east] = &fstest.MapFile{Data: []byte("../../elsewhere.yaml"), Mode: fs.ModeSymlink | 0o777}
		}, "isthmus: error: mesh/" + east + ": is not a file that can be read" + why},
		{"of a cluster of which nothing is sealed", func(f folder) { f.set("sealed/south/kustomization.yaml", []byte(was)) },
			"isthmus: error: mesh/sealed/south/kustomization.yaml: is there, and nothing is sealed for the cluster; a build of the folder, as live makes one, follows it whatever it names\nisthmus: fix: remove it\n"},
		{"of one that signs alone", func(f folder) { f.set("sealed/west/kustomization.yaml", nil) },
			"isthmus: error: mesh/sealed/west/kustomization.yaml:1:1: is not the list that isthmus writes" + strings.Replace(why, "secrets create west", "ca issue west", 1)},
	}
	for _, field := range []string{
		"secretGenerator: [{name: a, literals: [a=b]}]", "configMapGenerator: [{name: a, envs: [/etc/passwd]}]", "generators: [x.yaml]", "transformers: [x.yaml]", "validators: [x.yaml]",
		"components: [../x]", "bases: [https://example.com/x?ref=main]", "crds: [x.yaml]", "patches: [{patch: '[]'}]", "patchesStrategicMerge: [x.yaml]", "patchesJson6902: [{path: x.yaml}]",
		"helmCharts: [{name: x, repo: 'https://example.com'}]", "helmChartInflationGenerator: [{chartName: x}]", "helmGlobals: {chartHome: /x}", "openapi: {path: x.json}", "configurations: [x.yaml]",
		"replacements: [{path: x.yaml}]", "vars: [{name: X}]", "images: [{name: x, newName: y}]", "replicas: [{name: x, count: 0}]",
		"namespace: other", "namePrefix: x-", "nameSuffix: -x", "labels: [{pairs: {a: b}}]", "commonLabels: {a: b}", "commonAnnotations: {a: b}", "buildMetadata: [originAnnotations]", "sortOptions: {order: legacy}",
	} {
		tests = append(tests, row{field, set(was + field + "\n"), other("3")})
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := f.copy()
			test.edit(f)
			sealed, problems := Files(f, "mesh")
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if diff := cmp.Diff(test.want, Lister(list).Check(f, "mesh", sealed).Text()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
