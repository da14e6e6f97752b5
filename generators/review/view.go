package review

import (
	"runtime"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// A view is a delta as it is shown: a group without its clusters.
type view struct {
	Group
}

// look gives what there is to see of a delta: with the cluster's name made
// general, so that it can be held against those of other clusters, or as it is.
func look(d delta, wide bool) view {
	v := view{}
	before, after := d.value(d.before, d.was, wide), d.value(d.after, d.cluster, wide)
	v.Object, v.File, v.From = d.object(), d.to, d.from
	if wide {
		v.Object.Name, v.Object.Namespace = generalText(v.Object.Name, d.cluster), generalText(v.Object.Namespace, d.cluster)
	}
	if d.after == nil {
		v.File = d.from
	}
	if general(d.from, d.was) == general(d.to, d.cluster) || d.after == nil {
		v.From = ""
	}
	if wide {
		v.File, v.From = general(v.File, d.cluster), general(v.From, d.was)
	}
	if v.Object.Name == "" {
		v.Object.File = v.File
	}
	switch {
	case d.before == nil:
		v.Change, v.Manifest = Added, manifest(d.after, after, d.cluster, wide)
	case d.after == nil:
		v.Change, v.Manifest = Removed, manifest(d.before, before, d.was, wide)
	default:
		v.Change, v.Fields = Changed, fields(v.Object, before, after)
		if d.before.value == nil || d.after.value == nil {
			v.Fields = nil // one cannot be read: what is in it is not shown
			break
		}
		if len(v.Fields) > 0 {
			break
		}
		switch {
		case v.From != "":
			v.Change = Moved
		case d.was != d.cluster:
			v.Change = Renamed
		default:
			v.Change = Reworded
		}
	}
	return v
}

// object names what the delta is about.
func (d *delta) object() Object {
	if d.after != nil {
		return d.after.objectOf(d.to)
	}
	return d.before.objectOf(d.from)
}

// value gives a document's value; in a cluster that was renamed always in
// general, so that its name alone is no difference.
func (d *delta) value(doc *document, cluster string, wide bool) any {
	if doc == nil || doc.value == nil {
		return nil
	}
	if renamed := d.before != nil && d.after != nil && d.was != d.cluster; wide || renamed {
		return generalValue(doc.value, cluster)
	}
	return doc.value
}

// key is what two views have in common that look the same.
func (v *view) key() string {
	var b strings.Builder
	o := v.Object
	for _, text := range []string{v.Change, o.APIVersion, o.Kind, o.Namespace, o.Name, v.File, v.From, v.Manifest} {
		b.WriteString(text + "\x00")
	}
	for _, f := range v.Fields {
		b.WriteString(f.Path + "\x00" + f.Change + "\x00" + inline(f.Before) + "\x00" + inline(f.After) + "\x00")
	}
	return b.String()
}

// manifest gives what is shown of an object that came or went.
func manifest(d *document, value any, cluster string, wide bool) string {
	if d.value == nil {
		return "" // it cannot be read, and might hold a secret
	}
	if !d.hides && (!wide || !strings.Contains(string(d.data), cluster)) {
		return string(d.data)
	}
	var b strings.Builder
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if e.Encode(value) != nil || e.Close() != nil {
		return ""
	}
	return b.String()
}

// inParallel calls do for each index below n.
func inParallel(n int, do func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := w; i < n; i += workers {
				do(i)
			}
		})
	}
	wait.Wait()
}
