package e2e

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// reader makes a client of a kubeconfig as istiod does, by way of the proxy.
func (j *journey) reader(t *testing.T, kubeconfig []byte) kubernetes.Interface {
	t.Helper()
	config, err := clientcmd.RESTConfigFromKubeConfig(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	if want := "https://" + j.west.host() + ":6443"; config.Host != want {
		t.Fatalf("leads to %s, want %s", config.Host, want)
	}
	proxy, err := url.Parse(j.proxy)
	if err != nil {
		t.Fatal(err)
	}
	config.Proxy = http.ProxyURL(proxy)
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// reads fails where a kubeconfig does not let istiod list and watch what it reads
// of a cluster, or lets it write.
func (j *journey) reads(t *testing.T, kubeconfig []byte) {
	t.Helper()
	c, all := j.reader(t, kubeconfig), metav1.ListOptions{}
	services, err := c.CoreV1().Services("").List(j.ctx, all)
	if err != nil || len(services.Items) < 2 {
		t.Fatalf("services: %v", err)
	}
	for what, list := range map[string]func() error{
		"endpoints":      func() error { _, err := c.CoreV1().Endpoints("").List(j.ctx, all); return err }, //nolint:staticcheck // istiod lists them
		"endpointslices": func() error { _, err := c.DiscoveryV1().EndpointSlices("").List(j.ctx, all); return err },
		"pods":           func() error { _, err := c.CoreV1().Pods("").List(j.ctx, all); return err },
		"nodes":          func() error { _, err := c.CoreV1().Nodes().List(j.ctx, all); return err },
		"namespaces":     func() error { _, err := c.CoreV1().Namespaces().List(j.ctx, all); return err },
	} {
		if err := list(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	watching, err := c.CoreV1().Services("").Watch(j.ctx, all)
	if err != nil {
		t.Fatal(err)
	}
	if event, more := <-watching.ResultChan(); !more || event.Type != "ADDED" {
		t.Errorf("watch: %v", event)
	}
	watching.Stop()
	service := services.Items[0]
	for what, write := range map[string]func() error{
		"create a Service": func() error {
			_, err := c.CoreV1().Services("shop").Create(j.ctx, &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "x"}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 1}}}}, metav1.CreateOptions{})
			return err
		},
		"delete a Service": func() error {
			return c.CoreV1().Services(service.Namespace).Delete(j.ctx, service.Name, metav1.DeleteOptions{})
		},
		"create a Secret": func() error {
			_, err := c.CoreV1().Secrets("shop").Create(j.ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "x"}}, metav1.CreateOptions{})
			return err
		},
	} {
		if err := write(); !apierrors.IsForbidden(err) {
			t.Errorf("%s: got %v, want Forbidden", what, err)
		}
	}
}

// refused waits until the API server does not know a token any more: it
// remembers for ten seconds whom it has let in.
func (j *journey) refused(t *testing.T, kubeconfig []byte) {
	t.Helper()
	c := j.reader(t, kubeconfig)
	ctx, cancel := context.WithTimeout(j.ctx, time.Minute)
	defer cancel()
	for {
		_, err := c.CoreV1().Services("").List(ctx, metav1.ListOptions{})
		if apierrors.IsUnauthorized(err) {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("the token is still good: %v", err)
		}
		time.Sleep(500 * time.Millisecond)
	}
}
