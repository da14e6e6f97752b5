// Package render evaluates the units of a plan. Each is evaluated once and each
// object encoded once, however many clusters they go to; the result is the same
// whatever the number of workers.
package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"sync"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/plaintext"
	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// Objects are what the units of a plan made.
type Objects struct {
	units []map[string]*krm.Object
}

// Of evaluates the units of a plan with the entry points of a library. An error
// names the unit, and the place in the library where there is one.
func Of(library fs.FS, p *plan.Plan) (*Objects, error) {
	all := make([]int, len(p.Units))
	for i := range all {
		all[i] = i
	}
	made, err := units(library, p, all)
	if err != nil {
		return nil, err
	}
	return &Objects{units: made}, nil
}

// units evaluates those of a plan's units that todo names.
func units(library fs.FS, p *plan.Plan, todo []int) ([]map[string]*krm.Object, error) {
	made := make([]map[string]*krm.Object, len(p.Units))
	errs := make([]error, len(p.Units))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(todo)) {
		workers.Go(func() {
			vm := jsonnet.MakeVM() // not safe for use by several goroutines
			vm.Importer(&importer{library: library, read: map[string]jsonnet.Contents{}})
			for i := range next {
				made[i], errs[i] = evaluate(vm, p.Units[i])
			}
		})
	}
	for _, i := range todo {
		next <- i
	}
	close(next)
	workers.Wait()
	return made, errors.Join(errs...)
}

// evaluate gives the objects of one unit by their keys.
func evaluate(vm *jsonnet.VM, u plan.Unit) (map[string]*krm.Object, error) {
	args, err := node(u.Args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", u.Entry, err)
	}
	entry, _, err := vm.ImportAST("", u.Entry)
	if err != nil {
		return nil, problem(u.Entry, err)
	}
	vm.TLANode("args", args)
	text, err := vm.Evaluate(entry)
	if err != nil {
		return nil, problem(u.Entry, err)
	}
	var values map[string]map[string]any
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return nil, fmt.Errorf("%s: %w", u.Entry, err)
	}
	made := make(map[string]*krm.Object, len(values))
	for key, value := range values {
		if strings.HasPrefix(key, "values") {
			if made[key], err = krm.NewDocument(value); err == nil {
				err = inClear(made[key])
			}
		} else {
			made[key], err = object(value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", u.Entry, key, err)
		}
	}
	return made, nil
}

// problem points at the innermost frame of an evaluation that has a place, or
// at where the text could not be read. The type of an error of the latter kind
// is not exported.
func problem(entry string, err error) error {
	at := func(loc ast.LocationRange, what string) error {
		return &diag.Problem{Pos: diag.Position{File: loc.FileName, Line: loc.Begin.Line, Column: loc.Begin.Column}, What: what}
	}
	var unread interface {
		error
		Loc() ast.LocationRange
	}
	if errors.As(err, &unread) {
		loc := unread.Loc()
		return at(loc, strings.TrimPrefix(unread.Error(), loc.String()+" "))
	}
	var failed jsonnet.RuntimeError
	if errors.As(err, &failed) {
		for i := len(failed.StackTrace) - 1; i >= 0; i-- {
			if loc := failed.StackTrace[i].Loc; loc.IsSet() {
				return at(loc, failed.Msg)
			}
		}
	}
	return fmt.Errorf("%s: %w", entry, err)
}

// object makes an object, protected.
func object(value map[string]any) (*krm.Object, error) {
	made, err := krm.NewObject(value)
	if err != nil {
		return nil, err
	}
	return protected(made)
}

// protected keeps an object that holds ${ from Flux's substitution, which would
// replace what it does not know by nothing.
func protected(made *krm.Object) (*krm.Object, error) {
	if err := empty(made); err != nil {
		return nil, err
	}
	if err := inClear(made); err != nil {
		return nil, err
	}
	if !bytes.Contains(made.YAML, []byte("${")) {
		return made, nil
	}
	value := made.Value
	meta := value["metadata"].(map[string]any) // its name was read
	annotations, _ := meta["annotations"].(map[string]any)
	if annotations == nil {
		annotations = map[string]any{}
		meta["annotations"] = annotations
	}
	annotations["kustomize.toolkit.fluxcd.io/substitute"] = "disabled"
	return krm.NewObject(value)
}

// empty refuses a Secret that holds anything: nothing that is rendered does, so a
// patch has put it there, for everybody who reads the repository.
func empty(made *krm.Object) error {
	if made.Kind != "Secret" {
		return nil
	}
	for _, field := range []string{"data", "stringData"} {
		if made.Value[field] != nil {
			return fmt.Errorf("%s: holds %s, and a Secret is never rendered with its content", made.Identity, field)
		}
	}
	return nil
}

// inClear refuses an object, or a file of values, in which a secret lies in the
// clear: what is read was looked at, and this is what is written.
func inClear(made *krm.Object) error {
	found := plaintext.Find(made.YAML)
	switch {
	case len(found) == 0:
		return nil
	case found[0].What == plaintext.TooMuch:
		return fmt.Errorf("%s: holds %s: a secret could lie in it", made.Identity, plaintext.TooMuch)
	}
	return fmt.Errorf("%s: holds %s, in the clear, for everybody who reads the repository", made.Identity, found[0].What)
}

// file gives the objects of a file: those that its picks name, or the sealed one
// that it is a copy of.
func (o *Objects) file(f plan.File) ([]*krm.Object, error) {
	if f.Sealed == nil {
		return o.pick(f)
	}
	object, err := f.Sealed.Object(f.Annotate)
	if err != nil {
		return nil, err
	}
	return []*krm.Object{object}, nil
}

// pick gives the objects of a file as its picks name them, sorted for
// installation unless the file has an order of its own.
func (o *Objects) pick(f plan.File) ([]*krm.Object, error) {
	objects := make([]*krm.Object, 0, f.Objects())
	for _, pick := range f.Picks {
		for _, key := range pick.Keys {
			object := o.units[pick.Unit][key]
			if object == nil {
				return nil, fmt.Errorf("%s: the library made no object %q", f.Name, key)
			}
			objects = append(objects, object)
		}
	}
	if !f.InOrder {
		krm.Sort(objects)
	}
	return objects, nil
}
