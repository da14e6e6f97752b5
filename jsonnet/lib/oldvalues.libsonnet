// The values that 1.4 and 1.5 spell alike.
{
  // new returns spec.values of a profile. What isthmus decides is merged over
  // the user's values; the two never meet, because the mesh refuses values
  // that name a decided key.
  new(profile):: profile.values {
    local remote = std.get(profile, 'remote', {}),

    global+: {
      meshID: profile.meshID,
      trustDomain: profile.trustDomain,
      network: profile.network,
      mtls+: { enabled: profile.mutualTLS },
      [if 'clusterDomain' in profile then 'proxy']+: { clusterDomain: profile.clusterDomain },
      [if 'clusterName' in profile then 'multiCluster']+: { clusterName: profile.clusterName },
      [if 'zipkin' in profile then 'tracer']+: { zipkin+: { address: profile.zipkin } },
      [if 'pilotAddress' in remote then 'remotePilotAddress']: remote.pilotAddress,
      [if 'policyAddress' in remote then 'remotePolicyAddress']: remote.policyAddress,
      [if 'telemetryAddress' in remote then 'remoteTelemetryAddress']: remote.telemetryAddress,
      [if 'createPilotEndpoint' in remote then 'remotePilotCreateSvcEndpoint']: true,
      [if 'createEndpoints' in remote then 'createRemoteSvcEndpoints']: true,
    },
    security+: { selfSigned: profile.selfSigned },
    // Helm replaces lists, so this is the whole of it.
    [if 'gatewayPorts' in profile then 'gateways']+: { 'istio-ingressgateway'+: { ports: profile.gatewayPorts } },
  },
}
