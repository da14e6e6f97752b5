// Istio 1.4.0 to 1.4.10: IstioControlPlane, and istio-pilot as the stub.
local mixer = import '../lib/mixer.libsonnet';
local object = import '../lib/object.libsonnet';
local values = import '../lib/oldvalues.libsonnet';
local passage = import '../lib/passage.libsonnet';

// balanced returns the component whose Service a load balancer is put before.
// k8s.service is read by nothing in 1.4 (istio/operator release-1.4,
// data/translateConfig/translateConfig-1.4.yaml), so overlays say it; a path may
// name a leaf that is not there yet.
local balanced(service, balancer) = {
  k8s: {
    overlays: [{
      kind: 'Service',
      name: service,
      patches: [
        { path: 'spec.' + key, value: balancer.spec[key] }
        for key in std.reverse(std.objectFields(balancer.spec))
      ] + (
        if std.length(balancer.annotations) > 0 then [{ path: 'metadata.annotations', value: balancer.annotations }] else []
      ),
    }],
  },
};

// features has the feature and the component of each Service.
local features = {
  pilot: { feature: 'trafficManagement', service: 'istio-pilot' },
  policy: { feature: 'policy', service: 'istio-policy' },
  telemetry: { feature: 'telemetry', service: 'istio-telemetry' },
};

{
  // profile returns { profile }: the IstioControlPlane that istioctl 1.4 and its operator
  // take (istio/operator release-1.4, pkg/apis/istio/v1alpha2).
  profile(profile):: {
    profile: {
      apiVersion: 'install.istio.io/v1alpha2',
      kind: 'IstioControlPlane',
      metadata: object.metadata(profile.name, profile.namespace, annotations=profile.annotations),
      spec: {
        profile: profile.profile,
        defaultNamespace: profile.namespace,
        [if 'hub' in profile then 'hub']: profile.hub,
        [if 'tag' in profile then 'tag']: profile.tag,
        [if 'ingressGateway' in profile then 'gateways']: { enabled: profile.ingressGateway },
        [if 'injection' in profile then 'autoInjection']: { enabled: profile.injection },
        values: values.new(profile) {
          global+: { controlPlaneSecurityEnabled: profile.controlPlaneSecurity },
        },
      } + {
        [features[name].feature]: { components: { [name]: balanced(features[name].service, profile.balancers[name]) } }
        for name in std.objectFields(std.get(profile, 'balancers', {}))
      },
    },
  },

  // exposure returns what lets the remotes in through a gateway (istio/installer
  // release-1.4, gateways/istio-ingress/templates/meshexpansion.yaml).
  exposure(args)::
    passage.gateway(args, [
      passage.server('tcp-pilot', 15011),
      passage.server('tcp-citadel', 8060),
    ])
    + passage.route(args, 'pilot', 'istio-pilot', 15011)
    + passage.plain(args, 'pilot', 'istio-pilot', 15011)
    + passage.route(args, 'citadel', 'istio-citadel', 8060),

  // stubs has the ports by Service (istio/installer release-1.4,
  // base/templates/services.yaml and endpoints.yaml).
  stubs:: mixer {
    'istio-pilot': [
      { name: 'http-old-discovery', port: 15003 },
      { name: 'https-discovery', port: 15005 },
      { name: 'http-discovery', port: 15007 },
      { name: 'grpc-xds', port: 15010 },
      { name: 'https-xds', port: 15011 },
      { name: 'http-legacy-discovery', port: 8080 },
      { name: 'http-monitoring', port: 15014 },
    ],
  },
}
