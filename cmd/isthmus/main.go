// Isthmus turns one mesh.yaml, the topology of an Istio mesh over several
// Kubernetes clusters, into a rendered overlay per cluster. Run without
// arguments on a ResourceList it is a KRM function; from kustomize's plugin
// folder it is a legacy exec plugin.
package main

import "os"

func main() {
	noDumps()
	os.Exit(run(os.Args, os.Stdin, os.Stdout, os.Stderr))
}
