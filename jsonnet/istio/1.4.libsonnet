// Istio 1.4.0 to 1.4.10: IstioControlPlane, and istio-pilot as the stub.
local mixer = import '../lib/mixer.libsonnet';
local object = import '../lib/object.libsonnet';
local values = import '../lib/oldvalues.libsonnet';

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
      },
    },
  },

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
