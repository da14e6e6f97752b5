package review

import (
	"path"
	"slices"
	"strings"
)

// templates are the values of each chart that its pod templates are made of, as
// the charts of Istio 1.30 read them: a change of any other restarts nothing.
// Those of istiod stand under pilot or at the top, those of cni under cni or there.
// What cni reads of its ConfigMap restarts nothing. The base chart runs no pod.
var templates = map[string][]string{
	"istiod": {
		"hub", "tag", "variant", "image", "revision", "env", "envVarFrom", "resources", "podLabels", "podAnnotations",
		"nodeSelector", "affinity", "tolerations", "topologySpreadConstraints", "securityContext", "seccompProfile", "volumes", "volumeMounts",
		"cni", "traceSampling", "keepaliveMaxServerConnectionAge", "jwksResolverExtraRootCA", "extraContainerArgs", "initContainers",
		"global.hub", "global.tag", "global.variant", "global.logging.level", "global.logAsJson", "global.priorityClassName",
		"global.imagePullPolicy", "global.imagePullSecrets", "global.proxy.clusterDomain", "global.multiCluster.clusterName",
		"global.externalIstiod", "global.platform", "global.caAddress", "global.istiod.enableAnalysis", "global.pilotCertProvider",
		"meshConfig.enablePrometheusMerge",
	},
	"gateway": {
		"env", "labels", "podAnnotations", "resources", "securityContext", "containerSecurityContext", "volumes", "volumeMounts",
		"imagePullPolicy", "imagePullSecrets", "networkGateway", "nodeSelector", "affinity", "tolerations", "topologySpreadConstraints",
		"priorityClassName", "readinessProbe", "terminationGracePeriodSeconds", "name", "revision",
	},
	"cni": {
		"hub", "tag", "variant", "image", "pullPolicy", "env", "resources", "podLabels", "podAnnotations", "affinity", "tolerations",
		"cniBinDir", "cniConfDir", "cniNetnsDir", "logging.level", "seccompProfile", "seLinuxOptions", "useAppArmorAnnotation",
		"terminationGracePeriodSeconds", "ambient.enabled", "ambient.shareHostNetworkNamespace", "repair.repairPods",
		"global.hub", "global.tag", "global.variant", "global.imagePullPolicy", "global.logging.level", "global.logAsJson", "global.defaultResources",
	},
}

// workload stands for an object that is a pod template itself.
const workload = "workload"

// chartOf names what an object runs: a chart of templates, or its own pods; ""
// where it runs nothing.
func chartOf(o Object, value map[string]any) string {
	switch o.Kind {
	case "Deployment", "DaemonSet", "StatefulSet":
		return workload
	case "IstioOperator", "IstioControlPlane", "Istio":
		return "istiod"
	case "IstioCNI":
		return "cni"
	case "HelmRelease":
		spec, _ := value["spec"].(map[string]any)
		chart, _ := spec["chart"].(map[string]any)
		of, _ := chart["spec"].(map[string]any)
		name, _ := of["chart"].(string)
		return name
	}
	name, isValues := strings.CutPrefix(path.Base(o.File), "values-")
	switch {
	case o.Name != "" || !isValues:
		return ""
	case strings.Contains(name, "gateway"):
		return "gateway"
	case strings.HasPrefix(name, "istiod"):
		return "istiod"
	case strings.HasPrefix(name, "cni"):
		return "cni"
	}
	return ""
}

// remote says whether an object installs a remote, where no istiod runs.
func remote(value map[string]any) bool {
	spec, _ := value["spec"].(map[string]any)
	values, _ := spec["values"].(map[string]any)
	for _, in := range []map[string]any{value, spec, values} {
		if in["profile"] == "remote" {
			return true
		}
	}
	return false
}

// restarts says whether a field of an object that runs a chart is in its pod
// templates, or is the release of the chart.
func restarts(chart string, o Object, f Field) bool {
	at := f.Path
	switch {
	case chart == workload:
		return under(at, "spec.template")
	case o.Kind == "HelmRelease" && at == "spec.chart.spec.version":
		return templates[chart] != nil
	case o.Kind == "HelmRelease" || o.Kind == "Istio" || o.Kind == "IstioCNI" || o.Kind == "IstioOperator" || o.Kind == "IstioControlPlane":
		if at == "spec.version" || at == "spec.hub" || at == "spec.tag" {
			return true
		}
		var held bool
		if at, held = strings.CutPrefix(at, "spec.values."); !held {
			return false
		}
	}
	switch chart {
	case "istiod":
		at = strings.TrimPrefix(at, "pilot.")
	case "cni":
		at = strings.TrimPrefix(at, "cni.")
	}
	return slices.ContainsFunc(templates[chart], func(prefix string) bool { return under(at, prefix) })
}

// under says whether a path is a field, or lies below it.
func under(path, field string) bool {
	rest, found := strings.CutPrefix(path, field)
	return found && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
