package mesh_test

import "testing"

// TestSilence: what may be silenced, and what is said of the rest.
func TestSilence(t *testing.T) {
	silence := func(entries string) []string {
		return []string{"spec:\n", "spec:\n  silence: [" + entries + "]\n"}
	}
	rejected(t, []rejection{
		{name: "a note", mesh: today, edit: silence(`{rule: IST318, reason: "seen"}`)},
		{
			name: "nothing",
			mesh: today,
			edit: silence(`{rule: IST318, reason: "seen"}, {rule: IST401, reason: "seen"}`),
			want: `isthmus: warning: mesh/mesh.yaml:6:45: spec.silence[1]: nothing in the mesh is reported as IST401; it would hide the next one (IST018)
isthmus: fix: remove the entry
`,
		},
		{name: "what another command says", mesh: today, edit: silence(`{rule: IST318, reason: "seen"}, {rule: IST532, reason: "seen"}`)},
		{
			name: "what cannot be",
			mesh: today,
			edit: silence(`{rule: IST103, reason: "seen"}, {rule: ist318, reason: "seen"}, {rule: overlap, reason: "seen"}, {rule: IST018, reason: "seen"}, {rule: IST318, reason: "seen"}, {rule: IST318, reason: "seen"}`),
			want: `isthmus: error: mesh/mesh.yaml:6:20: spec.silence[0].rule: IST103 cannot be silenced; it is an error: prefixes overlap (IST017)
isthmus: fix: remove the entry, and mend what it was for
isthmus: error: mesh/mesh.yaml:6:52: spec.silence[1].rule: there is no rule "ist318" (IST017)
isthmus: fix: did you mean "IST318"? Otherwise docs/rules lists them
isthmus: error: mesh/mesh.yaml:6:84: spec.silence[2].rule: there is no rule "overlap" (IST017)
isthmus: fix: docs/rules lists them
isthmus: error: mesh/mesh.yaml:6:117: spec.silence[3].rule: IST018 cannot be silenced; it says that an entry here is not needed (IST017)
isthmus: fix: remove both entries
isthmus: error: mesh/mesh.yaml:6:181: spec.silence[5].rule: IST318 is silenced twice (IST019)
isthmus: fix: remove one
`,
		},
		{
			name: "what is deleted, and what a change risks",
			mesh: today,
			edit: silence(`{rule: IST318, reason: "seen"}, {rule: IST713, reason: "seen"}, {rule: IST925, reason: "seen"}`),
			want: `isthmus: error: mesh/mesh.yaml:6:52: spec.silence[1].rule: IST713 cannot be silenced; isthmus uninstall says it of what it is about to do (IST017)
isthmus: fix: remove the entry
isthmus: error: mesh/mesh.yaml:6:84: spec.silence[2].rule: IST925 cannot be silenced; it is a risk of a change, and isthmus diff says all of them (IST017)
isthmus: fix: remove the entry; --fail-on says which of them fail
`,
		},
		{
			name: "without a reason or a rule",
			mesh: today,
			edit: silence(`{rule: IST318}, {rule: IST318, reason: ""}, {reason: "seen"}`),
			want: `isthmus: error: mesh/mesh.yaml:6:13: spec.silence[0].reason: is required (IST009)
isthmus: error: mesh/mesh.yaml:6:36: spec.silence[1].rule: IST318 is silenced twice (IST019)
isthmus: fix: remove one
isthmus: error: mesh/mesh.yaml:6:52: spec.silence[1].reason: must not be empty (IST009)
isthmus: error: mesh/mesh.yaml:6:57: spec.silence[2].rule: is required (IST009)
`,
		},
		{
			name: "an error whose rule is named stays",
			mesh: today,
			edit: append(silence(`{rule: IST318, reason: "seen"}, {rule: IST103, reason: "seen"}`), "10.20.0.0/16", "10.10.0.0/16"),
			want: `isthmus: error: mesh/mesh.yaml:6:52: spec.silence[1].rule: IST103 cannot be silenced; it is an error: prefixes overlap (IST017)
isthmus: fix: remove the entry, and mend what it was for
isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 10.10.0.0/16 overlaps 10.10.0.0/16 of the podCIDRs of cluster "east"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
`,
		},
		{
			name: "errors stay, and nothing is said of what was not looked at",
			mesh: today,
			edit: append(silence(`{rule: IST318, reason: "seen"}, {rule: IST401, reason: "seen"}`), "10.20.0.0/16", "10.10.0.0/16"),
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 10.10.0.0/16 overlaps 10.10.0.0/16 of the podCIDRs of cluster "east"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
`,
		},
	})
}
