package mesh

import "fmt"

// unbuilt refuses what the schema describes and no dialect of this version
// renders yet: a field that is read and then ignored is an outage waiting for
// its reader.
func (c *checker) unbuilt() {
	s := &c.mesh.Spec
	refuse := func(is bool, path, what, fix string) {
		if is {
			c.wrong(path, what, "this version of isthmus would ignore it", fix)
		}
	}
	old := "remove it"
	// Where it was not written it follows from the version, of which release speaks.
	refuse(c.doc.Has("spec.istio.install") && s.Istio.Install != InstallIstioctl && s.Istio.Install != InstallOperator, "spec.istio.install", fmt.Sprintf("install: %s is for Istio 1.24 and later", s.Istio.Install), "write istioctl or operator")
	refuse(s.Istio.Revision != "", "spec.istio.revision", "revisions are for Istio 1.24 and later", old)
	refuse(len(s.Istio.RevisionTags) > 0, "spec.istio.revisionTags", "revision tags are for Istio 1.24 and later", old)
	refuse(s.Istio.CNI, "spec.istio.cni", "the CNI plugin is for Istio 1.24 and later", old)
	refuse(s.DNS.Capture, "spec.dns.capture", "DNS capture is for Istio 1.24 and later", old)
	refuse(s.Security.Reader.Permissions == LeastPrivilege, "spec.security.reader.permissions", "leastPrivilege is not built", old)
	refuse(s.Security.Certificates == CertManager, "spec.security.certificates", "certManager is not built", "write plugged")
	refuse(s.Delivery.Engine != EngineNone, "spec.delivery.engine", fmt.Sprintf("delivery by %s is not built", s.Delivery.Engine), "write none, and point your engine at overlays/<cluster>")
	refuse(c.doc.Has("spec.istio.charts"), "spec.istio.charts", "charts are for Istio 1.24 and later", old)
	refuse(s.Security.AllowSampleCertificates, "spec.security.allowSampleCertificates", "certificates are not looked at", old)
	for _, field := range []string{"path", "flux", "argocd"} {
		refuse(c.doc.Has("spec.delivery."+field), "spec.delivery."+field, "delivery is not built", old)
	}
	refuse(c.doc.Has("spec.secrets"), "spec.secrets", "sealed Secrets are not built", old)
	refuse(len(s.Silence) > 0, "spec.silence", "silencing a rule is not built", old)
	for i := range s.Clusters {
		cl := &s.Clusters[i]
		at := cluster(i)
		refuse(cl.LocalInjector, at+".localInjector", "a local injector is for Istio 1.27 and later", old)
		refuse(len(cl.Patches) > 0, at+".patches", "patches are not built", old)
		refuse(cl.Delivery.Engine != "" && cl.Delivery.Engine != EngineNone, at+".delivery.engine", fmt.Sprintf("delivery by %s is not built", cl.Delivery.Engine), old)
		if cp := cl.ControlPlane; cp != nil {
			refuse(cp.Expose != ExposePod && cp.Expose != ExposeClusterIP, at+".controlPlane.expose", fmt.Sprintf("expose: %s is not built", cp.Expose), "write pod or clusterIP")
			refuse(c.doc.Has(at+".controlPlane.service"), at+".controlPlane.service", "a load balancer in front of the control plane is not built", old)
			refuse(c.doc.Has(at+".controlPlane.gateway"), at+".controlPlane.gateway", "a gateway in front of the control plane is not built", old)
		}
	}
}
