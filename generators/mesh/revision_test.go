package mesh_test

import "testing"

// TestRevision: the name of a revision and its tags.
func TestRevision(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "a revision",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    revision: 1-30-3
    revisionTags: [prod, default]
`,
			},
			want: method(16),
		},
		{
			name: "no label",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    revision: 1.30.3
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:15: spec.istio.revision: "1.30.3" is not a DNS label; it becomes part of names; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "1-30-3"
` + method(15),
		},
		{
			name: "default",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    revision: default
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:15: spec.istio.revision: "default" is the name of a control plane without a revision (IST213)
isthmus: fix: choose another name
` + method(15),
		},
		{
			name: "the longest",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    revision: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
`,
			},
			want: method(15),
		},
		{
			name: "too long for a release",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    revision: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:15: spec.istio.revision: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" has 47 characters; it becomes part of the names of a release and of Services, which leave it 46 (IST217)
isthmus: fix: choose a shorter one
` + method(15),
		},
		{
			name: "tags of nothing",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    revisionTags: [prod]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:19: spec.istio.revisionTags: there is no revision that the tags could stand for (IST214)
isthmus: fix: name it in revision
` + method(15),
		},
		{
			name: "a tag that is no label",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    revision: a
    revisionTags: [Prod]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:9:20: spec.istio.revisionTags[0]: "Prod" is not a DNS label; it becomes part of names; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "prod"
` + method(16),
		},
		{
			name: "a tag twice",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    revision: a
    revisionTags: [prod, prod]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:9:26: spec.istio.revisionTags[1]: "prod" is the name of a revision or tag already (IST213)
isthmus: fix: remove it, or choose another
` + method(16),
		},
		{
			name: "a tag of the revision's name",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    revision: a
    revisionTags: [a]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:9:20: spec.istio.revisionTags[0]: "a" is the name of a revision or tag already (IST213)
isthmus: fix: remove it, or choose another
` + method(16),
		},
	})
}
