// Istio 1.5.1 to 1.5.10: IstioOperator, and istiod-remote as the stub.
local mixer = import '../lib/mixer.libsonnet';
local object = import '../lib/object.libsonnet';
local values = import '../lib/oldvalues.libsonnet';

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
        [if 'ingressGateway' in profile then 'components']: {
          ingressGateways: [{ name: 'istio-ingressgateway', enabled: profile.ingressGateway }],
        },
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

  // stubs has the ports by Service (istio/istio 1.5.10,
  // manifests/base/templates/services.yaml and endpoints.yaml).
  stubs:: mixer {
    'istiod-remote': [{ name: 'tcp-istiod', port: 15012 }],
  },
}
