// Istio 1.5.1 to 1.5.10: IstioOperator, and istiod-remote as the stub.
local mixer = import '../lib/mixer.libsonnet';
local object = import '../lib/object.libsonnet';
local values = import '../lib/oldvalues.libsonnet';
local passage = import '../lib/passage.libsonnet';

// balanced returns the settings of a Service that a load balancer is put before;
// its ports stay (istio/istio 1.5.10, operator/data/translateConfig/
// translateConfig-1.5.yaml: of pilot it is the Service istiod).
local balanced(balancer) = {
  service: balancer.spec,
  [if std.length(balancer.annotations) > 0 then 'serviceAnnotations']: balancer.annotations,
};

// gateways returns the ingress gateways: the profile's own, or one more beside
// it, which is named too because the list may be taken whole.
local gateways(profile) =
  if 'ingressGateway' in profile then [{ name: 'istio-ingressgateway', enabled: profile.ingressGateway }]
  else if 'gateway' in profile then [
    { name: 'istio-ingressgateway', enabled: true },
    {
      name: profile.gateway.name,
      namespace: profile.gateway.namespace,
      enabled: true,
      label: profile.gateway.labels,
      k8s: balanced(profile.gateway.balancer { spec+: { ports: profile.gateway.ports } }),
    },
  ] else [];

local components(profile) = {
  [if std.length(gateways(profile)) > 0 then 'ingressGateways']: gateways(profile),
} + {
  [name]: { k8s: balanced(profile.balancers[name]) }
  for name in std.objectFields(std.get(profile, 'balancers', {}))
};

{
  // profile returns { profile }: the IstioOperator that istioctl 1.5 and its operator take
  // (istio/istio 1.5.10, operator/pkg/apis/istio/v1alpha1).
  profile(profile):: {
    profile: {
      local remote = std.get(profile, 'remote', {}),

      apiVersion: 'install.istio.io/v1alpha1',
      kind: 'IstioOperator',
      metadata: object.metadata(profile.name, profile.namespace, annotations=profile.annotations),
      spec: {
        profile: profile.profile,
        [if 'hub' in profile then 'hub']: profile.hub,
        [if 'tag' in profile then 'tag']: profile.tag,
        [if components(profile) != {} then 'components']: components(profile),
        [if 'discoveryAddress' in remote then 'meshConfig']: {
          defaultConfig: { discoveryAddress: remote.discoveryAddress },
        },
        values: values.new(profile) {
          // Here meshConfig.rootNamespace does not move objects, this does.
          global+: { istioNamespace: profile.namespace },
        },
      },
    },
  },

  // exposure returns what lets the remotes in through a gateway (istio/istio
  // 1.5.10, manifests/gateways/istio-ingress/templates/meshexpansion.yaml).
  exposure(args)::
    passage.gateway(args, [passage.server('tcp-istiod', 15012)])
    + passage.route(args, 'istiod', 'istiod', 15012)
    + passage.plain(args, 'istiod', 'istiod', 15012),

  // stubs has the ports by Service (istio/istio 1.5.10,
  // manifests/base/templates/services.yaml and endpoints.yaml).
  stubs:: mixer {
    'istiod-remote': [{ name: 'tcp-istiod', port: 15012 }],
  },
}
