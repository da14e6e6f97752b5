package explain

import (
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// removed is the candidate that takes a value away.
const removed = "(removed)"

// A trial is one other value for a leaf or an absent field. Do makes the change
// and gives what takes it back.
type trial struct {
	text string // as a person would write it
	do   func() (undo func())
	file []*file // that it changes
}

// enough is how many valid values of a closed list or a version are tried: two
// may give the same, and three say more than one.
const enough = 5

// trials gives other values for a leaf, the likelier ones first, and how many
// valid ones are to be tried.
func (e *Explainer) trials(l *leaf) (all []trial, most int) {
	set := func(texts ...string) {
		for _, text := range texts {
			if text != l.node.Value {
				all = append(all, trial{text, func() func() { return l.set(text) }, []*file{l.file}})
			}
		}
	}
	remove := trial{removed, l.remove, []*file{l.file}}
	inList := l.parent != nil && l.parent.Kind == yaml.SequenceNode
	t := pointed(l.typ)
	value := l.node.Value
	switch {
	case l.node.Kind == yaml.SequenceNode: // an empty one
		return []trial{remove}, 1
	case clusterName.MatchString(l.path):
		for _, name := range []string{value + "x", "x" + value} {
			all = append(all, trial{name, func() func() { return e.rename(l, name) }, e.files[:1]})
		}
		return all, 1
	case l.path == "metadata.name" && l.file != e.files[0]:
		for _, name := range []string{value + "x", "x" + value} {
			all = append(all, trial{name, func() func() { return e.renameService(l, name) }, []*file{e.files[0], l.file}})
		}
		return all, 1
	case wholeEntry.MatchString(l.path):
		return []trial{{removed, l.removeEntry, e.files[:1]}}, 1
	case clusterRef.MatchString(l.path):
		for i := range e.mesh.Spec.Clusters {
			set(e.mesh.Spec.Clusters[i].Name)
		}
		return append(all[:min(len(all), enough)], remove), enough + 1
	case choices(t) != nil:
		set(choices(t)...)
		return append(all, remove), enough
	case t == versionType:
		set(versions(l.path, value)...)
		return append(all, remove), enough
	case l.node.Tag == "!!bool":
		set(strconv.FormatBool(value != "true"))
		return append(all, remove), 1
	case l.node.Tag == "!!int":
		if n, err := strconv.Atoi(value); err == nil {
			set(strconv.Itoa(n+1), strconv.Itoa(n-1), strconv.Itoa(n+7))
		}
		return append(all, remove), 1
	case l.path[strings.LastIndex(l.path, ".")+1:] == "patch":
		return []trial{remove}, 1
	}
	set(otherText(value)...)
	if inList {
		return append(all, remove), 2 // another value, and none
	}
	return append(all, remove), 1
}

var (
	clusterName = regexp.MustCompile(`^spec\.clusters\[\d+\]\.name$`)
	clusterRef  = regexp.MustCompile(`^spec\.services\[\d+\]\.(?:clusters|clients)\[\d+\]$|^spec\.clusters\[\d+\]\.remoteOf$|^spec\.delivery\.(?:flux\.hub|argocd)\.cluster$`)
	wholeEntry  = regexp.MustCompile(`^spec\.services\[\d+\]\.file$|^spec\.silence\[\d+\]\.rule$`) // nothing without it
	excluded    = regexp.MustCompile(`^spec\.services\[(\d+)\]\.exclude\[\d+\]$`)
	lastDigits  = regexp.MustCompile(`^(.*?)(\d+)(\D*)$`)
)

// versions gives other releases: near ones, and those at which something changes.
func versions(path, value string) []string {
	if strings.HasSuffix(path, "kubernetesVersion") {
		return []string{"1.36", "1.32", "1.34", "1.28", "1.30", "1.16", "1.20"}
	}
	var v mesh.Version
	var near []string
	if v.UnmarshalText([]byte(value)) == nil && v.Patch > 0 {
		near = append(near, fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch-1))
	}
	return append(near, "1.30.3", "1.29.2", "1.24.0", "1.5.10", "1.5.0", "1.4.10")
}

// otherText gives texts that differ from one and are of its sort: an address for
// an address, a prefix for a prefix.
func otherText(value string) []string {
	if p, err := netip.ParsePrefix(value); err == nil {
		var all []string
		for _, at := range []int{1, 0, 2} {
			bytes := p.Addr().AsSlice()
			bytes[at] ^= 0x80 >> (at % 2) // which keeps prefixes apart that were apart
			moved, _ := netip.AddrFromSlice(bytes)
			all = append(all, netip.PrefixFrom(moved, p.Bits()).Masked().String())
		}
		return append(all, netip.PrefixFrom(p.Addr(), p.Bits()+1).Masked().String())
	}
	if a, err := netip.ParseAddr(value); err == nil {
		return []string{a.Next().String(), a.Prev().String(), a.Next().Next().String()}
	}
	var all []string
	if strings.Contains(value, "://") || strings.Contains(value, ":") || regexp.MustCompile(`^\d+[a-z]+$`).MatchString(value) {
		if m := lastDigits.FindStringSubmatch(value); m != nil {
			if n, err := strconv.Atoi(m[2]); err == nil && len(m[2]) < 9 {
				all = append(all, m[1]+strconv.Itoa(n+1)+m[3])
			}
		}
	}
	return append(all, value+"x", "x"+value, value+".x", value+"/x", "None")
}

// set gives the leaf another value.
func (l *leaf) set(text string) (undo func()) {
	before := *l.node
	l.node.Value = text
	if l.node.Tag != "!!bool" && l.node.Tag != "!!int" {
		l.node.Tag, l.node.Style = "!!str", yaml.DoubleQuotedStyle
	}
	return func() { *l.node = before }
}

