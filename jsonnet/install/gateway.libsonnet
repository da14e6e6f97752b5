// The gateway before istiod as manifests: the objects of the gateway chart
// (istio/istio 1.30.3, manifests/charts/gateway), with its defaults.
local object = import '../lib/object.libsonnet';

{
  // new returns the six objects by key.
  new(profile, values)::
    local name = values.name;
    local namespace = profile.gateway.namespace;
    local labels = values.labels { app: name };
    local metadata = object.metadata(name, namespace, labels=labels { 'istio.io/dataplane-mode': 'none' }, annotations=profile.annotations);
    {
      'gateway-account': { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata },
      'gateway-role': {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: metadata,
        rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }],
      },
      'gateway-binding': {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: name },
        subjects: [{ kind: 'ServiceAccount', name: name, namespace: namespace }],
      },
      'gateway-service': {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: metadata + (if 'annotations' in values.service then { annotations+: values.service.annotations } else {}),
        spec: { [key]: values.service[key] for key in std.objectFields(values.service) if key != 'annotations' } + { selector: labels },
      },
      'gateway-deployment': {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: metadata,
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: {
              annotations: {
                'inject.istio.io/templates': 'gateway',
                'prometheus.io/path': '/stats/prometheus',
                'prometheus.io/port': '15020',
                'prometheus.io/scrape': 'true',
                'sidecar.istio.io/inject': 'true',
              },
              labels: labels {
                'istio.io/dataplane-mode': 'none',
                'sidecar.istio.io/inject': 'true',
                [if profile.revision != '' then 'istio.io/rev']: profile.revision,
              },
            },
            spec: {
              containers: [{
                name: 'istio-proxy',
                image: 'auto',  // istiod's webhook puts the image in
                ports: [{ containerPort: 15090, name: 'http-envoy-prom', protocol: 'TCP' }],
                resources: {
                  limits: { cpu: '2000m', memory: '1024Mi' },
                  requests: { cpu: '100m', memory: '128Mi' },
                },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  capabilities: { drop: ['ALL'] },
                  privileged: false,
                  readOnlyRootFilesystem: true,
                  runAsNonRoot: true,
                },
              }],
              securityContext: { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] },
              serviceAccountName: name,
              terminationGracePeriodSeconds: 30,
            },
          },
        },
      },
      'gateway-scaler': {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: metadata,
        spec: {
          maxReplicas: 5,
          metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 80, type: 'Utilization' } }, type: 'Resource' }],
          minReplicas: 1,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: name },
        },
      },
    },
}
