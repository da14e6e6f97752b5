package e2e

import (
	"math"
	"strconv"
)

// checkWaves compares the order of the steps with the sync waves, which are what
// Argo CD goes by: an object must not come in an earlier wave than those of the
// steps before. Objects of other delivery have none.
func (p *proof) checkWaves() {
	highest := math.MinInt
	for i, step := range p.site.steps {
		before := highest
		for _, object := range p.objects[i] {
			text, ok := object.GetAnnotations()["argocd.argoproj.io/sync-wave"]
			if !ok {
				continue
			}
			wave, err := strconv.Atoi(text)
			if err != nil {
				p.problem("%s: %s/%s: sync wave %q", step.name, object.GetKind(), object.GetName(), text)
				continue
			}
			if wave < before {
				p.problem("%s: %s/%s: sync wave %d, after one of %d", step.name, object.GetKind(), object.GetName(), wave, before)
			}
			highest = max(highest, wave)
		}
	}
}
