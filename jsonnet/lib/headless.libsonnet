// A Service without a selector and the Endpoints that give it addresses.
local object = import 'object.libsonnet';

{
  // new returns the pair. The Service is headless, as the charts of 1.4 and 1.5
  // make it: its name resolves to the addresses themselves. Kubernetes joins
  // the two by the names of the ports.
  new(name, namespace, annotations, ports, addresses):: {
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: object.metadata(name, namespace, annotations=annotations),
      spec: { clusterIP: 'None', ports: ports },
    },
    endpoints: {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: object.metadata(name, namespace, annotations=annotations),
      subsets: [{ addresses: [{ ip: ip } for ip in addresses], ports: ports }],
    },
  },
}
