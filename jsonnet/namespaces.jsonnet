// Namespaces: { namespaces: { <name>: { labels, annotations } } }.
local object = import 'lib/object.libsonnet';

function(args) {
  [name]: {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: object.metadata(name, labels=args.namespaces[name].labels, annotations=args.namespaces[name].annotations),
  }
  for name in std.objectFields(args.namespaces)
}
