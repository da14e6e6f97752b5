package seal

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"
	"time"
)

// A Secret is what is sealed, and for which cluster.
type Secret struct {
	Cluster     string // that can open it; a folder is named for it
	Namespace   string
	Name        string // a file is named for it
	Type        string // "" is Opaque
	Labels      map[string]string
	Annotations map[string]string
	Data        map[string]Plain

	NotBefore time.Time // since when what it holds is good, where it has a Frame; zero where that is not known
	NotAfter  time.Time // when what it holds expires; zero where it does not
	Origin    string    // the object that its credential comes from, where rotating needs to know; "" for none

	// Frame is what it holds without what is made anew each time that it is asked
	// for: by it Holds knows the Secret again. It is in no file.
	Frame Plain
}

var (
	label = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	item  = regexp.MustCompile(`^[-._a-zA-Z0-9]{1,253}$`)
	token = regexp.MustCompile(`^[-._/:a-zA-Z0-9]*$`)
	place = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z0-9][-._/a-zA-Z0-9]{0,500}$`) })
)

// itemLimit bounds a Secret, in bytes, as the API server does.
const itemLimit = 1 << 20

// check says why a Secret cannot be kept: names become paths, and an empty
// value shows that it is empty under sops.
func (s *Secret) check() error {
	for what, name := range map[string]string{"cluster": s.Cluster, "namespace": s.Namespace, "name": s.Name} {
		if !label.MatchString(name) {
			return fmt.Errorf("the %s %q of a Secret is not a DNS label", what, name)
		}
	}
	if s.Name == kustomizationName {
		return fmt.Errorf("a Secret cannot be called %q: the file would be the kustomization", s.Name)
	}
	if len(s.Data) == 0 {
		return fmt.Errorf("%s: the Secret holds nothing", s)
	}
	size := 0
	for _, name := range s.items() {
		if !item.MatchString(name) || name == "." || name == ".." {
			return fmt.Errorf("%s: %q cannot be a key of a Secret", s, name)
		}
		if s.Data[name].Len() == 0 {
			return fmt.Errorf("%s: the key %q holds nothing", s, name)
		}
		size += s.Data[name].Len()
	}
	if size > itemLimit {
		return fmt.Errorf("%s: holds %d bytes, and a Secret takes %d", s, size, itemLimit)
	}
	if !token.MatchString(s.Origin) {
		return fmt.Errorf("%s: %q is not the name of an object", s, s.Origin)
	}
	return nil
}

// String gives the Secret as the tables do.
func (s *Secret) String() string { return "Secret/" + s.Namespace + "/" + s.Name }

// items are the keys, sorted.
func (s *Secret) items() []string { return slices.Sorted(maps.Keys(s.Data)) }

// path is where the Secret lies, from the folder of mesh.yaml.
func (s *Secret) path() string { return Path(s.Cluster, s.Name) }

// metadata is that of the unsealed Secret, as an object has it.
func (s *Secret) metadata() map[string]any {
	meta := map[string]any{"name": s.Name, "namespace": s.Namespace}
	if len(s.Labels) > 0 {
		meta["labels"] = anyMap(s.Labels)
	}
	if len(s.Annotations) > 0 {
		meta["annotations"] = anyMap(s.Annotations)
	}
	return meta
}

func anyMap(texts map[string]string) map[string]any {
	all := make(map[string]any, len(texts))
	for key, text := range texts {
		all[key] = text
	}
	return all
}
