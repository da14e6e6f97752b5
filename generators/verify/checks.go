package verify

import (
	"fmt"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// A name is one that a certificate has to hold.
type name struct {
	Check   string
	Skip    string // why it is not looked for
	From    *cluster
	Connect string // host:port
	Server  string // the name that is asked for
	Name    string // as openssl prints it
}

// names lists the names that a remote's sidecars and API server ask the stub
// for: a SPIFFE ID on 1.4 (istio/istio 1.4.10, pilot/cmd/pilot-agent/main.go),
// DNS names since (1.5.10, pilot/pkg/bootstrap/certcontroller.go).
func (p *page) names(s *mesh.Spec, from *cluster) {
	add := func(host string, port int, name string) {
		p.Names = append(p.Names, pageName(from, host, port, name))
	}
	switch from.mesh.Dialect() {
	case mesh.Dialect14:
		host := "istio-pilot." + p.Namespace
		n := pageName(from, host, 15011, "URI:spiffe://"+s.TrustDomain+"/ns/"+p.Namespace+"/sa/istio-pilot-service-account")
		if !s.Security.ControlPlaneSecurity {
			n.Skip = "control plane security is off"
		}
		p.Names = append(p.Names, n)
	case mesh.Dialect150:
		host := "istio-pilot." + p.Namespace + ".svc"
		add(host, 15012, "DNS:"+host)
	case mesh.Dialect15:
		host := "istiod-remote." + p.Namespace + ".svc"
		add(host, 15012, "DNS:"+host)
	default:
		hostname := s.Primary(from.mesh).ControlPlane.Hostname
		for _, r := range p.Revisions {
			host := suffixed("istiod", r.Name) + "." + p.Namespace + ".svc"
			add(host, 15012, "DNS:"+host)
			if hostname == "" {
				add(host, 443, "DNS:"+host)
			}
		}
		if hostname != "" {
			add(hostname, 15017, "DNS:"+hostname) // where the API server calls the injector
		}
	}
}

func pageName(from *cluster, host string, port int, san string) name {
	return name{
		Check: fmt.Sprintf("%s: the certificate at %s:%d", from.Name, host, port),
		From:  from, Connect: fmt.Sprintf("%s:%d", host, port), Server: host, Name: san,
	}
}

// A call is one of a Service that runs elsewhere.
type call struct {
	Check string
	Skip  string
	From  *cluster
	Args  []string // curl's
}

// calls lists the calls of a Service: from each cluster that has a copy, or that
// resolves the name without one, to its first port.
func (p *page) calls(s *mesh.Spec, service *mesh.Service, byName map[string]*cluster) {
	from := service.Placement.Clients
	if len(from) == 0 && s.DNS.Capture {
		for _, c := range p.Clusters {
			if !contains(service.Placement.Homes, c.Name) {
				from = append(from, c.Name)
			}
		}
	}
	args, not := request(s, service)
	for _, client := range from {
		c := call{
			Check: fmt.Sprintf("%s to %s: %s/%s", client, strings.Join(service.Placement.Homes, ", "), service.Namespace, service.Name),
			From:  byName[client], Args: args, Skip: not,
		}
		if c.Skip == "" && c.From.Injected == "" {
			c.Skip = c.From.NotInjected
		}
		p.Calls = append(p.Calls, c)
	}
}

func contains(list []string, item string) bool {
	for _, one := range list {
		if one == item {
			return true
		}
	}
	return false
}

// request gives the arguments with which curl calls a Service, or says why it
// cannot. A sidecar accepts every TCP connection itself, so that only an answer
// of the application says anything.
func request(s *mesh.Spec, service *mesh.Service) (args []string, not string) {
	f := &service.Fields
	switch {
	case f.Type == "ExternalName":
		return nil, "stands for a name outside the mesh"
	case len(f.Ports) == 0:
		return nil, "has no port"
	}
	port := f.Ports[0]
	url := fmt.Sprintf("://%s.%s.svc.%s:%d/", service.Name, service.Namespace, s.Istio.ClusterDomain, port.Port)
	switch protocol := protocolOf(port); protocol {
	case "", "http":
		return []string{"http" + url}, ""
	case "http2", "grpc", "grpc-web", "h2c":
		return []string{"--http2-prior-knowledge", "http" + url}, ""
	case "https":
		return []string{"https" + url}, ""
	default:
		return nil, "port " + fmt.Sprint(port.Port) + " speaks " + protocol + ": call it with a client of its own"
	}
}

// protocolOf gives the protocol of a port as Istio chooses it: by appProtocol,
// else by what the name starts with; "" where Istio looks at the traffic.
func protocolOf(p mesh.Port) string {
	if p.Protocol != "" && p.Protocol != "TCP" {
		return strings.ToLower(p.Protocol)
	}
	protocol := p.AppProtocol
	if protocol == "" {
		protocol, _, _ = strings.Cut(p.Name, "-")
		if strings.HasPrefix(p.Name, "grpc-web") {
			protocol = "grpc-web"
		}
	}
	protocol = strings.TrimPrefix(strings.ToLower(protocol), "kubernetes.io/")
	switch protocol {
	case "http", "http2", "grpc", "grpc-web", "h2c", "https", "tcp", "tls", "mongo", "mysql", "redis", "udp":
		return protocol
	default:
		return ""
	}
}
