// Package seal keeps Secrets in a repository without their plaintext. It turns a
// Secret into a manifest that one cluster alone can open, knows without opening
// it whether it is still the one that was sealed, and says what is wrong with a
// sealed manifest that it cannot open.
//
// What is kept lies beside mesh.yaml, and a Store reads it through an fs.FS:
//
//	sealing/<cluster>.pem               whom to seal for, where the backend is SealedSecrets
//	sealed/<cluster>/<name>.yaml        one sealed Secret
//	sealed/<cluster>/kustomization.yaml lists them
//	sealed/.tags.lock                   what was sealed, by keyed tags
//
// A Store writes nothing. Put seals a Secret unless it is sealed already, and
// Changes gives the files to write, in the order in which to write them: each
// whole and on the disk before the next, so that a run that is killed leaves
// every Secret old or new.
//
//	store, err := seal.OpenStore(files, seal.Options{Backend: seal.SealedSecrets{…}, Key: key, Now: now})
//	put, err := store.Put(seal.Secret{
//		Cluster: "east", Namespace: "istio-system", Name: "cacerts",
//		Data: map[string]seal.Plain{"ca-key.pem": seal.NewPlain(pem), …},
//		NotAfter: intermediate.NotAfter,
//	})
//	for _, change := range store.Changes() { … }
//
// Commands do not call OpenStore themselves: cmd/isthmus has one way from flags
// to a Store and from Changes to the disk.
//
// Plaintext is held in a Plain, which prints as [redacted] however it is printed.
// No error of this package holds plaintext, nor wraps one that could.
package seal
