// The stub of the control plane on a remote:
// { namespace, annotations, revision, slices: { <family>: [<address>] }, hostname }.
// The objects, names of ports included, are those of the istiod chart's remote
// profile (istio/istio 1.30.3, manifests/charts/istio-control/istio-discovery,
// remote-istiod-service.yaml and remote-istiod-endpointslices.yaml).
local istiod = import 'lib/istiod.libsonnet';
local object = import 'lib/object.libsonnet';

function(args)
  local name = istiod.service(args.revision);
  local families = std.objectFields(args.slices);
  local metadata(name, labels={}) = object.metadata(name, args.namespace, labels, args.annotations {
    // Without it the upgrade that takes a release from its own stub to this one
    // deletes this one.
    'helm.sh/resource-policy': 'keep',
  });
  {
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(name),
      // Not headless: an API server calls no webhook through a headless Service.
      spec: {
        ports: [
          { name: 'tcp-istiod', port: 15012, protocol: 'TCP' },
          { name: 'tcp-webhook', port: 443, protocol: 'TCP', targetPort: 15017 },
        ],
        [if 'hostname' in args then 'type']: 'ExternalName',
        [if 'hostname' in args then 'externalName']: args.hostname,
        [if std.length(families) == 2 then 'ipFamilyPolicy']: 'PreferDualStack',
        [if families == ['IPv6'] then 'ipFamilies']: families,
        [if families == ['IPv6'] then 'ipFamilyPolicy']: 'SingleStack',
      },
    },
  } + {
    [family]: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: metadata(
        name + (if family == 'IPv6' && std.length(families) == 2 then '-ipv6' else ''),
        {
          'endpointslice.kubernetes.io/managed-by': 'isthmus.dev',
          'kubernetes.io/service-name': name,
        },
      ),
      addressType: family,
      endpoints: [{ addresses: [address] } for address in args.slices[family]],
      ports: [
        { name: 'tcp-istiod', port: 15012, protocol: 'TCP' },
        { name: 'tcp-webhook', port: 15017, protocol: 'TCP' },
      ],
    }
    for family in families
  }
