// The stubs of the control plane on a remote:
// { dialect, namespace, stubs: { <service>: [<address>] } }.
local dialects = import 'istio/dialects.libsonnet';
local stub = import 'lib/stub.libsonnet';

function(args)
  local all = {
    [name]: stub.new(name, args.namespace, dialects[args.dialect].stubs[name], args.stubs[name])
    for name in std.objectFields(args.stubs)
  };
  { [name + '.service']: all[name].service for name in std.objectFields(all) }
  + { [name + '.endpoints']: all[name].endpoints for name in std.objectFields(all) }
