// Package krm holds Kubernetes objects and the wire format in which kustomize
// asks for them. It promises that objects have one identity, one order and one
// encoding wherever they go, and that a function either answers whole or writes
// nothing.
//
// # What kustomize does, and what this package does about it
//
// Seen with kustomize v5.8 unless another is named.
//
//   - An exec function that is not enabled (no --enable-exec) gives no objects,
//     no message and exit status 0 (kyaml/runfn skips the filter). With pruning
//     on, that deletes a mesh. So both doors always give the Sentinel, and the
//     kustomization patches it: without the function there is nothing to patch
//     and the build fails.
//   - Results of severity error are dropped and the build exits 0. So a failure
//     is a plain error and an exit status, never a Result.
//   - framework.Execute writes its output also when Process failed. So it writes
//     to a buffer, which is copied out only on success.
//   - Whatever else stands on stdout makes the build fail with
//     MalformedYAMLError. Nothing but the answer may be written there.
//   - The functionConfig arrives with its comments gone, its keys sorted and
//     annotations added, and without the path of its file. Errors can name
//     fields, not lines.
//   - kustomize also puts the functionConfig among the items. It carries
//     config.kubernetes.io/local-config and is dropped from the result.
//   - `kustomize fn run` deletes from disk what a function does not hand back,
//     so all items of the input are handed back, and an object that is already
//     there is replaced where it stands, its path annotations kept.
//   - The working directory of a function is the folder of the kustomization
//     that lists it, under `kustomize fn run` that of the caller.
//   - Aliases are expanded without limit (kyaml DeAnchor): 344 bytes became
//     10 GB in v5.7.1. The input is measured before kyaml reads it.
//   - exec.args and exec.envs need kustomize 5.7; older releases and kubectl up
//     to 1.32 refuse the whole function. So the mode is told without arguments:
//     see DoorOf.
//   - kubectl has no --enable-exec. The legacy exec plugin is the one form that
//     it runs, and with a function annotation kustomize never calls the plugin.
//   - A legacy plugin's stderr is shown only where it fails.
//   - Two objects of one identity in a build are an error ("already registered
//     id"), so one build holds the objects of one cluster.
//   - The order of objects is changed unless sortOptions.order is fifo, and
//     resources stand before what generators give.
//   - A mapping key "<<" is written plain by sigs.k8s.io/yaml and read back as a
//     merge. NewObject refuses it.
package krm
