// What has the operator of external-secrets make a Secret of an entry in a store:
// { name, namespace, annotations, store, entry, items, secret: { type, labels, annotations } }.
// The fields that the API server would fill in are all here, or an engine would
// find a difference for ever (external-secrets 1.3.2,
// config/crds/bases/external-secrets.io_externalsecrets.yaml).
local object = import 'lib/object.libsonnet';

function(args) {
  [args.name]: {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: object.metadata(args.name, args.namespace, annotations=args.annotations),
    spec: {
      refreshInterval: '1h0m0s',
      secretStoreRef: args.store,
      target: {
        name: args.name,
        creationPolicy: 'Owner',
        deletionPolicy: 'Retain',  // when the entry goes, not when this object does
        template: {
          engineVersion: 'v2',
          mergePolicy: 'Replace',
          type: args.secret.type,
          [if std.length(args.secret.labels) + std.length(args.secret.annotations) > 0 then 'metadata']: {
            [field]: args.secret[field]
            for field in ['annotations', 'labels']
            if std.length(args.secret[field]) > 0
          },
        },
      },
      data: [
        {
          secretKey: item,
          remoteRef: { key: args.entry, property: item, conversionStrategy: 'Default', decodingStrategy: 'None', metadataPolicy: 'None' },
        }
        for item in args.items
      ],
    },
  },
}
