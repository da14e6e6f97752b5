package main

import (
	"fmt"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

// external says whether a store keeps what would be sealed.
func (b *bench) external() bool { return b.mesh.Spec.Secrets.Backend == mesh.External }

// putEntry has the user's program put the one entry that all control planes read.
func (b *bench) putEntry(read *secrets.Credential, token *secrets.Token, generation int, anew bool) error {
	request := b.mesh.Spec.Secrets.Token == mesh.TokenRequest
	if want := secrets.TokenSecret(generation); anew && !request && token.Secret != want {
		return &diag.Problem{What: fmt.Sprintf("the token is not that of %s", want), Why: "the old one is to be retired, and would take this one with it", Fix: "give the token of that Secret"}
	}
	secret, err := secrets.Remote(&b.mesh.Spec, b.readers[0], b.cluster.Name, read, token)
	if err != nil {
		return err
	}
	place := b.mesh.Spec.Place()
	key := place.Key(seal.Entry(secret.Cluster, secret.Name))
	if err := b.o.putter.put(&secret, key); err != nil {
		return err
	}
	b.store.Keep(&secret)
	b.say("%s: put; %s is to give it to %s", key, place.Store, names(b.readers))
	return nil
}

// names lists clusters.
func names(clusters []*mesh.Cluster) string {
	var all []string
	for _, c := range clusters {
		all = append(all, c.Name)
	}
	return strings.Join(all, ", ")
}
