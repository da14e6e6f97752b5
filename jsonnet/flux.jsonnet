// A Kustomization for each stage of a cluster, each waiting for the one before:
// { namespace, source, interval, path, dependsOn, stages, kubeConfigSecret }.
local object = import 'lib/object.libsonnet';

function(args) {
  [args.stages[i].folder]: {
    local stage = args.stages[i],
    local sealed = std.get(stage, 'sealed', []),
    local signed = std.get(stage, 'certManager', false),
    local external = std.get(stage, 'external', false),
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: object.metadata(stage.name, args.namespace),
    spec: {
      interval: args.interval,
      retryInterval: '2m',
      timeout: if stage.slow then '15m' else '5m',
      sourceRef: args.source,
      path: args.path + '/' + stage.folder,
      prune: true,
      wait: true,
      // An Istio that the operator has not looked at yet has no status, which Flux
      // would take for well.
      [if stage.sail then 'healthCheckExprs']: [
        {
          apiVersion: 'sailoperator.io/v1',
          kind: kind,
          current: "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')",
        }
        for kind in ['Istio', 'IstioCNI', 'IstioRevisionTag']
      ],
      // One that the controller has not looked at has no status either.
      [if std.member(sealed, 'sealedSecrets') || signed || external then 'healthCheckExprs']:
        (if std.member(sealed, 'sealedSecrets') then [{
           apiVersion: 'bitnami.com/v1alpha1',
           kind: 'SealedSecret',
           current: "status.conditions.exists(c, c.type == 'Synced' && c.status == 'True')",
           failed: "status.conditions.exists(c, c.type == 'Synced' && c.status == 'False')",
         }] else [])
        + (if signed then [{
             apiVersion: 'cert-manager.io/v1',
             kind: 'Certificate',
             current: "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')",
           }] else [])
        + (if external then [{
             apiVersion: 'external-secrets.io/v1',
             kind: 'ExternalSecret',
             current: "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')",
           }] else []),
      [if std.member(sealed, 'sops') then 'decryption']: { provider: 'sops', secretRef: { name: 'sops-age' } },
      [if i > 0 || std.length(args.dependsOn) > 0 then 'dependsOn']: if i == 0 then args.dependsOn else [{ name: args.stages[i - 1].name }],
      [if 'kubeConfigSecret' in args && !stage.hub then 'kubeConfig']: { secretRef: { name: args.kubeConfigSecret } },
    },
  }
  for i in std.range(0, std.length(args.stages) - 1)
}
