// HelmReleases, which Flux installs in the order in which they depend on each
// other.
local object = import '../lib/object.libsonnet';

// istiod writes the CA into all webhooks, and lets the validating ones fail
// closed once it is ready; taking that back would stop injection. An injector has
// up to five webhooks, and JSON pointers have no wildcard.
local injectors = {
  paths: ['/webhooks/' + i + '/clientConfig/caBundle' for i in ['0', '1', '2', '3', '4']],
  target: { kind: 'MutatingWebhookConfiguration' },
};
local validators = {
  paths: ['/webhooks/0/clientConfig/caBundle', '/webhooks/0/failurePolicy'],
  target: { kind: 'ValidatingWebhookConfiguration' },
};
local ignored = { base: [validators], 'istio-csr': [], cni: [], istiod: [injectors, validators], gateway: [] };

{
  // new returns a repository and a release for each chart.
  new(profile, values)::
    local flux = profile.flux;
    local oci = std.startsWith(flux.charts, 'oci://');
    local names = flux.names;
    local signer = std.get(profile, 'certManager');
    local namespace(chart) =
      if chart == 'gateway' then profile.gateway.namespace
      else if chart == 'istio-csr' then signer.namespace
      else profile.namespace;
    local dependsOn = {
      base: [],
      'istio-csr': [],
      cni: ['base'],
      istiod: ['base'] + (if signer != null then ['istio-csr'] else []),
      gateway: ['istiod'],
    };
    local hub = 'kubeConfigSecret' in flux;
    {
      repository: {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'HelmRepository',
        metadata: object.metadata(names.repository, flux.namespace),
        spec: {
          interval: flux.interval,
          url: flux.charts,
          [if oci then 'type']: 'oci',
        },
      },
      [if signer != null then 'istio-csr-repository']: {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'HelmRepository',
        metadata: object.metadata(names['istio-csr-repository'], flux.namespace),
        spec: { interval: flux.interval, url: signer.charts },
      },
    } + {
      [chart]: {
        apiVersion: 'helm.toolkit.fluxcd.io/v2',
        kind: 'HelmRelease',
        metadata: object.metadata(names[chart], flux.namespace),
        spec: {
          interval: flux.interval,
          releaseName: profile.releases[chart],
          [if hub || namespace(chart) != flux.namespace then 'targetNamespace']: namespace(chart),
          [if hub then 'storageNamespace']: namespace(chart),
          [if hub then 'kubeConfig']: { secretRef: { name: flux.kubeConfigSecret } },
          chart: {
            spec: {
              chart: if chart == 'istio-csr' then signer.chart else chart,
              version: profile.versions[chart],
              interval: flux.interval,
              sourceRef: { kind: 'HelmRepository', name: if chart == 'istio-csr' then names['istio-csr-repository'] else names.repository },
            },
          },
          [if std.length(dependsOn[chart]) > 0 then 'dependsOn']: [{ name: names[on] } for on in dependsOn[chart]],
          // A remote's istiod is nobody to wait for, and the gateway's image is
          // put in by istiod's webhook: both come right by trying again.
          install: { crds: 'CreateReplace', remediation: { retries: -1 } },
          upgrade: { crds: 'CreateReplace', remediation: { retries: 3 } },
          driftDetection: {
            mode: 'enabled',
            [if std.length(ignored[chart]) > 0 then 'ignore']: ignored[chart],
          },
          [if values[chart] != {} then 'values']: values[chart],
        },
      }
      for chart in std.objectFields(values)
    },
}
