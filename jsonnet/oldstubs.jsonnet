// The stubs of the control plane on a remote:
// { dialect, namespace, annotations, stubs: { <service>: [<address>] } }.
local dialects = import 'istio/dialects.libsonnet';
local headless = import 'lib/headless.libsonnet';

function(args)
  local all = {
    [name]: headless.new(name, args.namespace, args.annotations, dialects[args.dialect].stubs[name], args.stubs[name])
    for name in std.objectFields(args.stubs)
  };
  { [name + '.service']: all[name].service for name in std.objectFields(all) }
  + { [name + '.endpoints']: all[name].endpoints for name in std.objectFields(all) }
