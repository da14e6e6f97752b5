package mesh

import (
	"cmp"
	"slices"
)

// defaults gives the Mesh that decoding fills: what is true or named where
// mesh.yaml says nothing.
func defaults() *Mesh {
	return &Mesh{Spec: Spec{
		Istio: Istio{
			Namespace:     "istio-system",
			ClusterDomain: "cluster.local",
			Charts:        Charts{URL: "https://istio-release.storage.googleapis.com/charts"},
		},
		TrustDomain: "cluster.local",
		Network:     "network1",
		Security: Security{
			MutualTLS:            true,
			ControlPlaneSecurity: true,
			Certificates:         Plugged,
			Reader:               Reader{Permissions: DefaultPermissions},
		},
		Injection:  Injection{Automatic: true},
		Namespaces: MergeNamespaces,
		Secrets:    Secrets{Backend: SealedSecrets, Token: TokenSecret},
		Delivery: Delivery{
			Engine: EngineNone,
			Path:   ".",
			Flux: Flux{
				Namespace: "flux-system",
				Source:    FluxSource{Kind: "GitRepository", Name: "flux-system"},
				Interval:  "60m",
				Hub:       FluxHub{KubeConfigSecret: "<cluster>-kubeconfig"},
			},
			ArgoCD: ArgoCD{Namespace: "argocd", TargetRevision: "main", Project: "default"},
		},
	}}
}

// complete fills what defaults cannot know: what follows from other fields, and
// what was written as "".
func (m *Mesh) complete() {
	s := &m.Spec
	usual := &defaults().Spec
	s.Istio.Namespace = cmp.Or(s.Istio.Namespace, usual.Istio.Namespace)
	s.Istio.ClusterDomain = cmp.Or(s.Istio.ClusterDomain, usual.Istio.ClusterDomain)
	s.TrustDomain = cmp.Or(s.TrustDomain, usual.TrustDomain)
	s.Network = cmp.Or(s.Network, usual.Network)
	if s.MeshID == "" {
		s.MeshID = m.Metadata.Name
	}
	s.Istio.Charts.URL = cmp.Or(s.Istio.Charts.URL, usual.Istio.Charts.URL)
	s.Security.Certificates = cmp.Or(s.Security.Certificates, usual.Security.Certificates)
	if s.Security.Certificates == CertManager {
		issuer := &s.Security.CertManager.Issuer
		issuer.Kind, issuer.Group = cmp.Or(issuer.Kind, "Issuer"), cmp.Or(issuer.Group, "cert-manager.io")
	}
	s.Security.Reader.Permissions = cmp.Or(s.Security.Reader.Permissions, usual.Security.Reader.Permissions)
	s.Namespaces = cmp.Or(s.Namespaces, usual.Namespaces)
	s.Secrets.Backend, s.Secrets.Token = cmp.Or(s.Secrets.Backend, usual.Secrets.Backend), cmp.Or(s.Secrets.Token, usual.Secrets.Token)
	if s.Secrets.Backend == External {
		e := &s.Secrets.External
		e.Store.Kind, e.Prefix = cmp.Or(e.Store.Kind, ClusterSecretStore), cmp.Or(e.Prefix, m.Metadata.Name+"-")
	}
	s.Delivery.complete(&usual.Delivery)
	old := s.Old()
	if s.Istio.Install == "" {
		s.Istio.Install = InstallHelm
		if old {
			s.Istio.Install = InstallIstioctl
		}
	}
	if s.Istio.Stubs == "" {
		s.Istio.Stubs = StubsOverlay
		if old {
			s.Istio.Stubs = StubsBoth
		}
	}
	for i := range s.Clusters {
		c := &s.Clusters[i]
		if c.Version.IsZero() {
			c.Version = s.Istio.Version
		}
		if c.KubernetesVersion.IsZero() {
			c.KubernetesVersion = s.KubernetesVersion
		}
		if c.KubernetesVersion.IsZero() {
			c.KubernetesVersion = newestKubernetes(c.Version)
		}
		if c.State == "" {
			c.State = Active
		}
		if c.Injection == nil {
			automatic := s.Injection.Automatic
			c.Injection = &automatic
		}
		if c.Delivery.Engine == "" {
			c.Delivery.Engine = s.Delivery.Engine
		}
		if c.ControlPlane != nil {
			c.ControlPlane.complete(s.Istio.Namespace, c.Dialect())
		}
	}
}

func (d *Delivery) complete(usual *Delivery) {
	d.Engine = cmp.Or(d.Engine, usual.Engine)
	d.Path = cmp.Or(d.Path, usual.Path)
	f, a := &d.Flux, &d.ArgoCD
	f.Namespace = cmp.Or(f.Namespace, usual.Flux.Namespace)
	f.Source.Kind = cmp.Or(f.Source.Kind, usual.Flux.Source.Kind)
	f.Source.Name = cmp.Or(f.Source.Name, usual.Flux.Source.Name)
	f.Interval = cmp.Or(f.Interval, usual.Flux.Interval)
	f.Hub.KubeConfigSecret = cmp.Or(f.Hub.KubeConfigSecret, usual.Flux.Hub.KubeConfigSecret)
	a.Namespace = cmp.Or(a.Namespace, usual.ArgoCD.Namespace)
	a.TargetRevision = cmp.Or(a.TargetRevision, usual.ArgoCD.TargetRevision)
	a.Project = cmp.Or(a.Project, usual.ArgoCD.Project)
}

// Old says whether the mesh runs a release of the guide's era.
func (s *Spec) Old() bool { return s.Istio.Version.Major == 1 && s.Istio.Version.Minor <= 5 }

func (cp *ControlPlane) complete(namespace string, dialect Dialect) {
	if cp.Expose == "" {
		cp.Expose = ExposePod
	}
	name, selector := "istio-eastwestgateway", "eastwestgateway"
	if dialect.Old() {
		name, selector = "istio-multicluster-gateway", "multicluster-gateway"
		if cp.Expose != ExposeDedicatedGateway {
			selector = "ingressgateway" // the one that every profile installs
		}
	}
	cp.Gateway.Name = cmp.Or(cp.Gateway.Name, name)
	cp.Gateway.Namespace = cmp.Or(cp.Gateway.Namespace, namespace)
	if len(cp.Gateway.Selector) == 0 {
		cp.Gateway.Selector = map[string]string{"istio": selector}
	}
	// Behind a gateway all Services of the control plane have one address.
	if dialect.Mixer() && cp.Expose.ByGateway() {
		if len(cp.PolicyAddresses) == 0 {
			cp.PolicyAddresses = slices.Clone(cp.Addresses)
		}
		if len(cp.TelemetryAddresses) == 0 {
			cp.TelemetryAddresses = slices.Clone(cp.Addresses)
		}
	}
}
