// One IstioOperator, a file for `istioctl install -f`.
local object = import '../lib/object.libsonnet';

// component returns the gateway as istioctl has it.
local component(gateway, values) = {
  name: gateway.name,
  namespace: gateway.namespace,
  enabled: true,
  label: { app: gateway.name } + gateway.labels,
  k8s: {
    service: { [key]: values.service[key] for key in std.objectFields(values.service) if key != 'annotations' },
    [if 'annotations' in values.service then 'serviceAnnotations']: values.service.annotations,
  },
};

{
  // new returns the profile.
  new(profile, values)::
    local istiod = values.istiod;
    {
      profile: {
        apiVersion: 'install.istio.io/v1alpha1',
        kind: 'IstioOperator',
        metadata: object.metadata(profile.name, profile.namespace),
        spec: {
          profile: if 'remote' in profile then 'remote' else 'minimal',
          [if profile.revision != '' then 'revision']: profile.revision,
          [if profile.hub != '' then 'hub']: profile.hub,
          [if profile.tag != '' then 'tag']: profile.tag,
          [if 'cni' in values || 'gateway' in values then 'components']: {
            [if 'cni' in values then 'cni']: { enabled: true },
            [if 'gateway' in values then 'ingressGateways']: [component(profile.gateway, values.gateway)],
          },
          [if 'meshConfig' in istiod then 'meshConfig']: istiod.meshConfig,
          // What is a field of the object is no value.
          values: { [key]: istiod[key] for key in std.objectFields(istiod) if !std.member(['profile', 'revision', 'meshConfig'], key) },
        },
      },
    },
}
