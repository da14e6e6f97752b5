// The gateway before istiod as manifests: { annotations, revision, gateway }.
local gateway = import 'install/gateway.libsonnet';

function(args) gateway.manifests(args.gateway, args.revision, args.annotations)
