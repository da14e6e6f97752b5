// The dialects by name. Each has profile(profile) and stubs, the ports by
// Service.
{
  '1.4': import '1.4.libsonnet',
  '1.5.0': import '1.5.0.libsonnet',
  '1.5': import '1.5.libsonnet',
}
