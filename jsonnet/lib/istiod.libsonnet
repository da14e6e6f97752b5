// The names that a revision gives to istiod.
{
  // service returns the name of istiod's Service.
  service(revision):: if revision == '' then 'istiod' else 'istiod-' + revision,

  // host returns the Service's full name.
  host(revision, namespace, clusterDomain):: self.service(revision) + '.' + namespace + '.svc.' + clusterDomain,

  // selector returns the labels of istiod's pods.
  selector(revision):: {
    app: 'istiod',
    [if revision == '' then 'istio' else 'istio.io/rev']: if revision == '' then 'pilot' else revision,
  },
}
