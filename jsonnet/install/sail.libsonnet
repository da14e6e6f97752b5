// The objects of the Sail operator.
local object = import '../lib/object.libsonnet';

{
  // new returns the Istio, with IstioCNI and tags where the profile has them. Sail
  // names the revision after the Istio.
  new(profile, values):: {
    istio: {
      apiVersion: 'sailoperator.io/v1',
      kind: 'Istio',
      metadata: object.metadata(if profile.revision == '' then 'default' else profile.revision, annotations=profile.annotations),
      spec: {
        version: 'v' + profile.versions.istiod,
        namespace: profile.namespace,
        updateStrategy: { type: 'InPlace' },
        [if 'remote' in profile then 'profile']: 'remote',
        values: { [key]: values.istiod[key] for key in std.objectFields(values.istiod) if !std.member(['profile', 'revision', 'revisionTags'], key) },
      },
    },
    [if 'cni' in values then 'istio-cni']: {
      apiVersion: 'sailoperator.io/v1',
      kind: 'IstioCNI',
      metadata: object.metadata('default', annotations=profile.annotations),
      spec: { version: 'v' + profile.versions.cni, namespace: profile.namespace, [if values.cni != {} then 'values']: values.cni },
    },
  } + {
    ['tag-' + tag]: {
      apiVersion: 'sailoperator.io/v1',
      kind: 'IstioRevisionTag',
      metadata: object.metadata(tag, annotations=profile.annotations),
      spec: { targetRef: { kind: 'Istio', name: if profile.revision == '' then 'default' else profile.revision } },
    }
    for tag in profile.tags
  },
}
