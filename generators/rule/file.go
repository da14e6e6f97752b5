package rule

import "github.com/isthmus-mesh/isthmus/generators/diag"

// What holds for every file, and for values wherever they stand.
var (
	Syntax = define(Rule{
		Code:  "IST001",
		Title: "the file is not valid YAML",
		Why:   "Nothing can be made of what follows the first error, so one error is said for each document.",
		Fix:   "Mend the line, most often a bracket, a quote or the indentation.",
	})
	Encoding = define(Rule{
		Code:  "IST002",
		Title: "the file holds bytes or characters that no text should",
		Why:   "Byte order marks, control characters and those that turn the direction of text make what is shown differ from what is read.",
		Fix:   "Save the file as UTF-8 without a byte order mark, and remove the character.",
	})
	OneDocument = define(Rule{
		Code:  "IST003",
		Title: "the file does not hold exactly one document",
		Why:   "Most readers of YAML take the first document and drop the others without a word.",
		Fix:   "Give each document a file of its own.",
	})
	PlainYAML = define(Rule{
		Code:  "IST004",
		Title: "anchors, aliases, merge keys, tags and directives are not allowed",
		Why:   "They make one place of a file change what another means, and readers of YAML do not agree on all of them.",
		Fix:   "Write the value out wherever it is needed.",
	})
	KeyTwice = define(Rule{
		Code:  "IST005",
		Title: "a key is set twice",
		Why:   "One of the two values would be dropped, and which one depends on the reader.",
		Fix:   "Remove one of the two.",
	})
	KeyText = define(Rule{
		Code:  "IST006",
		Title: "a key is not text",
		Why:   "A key such as on, 1 or 1.20 is a boolean or a number to some readers of YAML.",
		Fix:   "Quote the key.",
	})
	Size = define(Rule{
		Code:  "IST007",
		Title: "the file is larger than what is read",
		Why:   "The limits on bytes, depth and keys keep a hostile file from taking all time and memory; no mesh that people write comes near.",
		Fix:   "Divide the file into smaller ones.",
	})
	UnknownField = define(Rule{
		Code:  "IST008",
		Title: "there is no such field",
		Why:   "A misspelt field that passed would leave its default in place without a word.",
		Fix:   "Correct the name; docs/mesh.md has every field.",
	})
	Required = define(Rule{
		Code:  "IST009",
		Title: "a field that must be there is missing or empty",
		Why:   "It has no default that would be right for everybody.",
		Fix:   "Give it a value.",
	})
	Kind = define(Rule{
		Code:  "IST010",
		Title: "a value is of another kind than its field",
		Why:   "A field takes a list, a map, text, a number, or true and false, and nothing is converted.",
		Fix:   "Write the value in the kind that the field takes.",
	})
	Ambiguous = define(Rule{
		Code:   "IST011",
		Title:  "a value is read as something else than it looks like",
		Why:    "Unquoted, 1.30 is the number 1.3 to YAML, and no is false.",
		Fix:    "Quote the value.",
		Source: "yaml.org/type of YAML 1.1; YAML 1.2.2, section 10.3.2",
	})
	Choice = define(Rule{
		Code:  "IST012",
		Title: "a value is none of those that the field takes",
		Why:   "The field takes one word of a closed list.",
		Fix:   "Write one of those that the message lists.",
	})
	Range = define(Rule{
		Code:  "IST013",
		Title: "a number is out of range",
		Why:   "What is outside of the range does not exist, as port 70000, or would be refused by the API server.",
		Fix:   "Write a number of the range that the message gives.",
	})
	Malformed = define(Rule{
		Code:  "IST014",
		Title: "a value is not written in the form that its field takes",
		Why:   "A version, a prefix, an address, a duration or a URL that cannot be read would end up in a manifest as it is.",
		Fix:   "Write it in the form that the message shows.",
	})
	NotAMesh = define(Rule{
		Code:  "IST015",
		Title: "the file is not a Mesh",
		Why:   "Another kind of document would give a screen of unknown fields.",
		Fix:   "Write apiVersion: isthmus.dev/v1alpha1 and kind: Mesh, or name the right file.",
	})
	Unbuilt = define(Rule{
		Code:  "IST016",
		Title: "this version of isthmus does not render what the field asks for",
		Why:   "A field that is read and then ignored is an outage that waits for its reader.",
		Fix:   "Remove the field, or use a version of isthmus that has it.",
	})
	SilenceUnknown = define(Rule{
		Code:  "IST017",
		Title: "a silence names a rule that cannot be silenced",
		Why:   "There is no such rule, or it is an error, and an error is never passed over.",
		Fix:   "Name a rule that warns or notes, or remove the entry.",
	})
	SilenceUnused = define(Rule{
		Code:     "IST018",
		Severity: diag.Warning,
		Title:    "a silence silences nothing",
		Why:      "What it was written for is gone, and it would hide the next one.",
		Fix:      "Remove the entry.",
	})
	ListedTwice = define(Rule{
		Code:  "IST019",
		Title: "a list names one thing twice",
		Why:   "One of the two was most likely meant to be another.",
		Fix:   "Remove one, or correct it.",
	})
	Label = define(Rule{
		Code:   "IST020",
		Title:  "a name is not a DNS label",
		Why:    "It becomes the name of an object, a folder or an ID, which take lower-case letters, digits and \"-\", at most 63, a letter or digit at both ends.",
		Fix:    "Write it so.",
		Source: "RFC 1123",
	})
	Domain = define(Rule{
		Code:   "IST021",
		Title:  "a name is not a domain name",
		Why:    "It becomes part of host names and identities, or names an object.",
		Fix:    "Write DNS labels joined by dots.",
		Source: "RFC 1123",
	})
	Meta = define(Rule{
		Code:  "IST022",
		Title: "a key or value cannot be that of a label or annotation",
		Why:   "The API server refuses an object that has it.",
		Fix:   "Write a name of at most 63 letters, digits, \"-\", \"_\" and \".\", after an optional domain and \"/\"; a label's value has the same form without a domain.",
	})
	Request = define(Rule{
		Code:  "IST023",
		Title: "the function's configuration does not say what to render",
		Why:   "kustomize hands over one object, which names the mesh and the cluster, or holds the mesh.",
		Fix:   "Write the kustomization with isthmus live.",
		By:    "kustomize build",
	})
	Partial = define(Rule{
		Code:  "IST024",
		Title: "not all was read, or not all is shown",
		Why:   "A file that cannot be read, and more findings than a host of code keeps, hide what else is wrong.",
		Fix:   "Mend what is named first, and look again.",
		By:    "isthmus validate -o sarif",
		Test:  "generators/sarif/problems_test.go",
	})
)
