// What is there before istio-csr and istiod start: { roots, csrNamespace,
// namespace, trustDomain, issuer, annotations, commonName, dnsNames }.
local object = import 'lib/object.libsonnet';

function(args) {
  // Without them istio-csr would trust what its issuer answers first.
  roots: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: object.metadata('istio-root-ca', args.csrNamespace, annotations=args.annotations),
    data: { 'ca.pem': args.roots },
  },

  // The chart of istio-csr makes one of the same content, but for the names of
  // other revisions, and for an hour: an istiod whose certificate has ended is of
  // no use to anybody, so this one leaves a day to mend what renews it.
  [if 'dnsNames' in args then 'certificate']: {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: object.metadata('istiod', args.namespace, annotations=args.annotations),
    spec: {
      secretName: 'istiod-tls',  // the name that istiod mounts
      [if 'commonName' in args then 'commonName']: args.commonName,
      dnsNames: args.dnsNames,
      uris: ['spiffe://%s/ns/%s/sa/istiod-service-account' % [args.trustDomain, args.namespace]],
      duration: '48h0m0s',
      renewBefore: '24h0m0s',
      privateKey: { algorithm: 'RSA', size: 2048, rotationPolicy: 'Always' },
      revisionHistoryLimit: 1,
      issuerRef: args.issuer,
    },
  },
}
