package refresh

import (
	"net/netip"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A Change is what is new about one control plane. A list that is empty, and a
// Hostname that is "", leave the field as it is; Addresses take the place of a
// hostname, and a Hostname that of addresses.
type Change struct {
	Cluster            string // that runs the control plane
	Addresses          []netip.Addr
	Hostname           string
	PolicyAddresses    []netip.Addr
	TelemetryAddresses []netip.Addr
	LoadBalancerIP     netip.Addr // that the load balancer shall have, in the place of one that is there
}

// The fields of a control plane that a Change may change.
const (
	addresses          = "addresses"
	hostname           = "hostname"
	policyAddresses    = "policyAddresses"
	telemetryAddresses = "telemetryAddresses"
	loadBalancerIP     = "loadBalancerIP" // of service
)

// Edit gives the text with the change. The text is one that mesh.Load takes; file
// is its name for positions. Nothing is checked of the addresses: load the
// result. The error is a *diag.Problem where the text is written in a way that
// leaves no place for the change.
func Edit(file string, text []byte, c Change) ([]byte, error) {
	if c.Hostname != "" && len(c.Addresses) > 0 {
		return nil, &diag.Problem{Pos: diag.Position{File: file}, What: "a control plane has addresses or a hostname", Fix: "give one of the two"}
	}
	steps := []func(*document) error{}
	if c.Hostname != "" {
		steps = append(steps, func(d *document) error { return d.name(c.Hostname) })
	}
	for _, list := range []struct {
		field string
		to    []netip.Addr
	}{
		{addresses, c.Addresses},
		{policyAddresses, c.PolicyAddresses},
		{telemetryAddresses, c.TelemetryAddresses},
	} {
		if to := unique(list.to); len(to) > 0 {
			steps = append(steps, func(d *document) error { return d.list(list.field, to) })
		}
	}
	if c.LoadBalancerIP.IsValid() {
		steps = append(steps, func(d *document) error { return d.balancer(c.LoadBalancerIP) })
	}
	// Each step reads what the one before has written: two edits in one place
	// need no rule of their own.
	edited := text
	for _, step := range steps {
		d, err := open(file, edited, c.Cluster)
		if err != nil {
			return nil, err
		}
		if err := step(d); err != nil {
			return nil, err
		}
		edited = d.applied()
	}
	if err := verify(file, text, edited, c); err != nil {
		return nil, err
	}
	return edited, nil
}

func unique(list []netip.Addr) []netip.Addr {
	var once []netip.Addr
	for _, a := range list {
		if !slices.Contains(once, a) {
			once = append(once, a)
		}
	}
	return once
}

// Order gives a list of addresses as Edit writes it in the place of an old one.
func Order(old, to []netip.Addr) []netip.Addr {
	places, added := arrange(old, unique(to))
	return append(slices.DeleteFunc(places, func(a netip.Addr) bool { return !a.IsValid() }), added...)
}

// arrange gives what each place of an old list has in a new one, the zero Addr
// where it goes, and what is added: addresses that stay keep their places, those
// that go give theirs to new ones.
func arrange(old, to []netip.Addr) (places, added []netip.Addr) {
	added = slices.DeleteFunc(slices.Clone(to), func(a netip.Addr) bool { return slices.Contains(old, a) })
	for _, a := range old {
		switch {
		case slices.Contains(to, a):
			places = append(places, a)
		case len(added) > 0:
			places, added = append(places, added[0]), added[1:]
		default:
			places = append(places, netip.Addr{})
		}
	}
	return places, added
}

// list makes a field hold the addresses, as Order has them.
func (d *document) list(field string, to []netip.Addr) error {
	key, value := d.field(field)
	host, hosted := d.field(hostname)
	switch named := host != nil && hosted.Value != ""; {
	case field == addresses && named && key == nil:
		return d.listForName(host, hosted, to)
	case field == addresses && named:
		if err := d.setText(hosted, ""); err != nil {
			return err
		}
	case key == nil:
		return d.insert(field, to)
	}
	l, err := d.sequence(key, value)
	if err != nil {
		return err
	}
	var old []netip.Addr
	for _, it := range l.items {
		old = append(old, it.address)
	}
	places, added := arrange(old, to)
	removed := []int{}
	for i, it := range l.items {
		switch {
		case !places[i].IsValid():
			removed = append(removed, i)
		case places[i] != it.address:
			d.replaceAddress(it, places[i])
		}
	}
	l.remove(removed)
	l.add(added)
	return nil
}

// name makes the hostname be the way to the control plane.
func (d *document) name(to string) error {
	key, value := d.field(addresses)
	host, hosted := d.field(hostname)
	if host == nil && key == nil {
		return d.refuse(d.plane, "the control plane has neither addresses nor a hostname")
	}
	if host != nil {
		if err := d.setText(hosted, to); err != nil {
			return err
		}
	}
	if key == nil || host != nil && len(value.Content) == 0 {
		return nil
	}
	l, err := d.sequence(key, value)
	if err != nil {
		return err
	}
	if host != nil {
		l.empty()
		return nil
	}
	token, err := d.scalar(key)
	if err != nil {
		return err
	}
	d.replace(token.inner, hostname)
	l.become(spelled(to, l.quote))
	return nil
}

// listForName puts a list in the place of a hostname.
func (d *document) listForName(key, value *yaml.Node, to []netip.Addr) error {
	name, err := d.scalar(key)
	if err != nil {
		return err
	}
	old, err := d.scalar(value)
	if err != nil {
		return err
	}
	d.replace(name.inner, addresses)
	for i, piece := range old.pieces {
		if i == 0 {
			d.replace(piece, flow(to, old.quote))
		} else {
			d.remove(piece)
		}
	}
	return nil
}

// setText replaces the text of a scalar, quoted as it was where that serves.
func (d *document) setText(n *yaml.Node, to string) error {
	s, err := d.scalar(n)
	if err != nil {
		return err
	}
	if s.plain {
		to = spelled(to, "")
	}
	d.replace(s.inner, to)
	return nil
}

// balancer changes the address that is asked for the load balancer.
func (d *document) balancer(to netip.Addr) error {
	n := d.asked()
	if n == nil {
		return d.refuse(d.plane, "no loadBalancerIP is there that could change")
	}
	s, err := d.scalar(n)
	if err != nil {
		return err
	}
	old, _ := netip.ParseAddr(n.Value)
	d.replaceAddress(item{scalar: s, address: old}, to)
	return nil
}

// asked gives the address that is asked for the load balancer, nil where none is.
func (d *document) asked() *yaml.Node {
	_, service := d.field("service")
	return child(service, loadBalancerIP)
}

func (d *document) replaceAddress(it item, to netip.Addr) {
	text := to.String()
	if it.plain && !bare(to, it.address) {
		text = `"` + text + `"`
	}
	d.replace(it.inner, text)
}

// refuse says that the text leaves no place for a change.
func (d *document) refuse(n *yaml.Node, what string) error {
	return &diag.Problem{
		Pos:  diag.Position{File: d.file, Line: n.Line, Column: n.Column},
		Path: d.path,
		What: what,
		Fix:  "change the addresses there by hand, and run isthmus render",
	}
}

// flow spells a list of addresses as a flow list.
func flow(list []netip.Addr, quote string) string {
	text := "["
	for i, a := range list {
		if i > 0 {
			text += ", "
		}
		text += address(a, quote)
	}
	return text + "]"
}

// address spells an address: IPv6 always in quotes, because of its colons.
func address(a netip.Addr, quote string) string {
	if quote == "" && a.Is6() {
		quote = `"`
	}
	return quote + a.String() + quote
}

// bare says whether an address may stand without quotes in the place of another
// one that does. Of IPv6, what every reader of YAML takes for text: colons with
// digits alone are a number to base 60, and a colon at an end is none of the
// text's.
func bare(a, old netip.Addr) bool {
	if a.Is4() {
		return true
	}
	text := a.String()
	letter := text[0] >= 'a' && text[0] <= 'f'
	return old.Is6() && letter && text[len(text)-1] != ':'
}

// spelled gives a domain name with its quotes: none where it starts with a letter
// and has a dot, which no reader takes for anything but text.
func spelled(name, quote string) string {
	if quote == "" && !(strings.Contains(name, ".") && name[0] >= 'a' && name[0] <= 'z') {
		quote = `"`
	}
	return quote + name + quote
}
