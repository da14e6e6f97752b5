package e2e

import (
	"io"
	"net"
	"net/http"
	"testing"
)

// startProxy leads host names to addresses, as a proxy of HTTP CONNECT: the API
// servers of the journey have names, as isthmus seals no kubeconfig for the
// machine that asks, and listen on the loopback address alone.
func startProxy(t *testing.T, to map[string]string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address, known := to[r.Host]
		if r.Method != http.MethodConnect || !known {
			http.Error(w, "no such host", http.StatusBadGateway)
			return
		}
		connect(w, address)
	})}
	go func() { _ = server.Serve(listener) }() // ends when it is closed
	t.Cleanup(func() { _ = server.Close() })
	return "http://" + listener.Addr().String()
}

// connect joins the client's connection and one to the address until both end.
func connect(w http.ResponseWriter, address string) {
	upstream, err := net.Dial("tcp", address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusOK)
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = upstream.Close()
		return
	}
	go func() {
		_, _ = io.Copy(upstream, buffered) // either side may hang up
		_ = upstream.Close()
	}()
	_, _ = io.Copy(client, upstream)
	_ = client.Close()
}
