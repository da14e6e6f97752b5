// The dialects by name. Each has profile(profile), which returns what installs
// the release in one cluster by key. Those of the guide's era also have stubs,
// the ports of each, and exposure(args), the gateway in front of the control
// plane.
{
  '1.4': import '1.4.libsonnet',
  '1.5.0': import '1.5.0.libsonnet',
  '1.5': import '1.5.libsonnet',
  '1.30': import '1.30.libsonnet',
}
