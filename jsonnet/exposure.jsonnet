// The Service through which remotes reach istiod:
// { namespace, annotations, revision, clusterIPs | loadBalancer }. The stock one
// lacks 15017, at which API servers call the injector, and opens 15010, which
// is plain text.
local istiod = import 'lib/istiod.libsonnet';
local object = import 'lib/object.libsonnet';

function(args) {
  local balancer = std.get(args, 'loadBalancer', { annotations: {} }),
  service: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: object.metadata(istiod.service(args.revision) + '-remotes', args.namespace, annotations=args.annotations + balancer.annotations),
    spec: {
      type: if 'loadBalancer' in args then 'LoadBalancer' else 'ClusterIP',
      ports: [
        { name: 'tls-istiod', port: 15012, protocol: 'TCP', targetPort: 15012 },
        { name: 'tls-webhook', port: 15017, protocol: 'TCP', targetPort: 15017 },
      ],
      selector: istiod.selector(args.revision),
    } + (
      if 'clusterIPs' in args then {
        clusterIP: args.clusterIPs[0],
        [if std.length(args.clusterIPs) > 1 then 'clusterIPs']: args.clusterIPs,
        [if std.length(args.clusterIPs) > 1 then 'ipFamilyPolicy']: 'RequireDualStack',
      } else { [key]: balancer[key] for key in std.objectFields(balancer) if key != 'annotations' }
    ),
  },
}
