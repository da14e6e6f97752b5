// The gateway before istiod: the values of the gateway chart, and the same as
// manifests, with the chart's defaults (istio/istio 1.30.3,
// manifests/charts/gateway).
local object = import '../lib/object.libsonnet';

{
  // values returns the values of the chart. There is no networkGateway: the mesh
  // is on one network, and a gateway that says which one it leads to would be
  // taken for the way there.
  values(gateway, revision):: {
    local service = gateway.service,
    name: gateway.name,
    labels: gateway.labels,
    service: {
      type: 'LoadBalancer',
      ports: [
        { name: 'status-port', port: 15021, protocol: 'TCP', targetPort: 15021 },
        { name: 'tls-istiod', port: 15012, protocol: 'TCP', targetPort: 15012 },
        { name: 'tls-webhook', port: 15017, protocol: 'TCP', targetPort: 15017 },
      ],
      [if std.length(service.annotations) > 0 then 'annotations']: service.annotations,
    } + { [key]: service[key] for key in std.objectFields(service) if key != 'annotations' },
    [if revision != '' then 'revision']: revision,
  },

  // manifests returns the six objects by key.
  manifests(gateway, revision, annotations)::
    local values = self.values(gateway, revision);
    local name = values.name;
    local namespace = gateway.namespace;
    local labels = { app: name } + values.labels;
    local metadata = object.metadata(name, namespace, labels=labels { 'istio.io/dataplane-mode': 'none' }, annotations=annotations);
    {
      account: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata },
      role: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: metadata,
        rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }],
      },
      binding: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: name },
        subjects: [{ kind: 'ServiceAccount', name: name, namespace: namespace }],
      },
      service: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: metadata + (if 'annotations' in values.service then { annotations+: values.service.annotations } else {}),
        spec: { [key]: values.service[key] for key in std.objectFields(values.service) if key != 'annotations' } + { selector: labels },
      },
      deployment: {
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
                [if revision != '' then 'istio.io/rev']: revision,
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
      scaler: {
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
