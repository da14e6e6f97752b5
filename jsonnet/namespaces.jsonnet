// Namespaces: { namespaces: { <name>: { labels } } }.
local object = import 'lib/object.libsonnet';

function(args) {
  [name]: {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: object.metadata(name, labels=args.namespaces[name].labels),
  }
  for name in std.objectFields(args.namespaces)
}
