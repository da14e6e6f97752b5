// The copies of an application's Services:
// { namespace, services: { <name>: { labels, annotations, spec } } }.
local object = import 'lib/object.libsonnet';

function(args) {
  [name]: {
    local service = args.services[name],
    apiVersion: 'v1',
    kind: 'Service',
    metadata: object.metadata(name, args.namespace, service.labels, service.annotations),
    spec: service.spec,
  }
  for name in std.objectFields(args.services)
}
