package mesh_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// nested gives a value as YAML below a path of keys.
func nested(path, value string) string {
	keys := strings.Split(path, ".")
	slices.Reverse(keys)
	for _, key := range keys {
		value = "{" + key + ": " + value + "}"
	}
	return value
}

// always are the keys of values that no release may set, and the fields that decide
// them.
var always = []struct{ key, field string }{
	{"meshConfig.trustDomain", "spec.trustDomain"},
	{"meshConfig.rootNamespace", "spec.istio.namespace"},
	{"meshConfig.defaultConfig.meshId", "spec.meshID"},
	{"meshConfig.defaultConfig.discoveryAddress", "spec.clusters[].controlPlane"},
	{"meshConfig.defaultConfig.tracing.zipkin.address", "spec.tracing.zipkin"},
	{"meshConfig.defaultConfig.proxyMetadata.CA_ADDR", "spec.clusters[].controlPlane"},
	{"meshConfig.defaultConfig.proxyMetadata.TRUST_DOMAIN", "spec.trustDomain"},
	{"meshConfig.defaultConfig.proxyMetadata.ISTIO_META_CLUSTER_ID", "spec.clusters[].name"},
	{"meshConfig.defaultConfig.proxyMetadata.ISTIO_META_MESH_ID", "spec.meshID"},
	{"meshConfig.defaultConfig.proxyMetadata.ISTIO_META_NETWORK", "spec.network"},
	{"meshConfig.trust_domain", "spec.trustDomain"},
	{"meshConfig.default_config.mesh_id", "spec.meshID"},
	{"meshConfig.default_config.meshId", "spec.meshID"},
	{"meshConfig.defaultConfig.proxy_metadata.ISTIO_META_NETWORK", "spec.network"},
	{"pilot.env.CLUSTER_ID", "spec.clusters[].name"},
	{"pilot.env.EXTERNAL_ISTIOD", "spec.clusters[].controlPlane"},
	{"pilot.env.REVISION", "spec.istio.revision"},
	{"pilot.env.TRUST_DOMAIN", "spec.trustDomain"},
}

// decided are those that isthmus sets from 1.24 on besides.
var decided = []struct{ key, field string }{
	{"profile", "spec.clusters[].controlPlane"},
	{"revision", "spec.istio.revision"},
	{"revisionTags", "spec.istio.revisionTags"},
	{"defaultRevision", "spec.istio.revision"},
	{"istiodRemote", "spec.clusters[].name"},
	{"global.remotePilotAddress", "spec.clusters[].controlPlane.addresses"},
	{"global.multiCluster", "spec.clusters[].name"},
	{"global.network", "spec.network"},
	{"global.meshID", "spec.meshID"},
	{"global.istioNamespace", "spec.istio.namespace"},
	{"global.externalIstiod", "spec.clusters[].controlPlane"},
	{"global.configCluster", "spec.clusters[].controlPlane"},
	{"global.caAddress", "spec.clusters[].controlPlane"},
	{"global.proxy.clusterDomain", "spec.istio.clusterDomain"},
	{"global.hub", "spec.istio.hub"},
	{"global.tag", "spec.istio.tag"},
	{"global.meshNetworks", "spec.network"},
	{"meshConfig.defaultConfig.proxyMetadata.ISTIO_META_DNS_CAPTURE", "spec.dns.capture"},
}

// Each decided key is refused by name, in the values of the mesh and in those
// of a cluster, whatever its value is.
func TestDecidedToday(t *testing.T) {
	for _, d := range slices.Concat(always, decided) {
		t.Run(d.key, func(t *testing.T) {
			for _, value := range []string{"a", "{}", "null"} {
				_, problems := load(edited(t, today, "    version:", "    values: "+nested(d.key, value)+"\n    version:"), nil)
				column := 13 + strings.Index(nested(d.key, value), d.key[strings.LastIndex(d.key, ".")+1:]+": ") + len(d.key[strings.LastIndex(d.key, ".")+1:]) + 2
				want := fmt.Sprintf("isthmus: error: mesh/mesh.yaml:7:%d: spec.istio.values.%s: %s is decided by %s; two sources for one value drift apart (IST219)\nisthmus: fix: remove it here, and set %s\n", column, d.key, d.key, d.field, d.field) + method(15)
				if diff := cmp.Diff(want, problems.Text()); diff != "" {
					t.Errorf("in the mesh's values, %s (-want +got):\n%s", value, diff)
				}
			}
			_, problems := load(edited(t, today, "      serviceCIDRs: [10.120.0.0/16]\n", "      serviceCIDRs: [10.120.0.0/16]\n      values: "+nested(d.key, "1")+"\n"), nil)
			if errs := problems.Errors(); len(errs) != 1 || errs[0].Path != "spec.clusters[1].values."+d.key {
				t.Errorf("in a cluster's values:\n%s", problems.Text())
			}
		})
	}
}

