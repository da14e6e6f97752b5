// Files of values beside the manifests, for Argo CD's chart sources or for a
// person's helm.
{
  // new returns values-<chart> for each chart.
  new(profile, values):: { ['values-' + chart]: values[chart] for chart in std.objectFields(values) },
}
