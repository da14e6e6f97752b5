package rule

import (
	"embed"
	"strings"

	"golang.org/x/tools/txtar"
)

//go:embed examples/*.txtar
var examples embed.FS

// An Example is what breaks a rule, and what does not: examples/<code>.txtar,
// with a mesh.yaml, and what it needs, under fail/ and under pass/.
//
// A file "command" beside them holds the command that shows it, where reading
// the mesh does not: `isthmus render`, or `isthmus < in.yaml` to give it an
// input. Before the command runs, what is under before/ is rendered.
type Example struct {
	Before, Fail, Pass []txtar.File // with names from their folder; no Before in most
	Want               string       // what is said of the rule
}

// Example gives the example of the rule, nil where there is none.
func (r *Rule) Example() *Example {
	data, err := examples.ReadFile("examples/" + r.Code + ".txtar")
	if err != nil {
		return nil
	}
	return ParseExample(data)
}

// ParseExample reads an example.
func ParseExample(data []byte) *Example {
	e := &Example{}
	for _, f := range txtar.Parse(data).Files {
		folder, name, _ := strings.Cut(f.Name, "/")
		file := txtar.File{Name: name, Data: f.Data}
		switch folder {
		case "before":
			e.Before = append(e.Before, file)
		case "fail":
			e.Fail = append(e.Fail, file)
		case "pass":
			e.Pass = append(e.Pass, file)
		case "want":
			e.Want = string(f.Data)
		}
	}
	return e
}

// Command gives the command that an example's files name, "" where they name
// none.
func Command(files []txtar.File) string { return strings.TrimSpace(string(find(files, "command"))) }

func find(files []txtar.File, name string) []byte {
	for _, f := range files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}
