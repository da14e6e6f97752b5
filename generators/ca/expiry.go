package ca

import (
	"crypto/x509"
	"fmt"
	"slices"
	"time"
)

// The windows before the end of a certificate: within the first, renewal is due;
// within the second, what is wrong must be mended before anything else.
const (
	DueWindow    = 90 * 24 * time.Hour
	UrgentWindow = 30 * 24 * time.Hour
)

// longest is how long an intermediate is good before nobody remembers how it was
// made.
const longest = 2 * 366 * 24 * time.Hour

// State says where a certificate stands in its life.
type State string

// The states, in the order of a life.
const (
	NotYet State = "not yet good"
	Good   State = "good"
	Due    State = "due"
	Urgent State = "urgent"
	Over   State = "over"
)

// StateOf gives the state of a certificate at a time.
func StateOf(cert *x509.Certificate, now time.Time) State {
	left := cert.NotAfter.Sub(now)
	switch {
	case now.Before(cert.NotBefore):
		return NotYet
	case left < 0:
		return Over
	case left <= UrgentWindow:
		return Urgent
	case left <= DueWindow:
		return Due
	}
	return Good
}

// Expiry finds certificates of a cluster that end soon, or are good for too
// long. Roots are left to RootExpiry: they are the same everywhere.
func (p *Public) Expiry(now time.Time) []Finding {
	var found []Finding
	for _, cert := range p.intermediates() {
		found = append(found, expiry(p.Cluster, cert, now, reissue(p.Cluster))...)
	}
	if life := p.Chain[0].NotAfter.Sub(p.Chain[0].NotBefore); life > longest {
		found = append(found, Finding{
			LongLived, p.Cluster,
			fmt.Sprintf("%s is good for %d years", subject(p.Chain[0]), int(life.Hours()/24/365)),
			"a key that is in a cluster for longer than two years is one that nobody has practised to replace", reissue(p.Cluster),
		})
	}
	return found
}

// RootExpiry finds roots of the mesh that end soon.
func RootExpiry(roots []*x509.Certificate, now time.Time) []Finding {
	var found []Finding
	for _, root := range roots {
		found = append(found, expiry("", root, now, "make the next one: isthmus ca rotate says how")...)
	}
	return found
}

func expiry(cluster string, cert *x509.Certificate, now time.Time, fix string) []Finding {
	ends := fmt.Sprintf("%s ends on %s", subject(cert), day(cert.NotAfter))
	left := int(cert.NotAfter.Sub(now).Hours() / 24)
	switch StateOf(cert, now) {
	case NotYet:
		return []Finding{{Ended, cluster, fmt.Sprintf("%s is good from %s on", subject(cert), cert.NotBefore.UTC().Format(time.RFC3339)), "until then no peer accepts what is under it", "see that the clock here is right, or wait"}}
	case Over:
		return []Finding{{Ended, cluster, fmt.Sprintf("%s ended on %s", subject(cert), day(cert.NotAfter)), "no peer accepts what is under it", fix}}
	case Urgent:
		return []Finding{{Ended, cluster, fmt.Sprintf("%s, in %s", ends, days(left)), "with it ends all that is under it", fix}}
	case Due:
		return []Finding{{Ending, cluster, fmt.Sprintf("%s, in %s", ends, days(left)), "", fix}}
	}
	return nil
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

// Ends gives the first moment at which a certificate of a cluster ends.
func (p *Public) Ends() time.Time {
	path, _ := p.path()
	return slices.MinFunc(path, func(a, b *x509.Certificate) int { return a.NotAfter.Compare(b.NotAfter) }).NotAfter
}
