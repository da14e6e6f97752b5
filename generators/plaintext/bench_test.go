package plaintext

import (
	"bytes"
	"testing"
)

// A file of Services as large as one may be.
func BenchmarkFind(b *testing.B) {
	service := []byte("---\napiVersion: v1\nkind: Service\nmetadata:\n  name: reviews\n  namespace: bookinfo\n  labels: {app: reviews, app.kubernetes.io/managed-by: isthmus}\nspec:\n  ports:\n  - name: http\n    port: 9080\n  selector:\n    app: reviews\n")
	text := bytes.Repeat(service, 16<<20/len(service))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if len(Find(text)) > 0 {
			b.Fatal("found what is not there")
		}
	}
}
