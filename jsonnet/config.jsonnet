// What needs the CRDs and the accounts of the control plane:
// { namespace, annotations, revision, clusterDomain, remote, hostname, tokens, gateway: { namespace, selector } }.
local istiod = import 'lib/istiod.libsonnet';
local object = import 'lib/object.libsonnet';
local reader = import 'lib/reader.libsonnet';

// exposure returns the Gateway that lets the remotes' TLS through to istiod,
// whose certificate they check (istio/istio 1.30.3,
// samples/multicluster/expose-istiod.yaml and expose-istiod-rev.yaml.tmpl).
local exposure(args) = {
  local suffix = if args.revision == '' then '' else '-' + args.revision,
  local host = istiod.host(args.revision, args.namespace, args.clusterDomain),
  // Revisions share the Gateway, and are told apart by the name that the proxies
  // ask for.
  local names = if args.revision == '' then ['*'] else
    [istiod.service(args.revision) + '.' + args.namespace + '.svc', host]
    + (if 'hostname' in args then [args.hostname] else []),
  local server(name, number) = { hosts: ['*'], port: { name: name, number: number, protocol: 'tls' }, tls: { mode: 'PASSTHROUGH' } },
  local route(from, to) = {
    match: [{ port: from, sniHosts: names }],
    route: [{ destination: { host: host, port: { number: to } } }],
  },

  gateway: {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: object.metadata('istiod-gateway', args.gateway.namespace, annotations=args.annotations),
    spec: {
      selector: args.gateway.selector,
      servers: [server('tls-istiod', 15012), server('tls-istiodwebhook', 15017)],
    },
  },
  'virtual-service': {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: object.metadata('istiod-vs' + suffix, args.gateway.namespace, annotations=args.annotations),
    spec: {
      gateways: ['istiod-gateway'],
      hosts: names,
      tls: [route(15012, 15012), route(15017, 443)],
    },
  },
};

function(args) {
  'peer-authentication': {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: object.metadata('default', args.namespace, annotations=args.annotations),
    spec: { mtls: { mode: 'STRICT' } },
  },
} + {
  // The token that the control plane reads this cluster with, made here because
  // the account is there by now: without it the token would be deleted at once.
  // istioctl makes the first under the same name; while one takes the place of
  // another there are two.
  [key]: {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: object.metadata(
      args.tokens[key],
      args.namespace,
      annotations=args.annotations { 'kubernetes.io/service-account.name': 'istio-reader-service-account' },
    ),
    type: 'kubernetes.io/service-account-token',
  }
  for key in std.objectFields(std.get(args, 'tokens', {}))
} + reader.new(args.namespace, args.annotations, args.remote) + (if 'gateway' in args then exposure(args) else {})