// What no release may set is refused on 1.4 and 1.5 too.
func TestDecidedOld(t *testing.T) {
	for _, d := range always {
		_, problems := load(edited(t, base, "      serviceCIDRs: [10.120.0.0/16]\n", "      serviceCIDRs: [10.120.0.0/16]\n      values: "+nested(d.key, "1")+"\n"), nil)
		if errs := problems.Errors(); len(errs) != 1 || errs[0].Path != "spec.clusters[1].values."+d.key || !strings.HasSuffix(errs[0].What, "is decided by "+d.field) {
			t.Errorf("%s:\n%s", d.key, problems.Text())
		}
	}
}

// Keys beside the decided ones are the user's, and a value above one is no map.
func TestValuesToday(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "beside them",
			mesh: today,
			edit: []string{"    version:", `    values:
      global: {logging: {level: debug}, proxy: {resources: {}}, multiCluster2: a}
      meshConfig: {accessLogFile: /dev/stdout, enableTracing: true, defaultConfig: {proxyMetadata: {A: b}, tracing: {sampling: 1}}}
      pilot: {cni: {enabled: true}, env: {ISTIOD_CUSTOM_HOST: a.example}}
    version:`},
			want: method(18),
		},
		{
			name: "above them",
			mesh: today,
			edit: []string{"    version:", "    values: {global: a, meshConfig: {defaultConfig: null}}\n    version:"},
			want: `isthmus: error: mesh/mesh.yaml:7:22: spec.istio.values.global: global would replace global.caAddress, which is decided by spec.clusters[].controlPlane (IST219)
isthmus: fix: give a map with the keys that you mean
isthmus: error: mesh/mesh.yaml:7:53: spec.istio.values.meshConfig.defaultConfig: meshConfig.defaultConfig would replace meshConfig.defaultConfig.discoveryAddress, which is decided by spec.clusters[].controlPlane (IST219)
isthmus: fix: give a map with the keys that you mean
` + method(15),
		},
		{
			name: "the CNI plugin, where the mesh asks for it",
			mesh: today,
			edit: []string{"    version:", "    cni: true\n    values: {pilot: {cni: {enabled: false}}}\n    version:"},
			want: `isthmus: error: mesh/mesh.yaml:8:37: spec.istio.values.pilot.cni.enabled: pilot.cni.enabled is decided by spec.istio.cni; two sources for one value drift apart (IST219)
isthmus: fix: remove it here, and set spec.istio.cni
` + method(16),
		},
		{
			name: "tracing, where the mesh says where spans go",
			mesh: today,
			edit: []string{"    version:", "    values: {meshConfig: {enableTracing: false}}\n    version:", "  clusters:\n", "  tracing: {zipkin: \"10.9.9.9:9411\"}\n  clusters:\n"},
			want: `isthmus: error: mesh/mesh.yaml:7:42: spec.istio.values.meshConfig.enableTracing: meshConfig.enableTracing is decided by spec.tracing.zipkin; two sources for one value drift apart (IST219)
isthmus: fix: remove it here, and set spec.tracing.zipkin
` + method(16),
		},
		{
			name: "a merge key",
			mesh: today,
			edit: []string{"    version:", "    values: {a: {\"<<\": {}}}\n    version:"},
			want: `isthmus: error: mesh/mesh.yaml:7:24: spec.istio.values.a.<<: "<<" cannot be a key; readers of YAML take it for a merge, in quotes too (IST004)
isthmus: fix: write the merged fields out here
` + method(15),
		},
	})
}
