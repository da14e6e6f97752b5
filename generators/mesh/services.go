package mesh

import (
	"fmt"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// serviceName is what Kubernetes asks of a Service's name (RFC 1035: a letter
// first), portName of a port's, targetName of a container's port.
func serviceName(s string) bool {
	return label.MatchString(s) && s[0] >= 'a'
}

func targetName(s string) bool {
	return len(s) <= 15 && label.MatchString(s) && strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyz") && !strings.Contains(s, "--")
}

// ofIstio are the Services of the control plane and the stubs that stand for
// them on remotes, of every release.
var ofIstio = []string{"istio-pilot", "istio-policy", "istio-telemetry", "istiod", "istiod-remote", "istiod-remotes", "istio-citadel", "istio-galley", "istio-sidecar-injector"}

// taken lists the names in Istio's namespace that Services of the mesh cannot
// have: those of its revisions and of its gateways too.
func (c *checker) taken() []string {
	s := &c.mesh.Spec
	all := slices.Clone(ofIstio)
	revisions := []string{s.Istio.Revision}
	if s.Istio.Canary != nil {
		revisions = append(revisions, s.Istio.Canary.Revision)
	}
	for _, r := range revisions {
		all = append(all, "istiod-"+r, "istiod-"+r+"-remotes")
	}
	for i := range s.Clusters {
		if cp := s.Clusters[i].ControlPlane; cp != nil && cp.Expose == ExposeDedicatedGateway && cp.Gateway.Namespace == s.Istio.Namespace {
			all = append(all, cp.Gateway.Name)
		}
	}
	return all
}

// checkServices checks each Service: that its copies are valid objects, that no
// other has its name, and warns of what a copy cannot keep.
func (c *checker) checkServices() {
	taken := c.taken()
	for i := range c.mesh.Services {
		s, at := &c.mesh.Services[i], c.places[i]
		c.checkIdentity(i, s, at, taken)
		c.checkFields(s, at)
		if len(s.Placement.Clients) > 0 {
			c.warnOfCopies(s, at)
		}
	}
}

// plainServices warns, once for a namespace, of Services whose pods get no
// sidecars while every proxy is told to speak mutual TLS to them: on 1.4 alone,
// since 1.5 proxies see which pods understand it.
func (c *checker) plainServices() {
	s := &c.mesh.Spec
	if s.Istio.Version.MinorVersion() != (Version{1, 4, -1}) || !s.Security.MutualTLS || len(s.Injection.Namespaces) == 0 {
		return
	}
	said := map[string]bool{}
	for i := range c.mesh.Services {
		service, at := &c.mesh.Services[i], c.places[i]
		ns := service.Namespace
		if service.Fields.Type == "ExternalName" || ns == "" || said[ns] || slices.Contains(s.Injection.Namespaces, ns) {
			continue
		}
		said[ns] = true
		c.reportIn(at.doc, rule.PlainService, at.meta+"name", fmt.Sprintf("proxies speak mutual TLS to Service %s/%s, and namespace %q gets no sidecars", ns, service.Name, ns), "every call to it would fail", "list the namespace under spec.injection.namespaces, or give the Service a DestinationRule with tls mode DISABLE and silence the rule")
	}
}

// where says where another field is: its position, or its path where lines say
// nothing to the reader.
func (c *checker) where(doc place, path string) string {
	if c.inlined {
		return path
	}
	return "at " + doc.doc.Pos(path).String()
}

func (c *checker) checkIdentity(i int, s *Service, at place, taken []string) {
	namespace := c.mesh.Spec.Istio.Namespace
	name, ns := at.meta+"name", at.meta+"namespace"
	wrong := func(r *rule.Rule, path, what, why, fix string) { c.reportIn(at.doc, r, path, what, why, fix) }
	switch {
	case s.Name == "":
	case !serviceName(s.Name):
		wrong(rule.ServiceName, name, fmt.Sprintf("%q is not the name of a Service", s.Name), "one has lower-case letters, digits and \"-\", at most 63, starts with a letter, and ends with a letter or digit", suggest(strings.TrimLeft(s.Name, "-_.0123456789")))
	case s.Namespace == "default" && s.Name == "kubernetes":
		wrong(rule.ServiceTaken, name, "every cluster has a Service kubernetes of its own", "a copy would take the place of the cluster's API server", "leave it out")
	case s.Namespace == namespace && slices.Contains(taken, s.Name):
		wrong(rule.ServiceTaken, name, fmt.Sprintf("%q is a Service of the control plane", s.Name), "on remotes its stub has that name", "leave it out; isthmus makes the stub")
	}
	switch {
	case s.Namespace == "" && at.doc != c.doc:
		wrong(rule.Required, ns, "is required", "neither the manifest nor the entry in mesh.yaml names one", "give the entry in mesh.yaml a namespace")
	case s.Namespace == "":
	case strings.HasPrefix(s.Namespace, "kube-"):
		wrong(rule.ServiceTaken, ns, fmt.Sprintf("%q belongs to each cluster's Kubernetes", s.Namespace), "a copy could take the place of the cluster's own Service", "leave it out")
	case !label.MatchString(s.Namespace):
		wrong(rule.Label, ns, fmt.Sprintf("%q is not a DNS label", s.Namespace), labelRule, suggest(s.Namespace))
	}
	if i > 0 && s.Name != "" && c.mesh.Services[i-1].Name == s.Name && c.mesh.Services[i-1].Namespace == s.Namespace {
		first := c.places[i-1]
		wrong(rule.ServiceTwice, name, fmt.Sprintf("a second Service is named %s/%s", s.Namespace, s.Name), "the first is "+c.where(first, first.meta+"name"), "remove one; several homes go into clusters of one entry")
	}
	for _, key := range sortedKeys(s.Labels) {
		if what, fix := badLabel(key, s.Labels[key]); what != "" {
			wrong(rule.Meta, at.meta+"labels", what, "", fix)
		}
	}
	for _, key := range sortedKeys(s.Annotations) {
		if !metaKey(strings.ToLower(key)) {
			wrong(rule.Meta, at.meta+"annotations", fmt.Sprintf("%q is not the key of an annotation", key), "", keyRule)
		}
	}
	for _, key := range sortedKeys(s.Fields.Selector) {
		if what, fix := badLabel(key, s.Fields.Selector[key]); what != "" {
			wrong(rule.Meta, at.spec+"selector", what, "no pod has it", fix)
		}
	}
}

func (c *checker) checkFields(s *Service, at place) {
	f := &s.Fields
	wrong := func(r *rule.Rule, path, what, why, fix string) {
		c.reportIn(at.doc, r, at.spec+path, what, why, fix)
	}
	oneOf := func(path, value string, choices ...string) {
		if value != "" && !slices.Contains(choices, value) {
			fix := ""
			if near := diag.Nearest(value, choices); near != "" {
				fix = fmt.Sprintf("did you mean %q?", near)
			}
			wrong(rule.Choice, path, fmt.Sprintf("%q is not one of %s", value, strings.Join(choices, ", ")), "", fix)
		}
	}
	c.checkKeys(at.doc, at.spec+"sessionAffinityConfig", map[string]any(f.SessionAffinityConfig))
	oneOf("type", f.Type, "ClusterIP", "NodePort", "LoadBalancer", "ExternalName")
	oneOf("sessionAffinity", f.SessionAffinity, "None", "ClientIP")
	oneOf("internalTrafficPolicy", f.InternalTrafficPolicy, "Cluster", "Local")
	if at.doc == c.doc && f.ClusterIP != "" && !f.Headless() {
		wrong(rule.HomeField, "clusterIP", fmt.Sprintf("%q belongs to the Service's home alone", f.ClusterIP), "", "remove it, or write None for a headless Service")
	}
	switch {
	case f.Type == "ExternalName" && f.ExternalName == "":
		wrong(rule.ExternalName, "externalName", "is required", "a Service of type ExternalName stands for a domain name", "write one, as in db.example.com")
	case f.Type == "ExternalName" && !subdomain.MatchString(strings.TrimSuffix(f.ExternalName, ".")):
		wrong(rule.ExternalName, "externalName", fmt.Sprintf("%q is not a domain name", f.ExternalName), "a Service of type ExternalName stands for one", "write it alone and in lower case, as in db.example.com")
	case f.Type != "ExternalName" && len(f.Ports) == 0 && !f.Headless():
		wrong(rule.Ports, "ports", "the Service has no port", "the API server refuses it", "give its ports")
	}
	if f.Type == "ExternalName" && f.Headless() {
		wrong(rule.ExternalName, "clusterIP", "a Service of type ExternalName has no clusterIP", "the API server refuses it", "remove clusterIP")
	}
	oneOf("trafficDistribution", f.TrafficDistribution, "PreferClose", "PreferSameZone", "PreferSameNode")
	if len(f.SessionAffinityConfig) > 0 && f.SessionAffinity != "ClientIP" {
		wrong(rule.Affinity, "sessionAffinityConfig", "there is no session affinity to configure", "the API server refuses it", "write sessionAffinity: ClientIP, or remove it")
	}
	c.checkAffinity(s, at)
	names := map[string]bool{}
	numbers := map[string]bool{}
	for i, p := range f.Ports {
		path := fmt.Sprintf("ports[%d]", i)
		oneOf(path+".protocol", p.Protocol, "TCP", "UDP", "SCTP")
		switch {
		case p.Name == "" && len(f.Ports) > 1:
			wrong(rule.Ports, path+".name", "the port has no name", "with several ports each needs one, by which Endpoints and Istio tell them apart", "name it after its protocol, as in http or grpc-web")
		case p.Name != "" && !label.MatchString(p.Name):
			wrong(rule.Ports, path+".name", fmt.Sprintf("%q is not the name of a port", p.Name), labelRule, suggest(p.Name))
		case names[p.Name]:
			wrong(rule.Ports, path+".name", fmt.Sprintf("a second port is named %q", p.Name), "", "give each port a name of its own")
		}
		names[p.Name] = true
		protocol := p.Protocol
		if protocol == "" {
			protocol = "TCP"
		}
		number := fmt.Sprintf("%s %d", protocol, p.Port)
		if numbers[number] && p.Port != 0 {
			wrong(rule.Ports, path+".port", fmt.Sprintf("%s is there twice", number), "", "remove one")
		}
		numbers[number] = true
		switch t := p.TargetPort; {
		case t.Name != "" && !targetName(t.Name):
			wrong(rule.Ports, path+".targetPort", fmt.Sprintf("%q is not the name of a container's port", t.Name), "one has at most 15 lower-case letters, digits and single \"-\", one letter among them", "write the name as the pod has it, or the port's number")
		case t.Number < 0 || t.Number > 65535:
			wrong(rule.Ports, path+".targetPort", fmt.Sprintf("%d is not a port", t.Number), "", "write a number from 1 to 65535")
		}
		if p.AppProtocol != "" && !metaKey(p.AppProtocol) {
			wrong(rule.Meta, path+".appProtocol", fmt.Sprintf("%q is not the name of a protocol", p.AppProtocol), "", "write it as http or kubernetes.io/h2c")
		}
	}
}

// checkAffinity checks sessionAffinityConfig: clientIP.timeoutSeconds, a day at
// most (core/v1, ClientIPConfig).
func (c *checker) checkAffinity(s *Service, at place) {
	wrong := func(path, what, fix string) {
		c.reportIn(at.doc, rule.Affinity, at.spec+path, what, "the API server refuses it", fix)
	}
	for _, key := range sortedKeys(s.Fields.SessionAffinityConfig) {
		if key != "clientIP" && key != "<<" { // of which checkKeys speaks
			wrong("sessionAffinityConfig."+key, fmt.Sprintf("unknown field %q", key), "write clientIP")
		}
	}
	clientIP, isMap := s.Fields.SessionAffinityConfig["clientIP"].(map[string]any)
	if given := s.Fields.SessionAffinityConfig["clientIP"]; given != nil && !isMap {
		wrong("sessionAffinityConfig.clientIP", "a map is needed here", "write {timeoutSeconds: 10800}")
	}
	for _, key := range sortedKeys(clientIP) {
		seconds, isNumber := clientIP[key].(int64)
		switch {
		case key != "timeoutSeconds":
			wrong("sessionAffinityConfig.clientIP."+key, fmt.Sprintf("unknown field %q", key), "write timeoutSeconds")
		case !isNumber || seconds < 1 || seconds > 86400:
			wrong("sessionAffinityConfig.clientIP.timeoutSeconds", fmt.Sprintf("%v is not a number of seconds from 1 to 86400", clientIP[key]), "write at most a day")
		}
	}
}

// warnOfCopies says what a copy does not keep.
func (c *checker) warnOfCopies(s *Service, at place) {
	warn := func(r *rule.Rule, path, what, why, fix string) {
		c.reportIn(at.doc, r, at.spec+path, what, why, fix)
	}
	switch s.Fields.Type {
	case "LoadBalancer", "NodePort":
		warn(rule.CopyType, "type", fmt.Sprintf("the copies of %s/%s are of type ClusterIP, not %s", s.Namespace, s.Name, s.Fields.Type), "each copy would open another way in from outside", "exclude the Service, or write clients: [] for it, if other clusters do not call it")
	}
	if s.Fields.InternalTrafficPolicy == "Local" {
		warn(rule.CopyLocal, "internalTrafficPolicy", fmt.Sprintf("the copies of %s/%s are without internalTrafficPolicy: Local", s.Namespace, s.Name), "no node of another cluster has an endpoint of it, and every call would be dropped", "")
	}
	if s.Fields.Headless() {
		warn(rule.CopyHeadless, "clusterIP", fmt.Sprintf("the copies of %s/%s are headless", s.Namespace, s.Name), "a cluster without its endpoints has no addresses to answer for the name, so a lookup there fails", "call it from its home, or give it an address")
	}
}
