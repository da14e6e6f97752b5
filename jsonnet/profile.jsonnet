// The profile object of one cluster: { dialect, profile }.
local dialects = import 'istio/dialects.libsonnet';

function(args) dialects[args.dialect].profile(args.profile)
