package mesh

// unbuilt refuses what the schema describes and this version does not render
// yet: a field that is read and then ignored is an outage waiting for its
// reader.
func (c *checker) unbuilt() {
	s := &c.mesh.Spec
	refuse := func(is bool, path, what, fix string) {
		if is {
			c.wrong(path, what, "this version of isthmus would ignore it", fix)
		}
	}
	refuse(s.Security.Reader.Permissions == LeastPrivilege, "spec.security.reader.permissions", "leastPrivilege is not built", "remove it")
	refuse(s.Security.Certificates == CertManager, "spec.security.certificates", "certManager is not built", "write plugged")
	refuse(s.Security.AllowSampleCertificates, "spec.security.allowSampleCertificates", "certificates are not looked at", "remove it")
	refuse(c.doc.Has("spec.secrets"), "spec.secrets", "sealed Secrets are not built", "remove it")
	refuse(len(s.Silence) > 0, "spec.silence", "silencing a rule is not built", "remove it")
	for i := range s.Clusters {
		cl, at := &s.Clusters[i], cluster(i)
		refuse(cl.LocalInjector, at+".localInjector", "a local injector is not built", "remove it")
		cp := cl.ControlPlane
		if cp == nil || !cl.Dialect().Old() {
			continue
		}
		refuse(cp.Expose != ExposePod && cp.Expose != ExposeClusterIP, at+".controlPlane.expose", "on Istio 1.4 and 1.5 expose: "+string(cp.Expose)+" is not built", "write pod or clusterIP")
	}
}
