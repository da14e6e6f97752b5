// Istio 1.24 to 1.30: the values of its charts, made here for every form of
// installation (istio/istio 1.30.3, manifests/charts).
local forms = {
  helm: import '../install/flux.libsonnet',
  values: import '../install/values.libsonnet',
  sail: import '../install/sail.libsonnet',
  istioctl: import '../install/istioctl.libsonnet',
};

local gateways = import '../install/gateway.libsonnet';

local global(profile) = {
  meshID: profile.meshID,
  multiCluster+: { clusterName: profile.clusterName },
  network: profile.network,
  [if profile.namespace != 'istio-system' then 'istioNamespace']: profile.namespace,
  [if 'clusterDomain' in profile then 'proxy']+: { clusterDomain: profile.clusterDomain },
  [if profile.hub != '' then 'hub']: profile.hub,
  [if profile.tag != '' then 'tag']: profile.tag,
  [if 'ownReader' in profile then 'enableReaderRBAC']: false,
};

// primary returns the values of a control plane. Without externalIstiod it
// never leads on a remote, whose webhook then gets no CA and whose namespaces
// get no istio-ca-root-cert.
local primary(profile) = {
  local decided = profile.primary,
  global+: global(profile) { externalIstiod: true },
  meshConfig+: {
    trustDomain: decided.trustDomain,
    [if decided.zipkin != '' then 'enableTracing']: true,
    [if decided.zipkin != '' || decided.dnsCapture then 'defaultConfig']+: {
      [if decided.zipkin != '' then 'tracing']+: { zipkin+: { address: decided.zipkin } },
      [if decided.dnsCapture then 'proxyMetadata']+: { ISTIO_META_DNS_CAPTURE: 'true' },
    },
  },
};

// csr returns the values of the chart of istio-csr (cert-manager/istio-csr,
// deploy/charts/istio-csr), in every cluster: a pod asks the one beside it, which
// takes no other cluster's name. The roots are pinned; istiod's certificate is an
// object of its own.
local csr(profile) = {
  local decided = profile.certManager,
  app: {
    certmanager: { namespace: profile.namespace, issuer: decided.issuer },
    controller: { leaderElectionNamespace: profile.namespace },
    istio: { namespace: profile.namespace },
    server: { clusterID: profile.clusterName },
    tls: {
      trustDomain: decided.trustDomain,
      certificateDNSNames: [decided.chart + '.' + decided.namespace + '.svc'],
      rootCAFile: '/var/run/secrets/istio-csr/ca.pem',
      istiodCertificateEnable: false,
    },
  },
  volumes: [{ name: 'root-ca', configMap: { name: 'istio-root-ca' } }],
  volumeMounts: [{ name: 'root-ca', mountPath: '/var/run/secrets/istio-csr', readOnly: true }],
};

// signedElsewhere returns the values of an istiod that does not sign. The chart's
// own volumes of the certificate and the roots are optional, and an istiod that
// starts without either serves nobody until it is restarted; these are not.
local signedElsewhere(decided) = {
  global+: { caAddress: '%s.%s.svc:443' % [decided.chart, decided.namespace] },
  pilot+: {
    env+: { ENABLE_CA_SERVER: 'false' },
    volumes+: [
      { name: 'needed-certificate', secret: { secretName: 'istiod-tls' } },
      { name: 'needed-roots', configMap: { name: 'istio-ca-root-cert' } },
    ],
    volumeMounts+: [
      { name: 'needed-certificate', mountPath: '/var/run/secrets/isthmus/certificate', readOnly: true },
      { name: 'needed-roots', mountPath: '/var/run/secrets/isthmus/roots', readOnly: true },
    ],
  },
};

// remote returns the values of a cluster whose control plane runs elsewhere:
// webhooks and accounts, no istiod.
local remote(profile) = {
  local decided = profile.remote,
  profile: 'remote',
  istiodRemote+: {
    [if 'injectionPath' in decided then 'injectionPath']: decided.injectionPath,
    [if 'injectionURL' in decided then 'injectionURL']: decided.injectionURL,
    [if 'injectionCABundle' in decided then 'injectionCABundle']: decided.injectionCABundle,
  },
  global+: global(profile) {
    [if 'address' in decided then 'remotePilotAddress']: decided.address,
  },
};

local istiod(profile) =
  profile.values
  + (if 'remote' in profile then remote(profile) else primary(profile))
  + (if 'certManager' in profile && !('remote' in profile) then signedElsewhere(profile.certManager) else {})
  + {
    [if profile.cni then 'pilot']+: { cni+: { enabled: true } },
    [if profile.revision != '' then 'revision']: profile.revision,
    [if std.length(profile.tags) > 0 then 'revisionTags']: profile.tags,
  };

local base(profile) = {
  [if 'remote' in profile then 'profile']: 'remote',
  [if profile.revision != '' then 'defaultRevision']: profile.revision,
  [if profile.namespace != 'istio-system' then 'global']: { istioNamespace: profile.namespace },
};

local cni(profile) = {
  [if profile.hub != '' || profile.tag != '' then 'global']: {
    [if profile.hub != '' then 'hub']: profile.hub,
    [if profile.tag != '' then 'tag']: profile.tag,
  },
};

local gateway(profile) = gateways.values(profile.gateway, profile.revision);

local charts = { base: base, 'istio-csr': csr, istiod: istiod, cni: cni, gateway: gateway };

{
  // profile returns what installs the profile's charts in the form that it
  // names.
  profile(profile)::
    local values = { [chart]: charts[chart](profile) for chart in profile.charts };
    forms[profile.form].new(profile, values)
    // Whatever installs Istio, Helm alone installs this.
    + { [if 'istio-csr' in values && profile.form != 'helm' then 'values-istio-csr']: values['istio-csr'] },
}
