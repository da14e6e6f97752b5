// The account through which the control plane reads a cluster, without the
// Secrets that the chart's own role lets it read (istio/istio 1.30.3,
// manifests/charts/istio-control/istio-discovery/templates/reader-clusterrole.yaml).
local object = import 'object.libsonnet';

local account = 'istio-reader-service-account';
local rule(group, resources, verbs=['get', 'list', 'watch']) = { apiGroups: if std.isArray(group) then group else [group], resources: resources, verbs: verbs };

// Left out of the chart's: secrets; subjectaccessreviews, which ask whether a
// gateway may read one; and writing serviceexports.
local read = [
  rule(['config.istio.io', 'security.istio.io', 'networking.istio.io', 'authentication.istio.io', 'rbac.istio.io', 'telemetry.istio.io', 'extensions.istio.io'], ['*']),
  rule('', ['endpoints', 'pods', 'services', 'nodes', 'replicationcontrollers', 'namespaces', 'configmaps']),
  rule(['networking.x-k8s.io', 'gateway.networking.k8s.io'], ['gateways']),
  rule('apiextensions.k8s.io', ['customresourcedefinitions']),
  rule('discovery.k8s.io', ['endpointslices']),
  rule('multicluster.x-k8s.io', ['serviceexports', 'serviceimports']),
  rule('apps', ['replicasets']),
  // The control plane asks the cluster whose token a proxy brought.
  rule('authentication.k8s.io', ['tokenreviews'], ['create']),
];

// In a remote the control plane keeps istio-ca-root-cert in every namespace, and
// the CA in the webhooks.
local write = [
  rule('', ['configmaps'], ['create', 'update']),
  rule('admissionregistration.k8s.io', ['mutatingwebhookconfigurations'], ['get', 'list', 'watch', 'update', 'patch']),
  rule('admissionregistration.k8s.io', ['validatingwebhookconfigurations'], ['get', 'list', 'watch', 'update']),
];

{
  // new returns the account, its role and the binding. Its role has a name that
  // no release of the chart gives, whose Helm would delete it.
  new(namespace, annotations, remote):: {
    local name = 'isthmus-reader-' + namespace,

    'reader-account': {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: object.metadata(account, namespace, annotations=annotations),
    },
    'reader-role': {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: object.metadata(name, annotations=annotations),
      rules: read + (if remote then write else []),
    },
    'reader-binding': {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: object.metadata(name, annotations=annotations),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: name },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: namespace }],
    },
  },
}
