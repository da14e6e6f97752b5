package mesh

import (
	"fmt"
	"maps"
	"strings"
	"unicode"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// decidedAlways are keys of values of any release that say what fields of mesh.yaml
// decide: what proxies and istiod are told by way of their environment and the
// mesh config, past the keys that are made for it. A key decides all below it.
var decidedAlways = map[string]string{
	"meshConfig.trustDomain":                                       "spec.trustDomain",
	"meshConfig.rootNamespace":                                     "spec.istio.namespace",
	"meshConfig.defaultConfig.meshId":                              "spec.meshID",
	"meshConfig.defaultConfig.discoveryAddress":                    "spec.clusters[].controlPlane",
	"meshConfig.defaultConfig.tracing.zipkin.address":              "spec.tracing.zipkin",
	"meshConfig.defaultConfig.proxyMetadata.CA_ADDR":               "spec.clusters[].controlPlane",
	"meshConfig.defaultConfig.proxyMetadata.TRUST_DOMAIN":          "spec.trustDomain",
	"meshConfig.defaultConfig.proxyMetadata.ISTIO_META_CLUSTER_ID": "spec.clusters[].name",
	"meshConfig.defaultConfig.proxyMetadata.ISTIO_META_MESH_ID":    "spec.meshID",
	"meshConfig.defaultConfig.proxyMetadata.ISTIO_META_NETWORK":    "spec.network",
	"pilot.env.CLUSTER_ID":                                         "spec.clusters[].name",
	"pilot.env.EXTERNAL_ISTIOD":                                    "spec.clusters[].controlPlane",
	"pilot.env.REVISION":                                           "spec.istio.revision",
	"pilot.env.TRUST_DOMAIN":                                       "spec.trustDomain",
}

// decidedOld are those that isthmus sets from fields of mesh.yaml on 1.4 and 1.5;
// a second source for one of them would be a mismatch waiting to happen.
var decidedOld = map[string]string{
	"global.meshID":                       "spec.meshID",
	"global.trustDomain":                  "spec.trustDomain",
	"global.network":                      "spec.network",
	"global.multiCluster.clusterName":     "spec.clusters[].name",
	"global.istioNamespace":               "spec.istio.namespace",
	"global.proxy.clusterDomain":          "spec.istio.clusterDomain",
	"global.mtls.enabled":                 "spec.security.mutualTLS",
	"global.controlPlaneSecurityEnabled":  "spec.security.controlPlaneSecurity",
	"global.remotePilotAddress":           "spec.clusters[].controlPlane.addresses",
	"global.remotePolicyAddress":          "spec.clusters[].controlPlane.policyAddresses",
	"global.remoteTelemetryAddress":       "spec.clusters[].controlPlane.telemetryAddresses",
	"global.remotePilotCreateSvcEndpoint": "spec.istio.stubs",
	"global.createRemoteSvcEndpoints":     "spec.istio.stubs",
	"global.tracer.zipkin.address":        "spec.tracing.zipkin",
	"global.istioRemote":                  "spec.clusters[].controlPlane",
	"security.selfSigned":                 "spec.security.certificates",
	"global.multiCluster.enabled":         "spec.network",
	"global.meshNetworks":                 "spec.network",
	"global.configNamespace":              "spec.istio.namespace",
	"global.istiod.enabled":               "spec.istio.stubs",
}

// decidedToday are those of 1.24 and later. What a mesh.yaml may leave to its
// values, as whether to trace, is decided only where it does not.
var decidedToday = map[string]string{
	"profile":                    "spec.clusters[].controlPlane",
	"revision":                   "spec.istio.revision",
	"revisionTags":               "spec.istio.revisionTags",
	"istiodRemote":               "spec.clusters[].name",
	"global.remotePilotAddress":  "spec.clusters[].controlPlane.addresses",
	"global.multiCluster":        "spec.clusters[].name",
	"global.network":             "spec.network",
	"global.meshID":              "spec.meshID",
	"global.istioNamespace":      "spec.istio.namespace",
	"global.externalIstiod":      "spec.clusters[].controlPlane",
	"global.configCluster":       "spec.clusters[].controlPlane",
	"global.caAddress":           "spec.clusters[].controlPlane",
	"global.proxy.clusterDomain": "spec.istio.clusterDomain",
	"global.hub":                 "spec.istio.hub",
	"global.tag":                 "spec.istio.tag",
	"defaultRevision":            "spec.istio.revision",
	"global.meshNetworks":        "spec.network",
	"meshConfig.defaultConfig.proxyMetadata.ISTIO_META_DNS_CAPTURE": "spec.dns.capture",
}

// Decided gives the keys of a chart's values that fields of mesh.yaml decide,
// with the field, in every spelling that istiod takes.
func (s *Spec) Decided() map[string]string {
	keys := s.decided()
	for key, field := range maps.Clone(keys) {
		for _, spelling := range spellings(key) {
			keys[spelling] = field
		}
	}
	return keys
}

// spellings gives the other ways to write a key of the mesh config. It is a
// protobuf message, and its fields are read from JSON by their names in the proto
// file too: trust_domain as well as trustDomain
// (https://protobuf.dev/programming-guides/json/). The proxies' metadata is a map.
func spellings(key string) []string {
	if !strings.HasPrefix(key, "meshConfig.") {
		return nil
	}
	all := []string{""}
	below := false
	for part := range strings.SplitSeq(key, ".") {
		names := []string{part}
		if snake := protoName(part); snake != part && !below {
			names = append(names, snake)
		}
		below = below || part == "proxyMetadata"
		var longer []string
		for _, before := range all {
			for _, name := range names {
				longer = append(longer, strings.TrimPrefix(before+"."+name, "."))
			}
		}
		all = longer
	}
	return all
}

// protoName gives the name of a field in the proto file by that in JSON.
func protoName(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func (s *Spec) decided() map[string]string {
	keys := maps.Clone(decidedAlways)
	if s.Old() {
		maps.Copy(keys, decidedOld)
		return keys
	}
	maps.Copy(keys, decidedToday)
	if s.Security.Certificates == CertManager {
		keys["global.caAddress"] = "spec.security.certificates"
		keys["pilot.env.ENABLE_CA_SERVER"] = "spec.security.certificates"
	}
	if s.Istio.CNI {
		keys["pilot.cni.enabled"] = "spec.istio.cni"
	}
	if s.Tracing.Zipkin != "" {
		keys["meshConfig.enableTracing"] = "spec.tracing.zipkin"
	}
	if s.Security.Reader.Permissions == LeastPrivilege {
		keys["global.enableReaderRBAC"] = "spec.security.reader.permissions"
	}
	return keys
}

// checkValues refuses values that set what isthmus decides.
func (c *checker) checkValues(at string, values map[string]any) {
	keys := c.mesh.Spec.Decided()
	var walk func(prefix string, m map[string]any)
	walk = func(prefix string, m map[string]any) {
		for _, key := range sortedKeys(m) {
			path := prefix + key
			if field, is := keys[path]; is {
				c.report(rule.DecidedValue, at+"."+path, fmt.Sprintf("%s is decided by %s", path, field), "two sources for one value drift apart", "remove it here, and set "+field)
				continue
			}
			switch below := m[key].(type) {
			case map[string]any:
				walk(path+".", below)
			default:
				for _, inner := range sortedKeys(keys) {
					if strings.HasPrefix(inner, path+".") {
						c.report(rule.DecidedValue, at+"."+path, fmt.Sprintf("%s would replace %s, which is decided by %s", path, inner, keys[inner]), "", "give a map with the keys that you mean")
						break
					}
				}
			}
		}
	}
	walk("", values)
	c.checkKeys(c.doc, at, values)
}
