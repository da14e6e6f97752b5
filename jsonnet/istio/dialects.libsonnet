// The dialects by name. Each has profile(profile), which returns what installs
// the release in one cluster by key.
{
  '1.4': import '1.4.libsonnet',
  '1.5.0': import '1.5.0.libsonnet',
  '1.5': import '1.5.libsonnet',
  '1.30': import '1.30.libsonnet',
}
