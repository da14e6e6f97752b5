// Istio 1.5.0: IstioOperator as in 1.5, and the stub of 1.4; 1.5.1 renamed it
// (istio/istio 3218efd6222).
(import '1.5.libsonnet') {
  stubs:: (import '1.4.libsonnet').stubs,
}
