package e2e

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// TestDelivery applies every stage of every cluster to an API server of that
// cluster's own, in the order of its delivery, as Flux applies it.
func TestDelivery(t *testing.T) {
	assets := findAssets(t)
	ctx := untilDeadline(t)
	trees, err := findTrees(filepath.Join("..", ".."), os.Getenv("ISTHMUS_E2E_TREES"))
	if err != nil {
		t.Fatal(err)
	}
	store := startStore(ctx, t, assets)
	for _, tree := range trees {
		t.Run(tree.name(), func(t *testing.T) {
			sites, err := tree.sites()
			if err != nil {
				t.Fatal(err)
			}
			for _, site := range sites {
				t.Run(site.name, func(t *testing.T) {
					proof := &proof{mesh: tree.mesh, site: site}
					for _, step := range site.steps {
						objects, err := assets.build(ctx, step)
						if err != nil {
							t.Fatal(err)
						}
						proof.objects = append(proof.objects, objects)
					}
					proof.server = store.startServer(ctx, t, t.Name(), site.serviceCIDRs)
					proof.prepare(ctx, t)
					for _, problem := range proof.run(ctx, t) {
						t.Error(problem)
					}
					t.Logf("%d steps, %d objects", len(site.steps), proof.count())
				})
			}
		})
	}
}

// untilDeadline ends before the test's own timeout, and at a signal, so that
// what was started is stopped.
func untilDeadline(t *testing.T) context.Context {
	log.SetLogger(logr.Discard()) // controller-runtime complains without one
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	t.Cleanup(stop)
	if deadline, ok := t.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-30*time.Second))
		t.Cleanup(cancel)
	}
	return ctx
}
