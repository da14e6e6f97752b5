package refresh

import (
	"fmt"
	"net/netip"
	"slices"

	"go.yaml.in/yaml/v3"
)

// verify reads an edited text back: it means what the first one does, but for the
// fields of the change, and these hold what is wanted.
func verify(file string, before, after []byte, c Change) error {
	was, err := open(file, before, c.Cluster)
	if err != nil {
		return err
	}
	is, err := open(file, after, c.Cluster)
	if err != nil {
		return was.refuse(was.plane, "the change would break the file: "+err.Error())
	}
	for _, list := range []struct {
		field string
		want  []netip.Addr
	}{
		{addresses, c.Addresses},
		{policyAddresses, c.PolicyAddresses},
		{telemetryAddresses, c.TelemetryAddresses},
	} {
		want := unique(list.want)
		if len(want) == 0 && (list.field != addresses || c.Hostname == "") {
			if !same(value(was, list.field), value(is, list.field)) {
				return was.refuse(was.plane, fmt.Sprintf("the change would reach %s too", list.field))
			}
			continue
		}
		if got := value(is, list.field); !slices.Equal(sorted(want), held(got)) {
			return was.refuse(was.plane, fmt.Sprintf("the change would not make %s hold what it shall", list.field))
		}
	}
	switch got := value(is, hostname); {
	case c.Hostname == "" && len(c.Addresses) == 0:
		if !same(value(was, hostname), got) {
			return was.refuse(was.plane, "the change would reach hostname too")
		}
	case got == nil && c.Hostname != "", got != nil && got.Value != c.Hostname:
		return was.refuse(was.plane, "the change would not make hostname hold what it shall")
	}
	if to := c.LoadBalancerIP; to.IsValid() {
		n := is.asked()
		if got, err := netip.ParseAddr(n.Value); err != nil || got != to || n.ShortTag() != "!!str" {
			return was.refuse(was.plane, "the change would not make loadBalancerIP what it shall be")
		}
		n.Value = was.asked().Value
	}
	for _, d := range []*document{was, is} {
		var rest []*yaml.Node
		for i := 0; i+1 < len(d.plane.Content); i += 2 {
			switch d.plane.Content[i].Value {
			case addresses, hostname, policyAddresses, telemetryAddresses:
			default:
				rest = append(rest, d.plane.Content[i:i+2]...)
			}
		}
		d.plane.Content = rest
	}
	if !same(was.root, is.root) {
		return was.refuse(was.plane, "the change would reach other fields too")
	}
	return nil
}

func value(d *document, name string) *yaml.Node {
	_, v := d.field(name)
	return v
}

// held gives the addresses of a list, sorted.
func held(n *yaml.Node) []netip.Addr {
	var list []netip.Addr
	if n == nil {
		return nil
	}
	for _, c := range n.Content {
		a, _ := netip.ParseAddr(c.Value)
		list = append(list, a)
	}
	return sorted(list)
}

func sorted(list []netip.Addr) []netip.Addr {
	return slices.SortedFunc(slices.Values(list), netip.Addr.Compare)
}

// same says whether two nodes mean the same.
func same(a, b *yaml.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Kind == b.Kind && a.ShortTag() == b.ShortTag() && a.Value == b.Value && slices.EqualFunc(a.Content, b.Content, same)
}
