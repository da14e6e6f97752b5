package sealtest

import "fmt"

// value is as long as a value for a key of 2048 bits. Nothing opens it.
const value = "AQAjw4YRCQXFJ9kJEqtqQ7814qY5tQmwaV4OLMFenHam67vEXXWv2UAkBDAjtXno5I3yB80gaHDhRBtqz0Eg/nS605GE1AKZMJthDY7L/SvGgeeudBKpHWOebzRd217FRuNoVcnOLL7u5iPuuZ75X2xFEWjzwSHync1+tf6/WlbLB+TeqRqVEDY/p2kl45bQdouuGPtyqPpEQJrPt/vwCs7jyu7B9UWYY9cUTy/2tKkm6SupBOghDsZgodHwzgsVx6u7rlLv/1Cd0IM+MLgn6wAnnyzN5ADglUma0+72v+SCf7XK1W2TlbPBAqYgE2ngkS53uh0FH9zpPJIgaV8w+Kj+9tH8UGCI3ZknqdCGiYHE1snNeN1eLa5SB4j5RihCcX1jkvg9yYKuT+siwJA="

// Manifest gives a SealedSecret that looks like one that isthmus sealed, with one
// key and with annotations, "" for none, in YAML's flow.
func Manifest(name, key, annotations string) []byte {
	if annotations != "" {
		annotations = ", annotations: " + annotations
	}
	meta := fmt.Sprintf("{name: %s, namespace: istio-system%s}", name, annotations)
	return fmt.Appendf(nil, "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: %s\nspec:\n  encryptedData: {%s: %s}\n  template: {metadata: %s}\n", meta, key, value, meta)
}
