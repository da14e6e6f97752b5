// The Application of a cluster: its overlay and, where Helm installs, the charts
// with the overlay's values. { name, cluster, namespace, project, repoURL,
// targetRevision, overlay, istioNamespace, charts, chartsURL }.
local object = import 'lib/object.libsonnet';

// istiod writes the CA into all webhooks, and lets the validating ones fail
// closed once it is ready.
local webhooks(kind, fields) = {
  group: 'admissionregistration.k8s.io',
  kind: kind,
  jqPathExpressions: ['.webhooks[]?.' + field for field in fields],
};

function(args) {
  application: {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    // No finalizer: when the Application goes, what it made stays.
    metadata: object.metadata(args.name, args.namespace),
    spec: {
      project: args.project,
      destination: { name: args.cluster, namespace: args.istioNamespace },
      sources: [
        {
          repoURL: args.repoURL,
          targetRevision: args.targetRevision,
          path: args.overlay,
          [if std.length(args.charts) > 0 then 'ref']: 'values',
        },
      ] + [
        {
          // Argo CD names an OCI registry without its scheme.
          repoURL: std.strReplace(std.get(chart, 'charts', args.chartsURL), 'oci://', ''),
          chart: chart.chart,
          targetRevision: chart.version,
          helm: {
            releaseName: chart.release,
            [if 'namespace' in chart then 'namespace']: chart.namespace,
            valueFiles: ['$values/' + chart.values],
          },
        }
        for chart in args.charts
      ],
      ignoreDifferences: [
        webhooks('MutatingWebhookConfiguration', ['clientConfig.caBundle']),
        webhooks('ValidatingWebhookConfiguration', ['clientConfig.caBundle', 'failurePolicy']),
      ],
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        // A first sync comes right by trying again: the gateway is injected by
        // an istiod that it waits for.
        retry: { limit: 10, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
        syncOptions: ['ServerSideApply=true', 'RespectIgnoreDifferences=true', 'CreateNamespace=false'],
      },
    },
  },
}
