// What takes connections to the control plane through an ingress gateway, byte
// for byte: 1.4 and 1.5. The objects say what those of the charts'
// meshExpansion say, under names of their own. args has { namespace,
// annotations, clusterDomain, selector, mixer }.
local object = import 'object.libsonnet';

local host(args, service) = service + '.' + args.namespace + '.svc.' + args.clusterDomain;
local made(args, kind, name, spec) = {
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: kind,
  metadata: object.metadata(name, args.namespace, annotations=args.annotations),
  spec: spec,
};
local gateway = 'control-plane-remotes';

{
  // server returns a port that the gateway listens at.
  server(name, number):: { port: { number: number, protocol: 'TCP', name: name }, hosts: ['*'] },

  // gateway returns the Gateway. Mixer's calls are told apart by the name that
  // their TLS asks for, so they need no route, but a gateway in the mode
  // sni-dnat, in which the charts start it (istio/istio 1.4.10,
  // install/kubernetes/helm/istio/charts/gateways/templates/preconfigured.yaml).
  gateway(args, servers):: {
    gateway: made(args, 'Gateway', gateway, {
      selector: args.selector,
      servers: servers + (
        if args.mixer then [{
          port: { number: 15004, protocol: 'TLS', name: 'tls-mixer' },
          tls: { mode: 'AUTO_PASSTHROUGH' },
          hosts: ['*'],
        }] else []
      ),
    }),
  },

  // route returns the VirtualService from a port of the gateway to a Service.
  route(args, key, service, port):: {
    ['virtual-service-' + key]: made(args, 'VirtualService', service + '-remotes', {
      hosts: [host(args, service)],
      gateways: [gateway],
      tcp: [{
        match: [{ port: port }],
        route: [{ destination: { host: host(args, service), port: { number: port } } }],
      }],
    }),
  },

  // plain returns the DestinationRule that keeps the gateway from adding TLS of
  // its own: the control plane ends that of the proxies.
  plain(args, key, service, port):: {
    ['destination-rule-' + key]: made(args, 'DestinationRule', service + '-remotes', {
      host: host(args, service),
      trafficPolicy: { portLevelSettings: [{ port: { number: port }, tls: { mode: 'DISABLE' } }] },
    }),
  },
}
