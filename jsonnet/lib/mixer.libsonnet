// The ports of Mixer's Services, the same in 1.4 and 1.5 (istio/installer
// release-1.4, base/templates/services.yaml; istio/istio 1.5.10,
// manifests/base/templates/services.yaml).
local grpc = [
  { name: 'grpc-mixer', port: 9091 },
  { name: 'grpc-mixer-mtls', port: 15004 },
  { name: 'http-monitoring', port: 15014 },
];

{
  'istio-policy': grpc,
  'istio-telemetry': grpc + [{ name: 'prometheus', port: 42422 }],
}