// remove takes the leaf out of its map or list. A patch goes with its target.
func (l *leaf) remove() (undo func()) {
	parent, node := l.parent, l.node
	if strings.HasSuffix(l.path, "].patch") {
		return l.removeEntry()
	}
	before := slices.Clone(parent.Content)
	at := slices.Index(parent.Content, node)
	from := at
	if parent.Kind == yaml.MappingNode {
		from--
	}
	parent.Content = slices.Delete(slices.Clone(parent.Content), from, at+1)
	return func() { parent.Content = before }
}

// removeEntry empties the map that holds the leaf out of the list that holds it.
func (l *leaf) removeEntry() (undo func()) {
	for _, doc := range l.file.docs {
		if list := holder(doc, l.parent); list != nil {
			before := slices.Clone(list.Content)
			at := slices.Index(list.Content, l.parent)
			list.Content = slices.Delete(slices.Clone(list.Content), at, at+1)
			return func() { list.Content = before }
		}
	}
	return func() {}
}

// holder gives the node below another that holds a third.
func holder(n, of *yaml.Node) *yaml.Node {
	if slices.Contains(n.Content, of) {
		return n
	}
	for _, c := range n.Content {
		if h := holder(c, of); h != nil {
			return h
		}
	}
	return nil
}

// rename gives a cluster another name wherever the mesh names it: a name that
// only its own line had would be an error.
func (e *Explainer) rename(l *leaf, name string) (undo func()) {
	old := l.node.Value
	undos := []func(){l.set(name)}
	for _, other := range e.tree.parts[0].leaves() {
		if other.node.Value == old && clusterRef.MatchString(other.path) {
			undos = append(undos, other.set(name))
		}
	}
	return func() {
		for _, u := range slices.Backward(undos) {
			u()
		}
	}
}

// renameService gives a Service of a file another name, also where an entry leaves
// it out by name.
func (e *Explainer) renameService(l *leaf, name string) (undo func()) {
	old := l.node.Value
	undos := []func(){l.set(name)}
	for _, other := range e.tree.parts[0].leaves() {
		m := excluded.FindStringSubmatch(other.path)
		if m == nil || other.node.Value != old {
			continue
		}
		if i, err := strconv.Atoi(m[1]); err == nil && i < len(e.mesh.Spec.Services) && e.mesh.Spec.Services[i].File == l.file.name {
			undos = append(undos, other.set(name))
		}
	}
	return func() {
		for _, u := range slices.Backward(undos) {
			u()
		}
	}
}

// usual are values for fields that are left out, by the end of their paths.
var usual = []struct {
	end  string
	text string
}{
	{".zipkin", "10.254.253.252:9411"}, {".url", "https://explained.example.com/charts"}, {".repoURL", "https://explained.example.com/mesh.git"},
	{".interval", "61m"}, {".loadBalancerIP", "10.254.253.252"}, {".source.kind", "OCIRepository"}, {".hub", "explained.example.com/istio"},
	{"Domain", "explained.example.com"}, {".hostname", "explained.example.com"}, {"Class", "example.com/explained"}, {"Secret", "explained-<cluster>"},
}

// trials gives values for a field that is left out, and how many valid ones are to
// be tried.
func (e *Explainer) absentTrials(a absent) (all []trial, most int) {
	was := shownValue(a.value)
	texts, most := []string{"explained"}, 1
	switch t := a.typ; {
	case a.none:
		all = append(all, trial{"[]", a.insertNone, []*file{a.file}})
		return all, 1
	case choices(t) != nil:
		texts, most = choices(t), enough
	case t == versionType:
		texts, most = versions(a.path, was), enough
	case t.Kind() == reflect.Bool:
		texts = []string{"true", "false"}
	case t.Kind() == reflect.Int:
		texts = []string{"7"}
	case t == addressType:
		texts = []string{"10.254.253.252"}
	case strings.HasSuffix(a.path, ".remoteOf"), strings.HasSuffix(a.path, ".hub.cluster"), strings.HasSuffix(a.path, ".argocd.cluster"):
		texts, most = nil, 2
		for i := range e.mesh.Spec.Clusters {
			texts = append(texts, e.mesh.Spec.Clusters[i].Name)
		}
		texts = texts[:min(len(texts), enough)]
	default:
		for _, u := range usual {
			if strings.HasSuffix(a.path, u.end) {
				texts = []string{u.text}
				break
			}
		}
	}
	for _, text := range texts {
		if text != was {
			all = append(all, trial{text, func() func() { return a.insert(text) }, []*file{a.file}})
		}
	}
	return all, most
}

// insertNone writes an empty list.
func (a absent) insertNone() (undo func()) {
	before := a.in.Content
	a.in.Content = append(slices.Clone(before), &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: a.keys[0]}, &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle})
	return func() { a.in.Content = before }
}

// insert writes the field.
func (a absent) insert(text string) (undo func()) {
	value := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: text}
	if k := a.typ.Kind(); k == reflect.Bool || k == reflect.Int {
		value.Tag, value.Style = map[reflect.Kind]string{reflect.Bool: "!!bool", reflect.Int: "!!int"}[k], 0
	}
	for _, key := range slices.Backward(a.keys[1:]) {
		value = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, value}}
	}
	before := a.in.Content
	a.in.Content = append(slices.Clone(before), &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: a.keys[0]}, value)
	return func() { a.in.Content = before }
}

// shownValue gives a default as a person would write it, "" for none.
func shownValue(v reflect.Value) string {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	if version, is := v.Interface().(mesh.Version); is && version.IsZero() {
		return ""
	}
	if v.Kind() == reflect.Int && v.IsZero() {
		return ""
	}
	return fmt.Sprint(v.Interface())
}
