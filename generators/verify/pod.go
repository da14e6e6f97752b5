package verify

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// proxyImage gives the image of a cluster's proxies. What says distroless has no
// shell, and the release has one of the same name without the word.
func proxyImage(s *mesh.Spec, c *mesh.Cluster) string {
	hub, tag := s.Istio.Hub, strings.TrimSuffix(s.Istio.Tag, "-distroless")
	if hub == "" {
		hub = "docker.io/istio"
	}
	if tag == "" {
		tag = c.Version.String()
	}
	return hub + "/proxyv2:" + tag
}

// seccomp is the first Kubernetes whose pods have a seccompProfile; kubectl
// refuses a field that the server does not know.
var seccomp = mesh.Version{Major: 1, Minor: 19, Patch: -1}

// A pod is one manifest, which the clusters share that run the same.
type pod struct {
	Name string // of the function that prints it
	JSON string
}

// How long the script may take, in seconds: its checks come one after the other,
// and each asks a pod for 10 seconds at most, besides what kubectl takes.
const (
	perPod   = 120 // TIMEOUT in the script
	perCheck = 15
)

// pods makes the manifests of the clusters' pods, which last for all checks.
func (p *page) pods(s *mesh.Spec, image string) error {
	starts := len(p.Clusters)
	for _, c := range p.Clusters {
		if c.Injected != "" {
			starts++
		}
	}
	checks := len(p.Pairs) + len(p.Readers)*(1+len(p.Revisions)) + len(p.Names) + len(p.Remotes) + len(p.Calls)
	p.Minutes = max(15, (starts*perPod+checks*perCheck+59)/60)
	for _, c := range p.Clusters {
		run := image
		if run == "" {
			run = proxyImage(s, c.mesh)
		}
		var err error
		if c.Pod, err = p.pod(c.mesh, run, false); err != nil {
			return err
		}
		if c.Injected == "" {
			continue
		}
		if c.Sidecar, err = p.pod(c.mesh, run, true); err != nil {
			return err
		}
	}
	return nil
}

// pod gives the name of the manifest of a cluster's pod.
func (p *page) pod(c *mesh.Cluster, image string, sidecar bool) (string, error) {
	text, err := manifest(c, image, p.Minutes*60, sidecar)
	if err != nil {
		return "", err
	}
	for _, known := range p.Manifests {
		if known.JSON == text {
			return known.Name, nil
		}
	}
	name := "manifest_" + strconv.Itoa(len(p.Manifests)+1)
	p.Manifests = append(p.Manifests, pod{name, text})
	return name, nil
}

// manifest gives the Pod that checks run in, as JSON on several lines. The one
// without a sidecar answers at the port by TLS; the one with a sidecar waits.
// Both end after some seconds. Neither runs as the proxy's user, whose traffic the sidecar lets pass by.
func manifest(c *mesh.Cluster, image string, seconds int, sidecar bool) (string, error) {
	port := strconv.Itoa(listen)
	container := map[string]any{
		"name":  "probe",
		"image": image,
		"securityContext": map[string]any{
			"allowPrivilegeEscalation": false,
			"capabilities":             map[string]any{"drop": []string{"ALL"}},
		},
		"resources": map[string]any{"requests": map[string]any{"cpu": "10m", "memory": "32Mi"}},
	}
	labels := map[string]any{"app.kubernetes.io/name": "isthmus-verify"}
	meta := map[string]any{"generateName": "isthmus-verify-", "labels": labels}
	context := map[string]any{"runAsNonRoot": true, "runAsUser": 65534}
	if c.KubernetesVersion.MinorVersion().Compare(seccomp) >= 0 {
		context["seccompProfile"] = map[string]any{"type": "RuntimeDefault"}
	}
	spec := map[string]any{
		"activeDeadlineSeconds":         seconds,
		"restartPolicy":                 "Never",
		"terminationGracePeriodSeconds": 1,
		"securityContext":               context,
	}
	if sidecar {
		container["command"] = []string{"sleep", strconv.Itoa(seconds)}
	} else {
		labels["sidecar.istio.io/inject"] = "false"
		meta["annotations"] = map[string]any{"sidecar.istio.io/inject": "false"} // which 1.4 and 1.5 look at
		container["command"] = []string{"sh", "-c", "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=isthmus-verify -keyout /tmp/key -out /tmp/cert && exec openssl s_server -accept " + port + " -key /tmp/key -cert /tmp/cert -www"}
		container["readinessProbe"] = map[string]any{"tcpSocket": map[string]any{"port": listen}, "periodSeconds": 2}
		spec["automountServiceAccountToken"] = false
	}
	spec["containers"] = []any{container}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec})
	return strings.TrimSuffix(out.String(), "\n"), err
}
