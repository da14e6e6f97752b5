// What lets the remotes of 1.4 and 1.5 in through a gateway, which needs the CRDs
// of the control plane:
// { dialect, namespace, annotations, clusterDomain, selector, mixer }.
local dialects = import 'istio/dialects.libsonnet';

function(args) dialects[args.dialect].exposure(args)
