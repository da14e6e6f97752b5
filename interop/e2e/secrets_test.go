package e2e

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// The Secrets of the reader, and of what is sealed.
const (
	tokenSecret  = "istio-reader-service-account-istio-remote-secret-token"
	remoteSecret = "istio-remote-secret-west"
)

// A journey is that of testdata/secrets: two clusters, of which east reads west.
type journey struct {
	*desk
	east, west *member
}

// TestSecrets takes the way of docs/secrets.md, as a person does, with the real
// kubectl, token controller and controller of sealed-secrets, and logins that may
// do what docs/logins say alone. Each part builds on the one before.
func TestSecrets(t *testing.T) {
	assets := findAssets(t)
	ctx := untilDeadline(t)
	store := startStore(ctx, t, assets)
	j := &journey{desk: newDesk(ctx, t, assets)}
	j.east = startMember(ctx, t, store, "east", "10.110.0.0/16")
	j.west = startMember(ctx, t, store, "west", "10.120.0.0/16")
	to := map[string]string{}
	for _, m := range []*member{j.east, j.west} {
		to[m.host()+":6443"] = strings.TrimPrefix(m.config.Host, "https://")
	}
	j.proxy = startProxy(t, to)
	j.login(t, "admin.kubeconfig", "admin", "system:masters", j.west, j.east)
	certificate := j.east.startSealer(ctx, t, assets.sealedSecrets)
	write(t, filepath.Join(j.folder, "mesh", "sealing", "east.pem"), certificate)
	text, err := os.ReadFile(filepath.Join("testdata", "secrets", "mesh.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(j.folder, "mesh", "mesh.yaml"), text)
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"install", j.install},
		{"create", j.create},
		{"open", j.open},
		{"rotate", j.rotate},
		{"rotate with create-token", j.rotateByKubectl},
		{"request", j.request},
		{"verify", j.verify},
		{"refresh", j.refresh},
		{"script", j.script},
		{"live", j.live},
		{"without CRD", j.withoutCRD},
	} {
		if !t.Run(part.name, part.run) {
			t.FailNow()
		}
	}
}

// install brings the mesh into its clusters, with a cacerts that the controller
// opens; the remote Secret comes later.
func (j *journey) install(t *testing.T) {
	write(t, j.at("passphrase"), []byte("a passphrase of the journey"))
	j.run(t, "isthmus secrets key "+j.at("tag.key"))
	j.run(t, "isthmus ca init --key "+j.at("root.age")+" --passphrase-file "+j.at("passphrase"))
	j.run(t, "isthmus ca issue --all --key "+j.at("root.age")+" --passphrase-file "+j.at("passphrase"))
	j.run(t, "isthmus render")
	j.apply(t, j.east, "namespaces", "secrets", controlPlane, istioConfig, "services")
	j.apply(t, j.west, "namespaces", controlPlane, istioConfig, "services")
	got := j.opened(t, "cacerts", "")
	if keys := keysOf(got); keys != "ca-cert.pem ca-key.pem cert-chain.pem root-cert.pem" {
		t.Errorf("cacerts holds %s", keys)
	}
}

// create seals the token that Kubernetes made, by a login that may get one Secret.
func (j *journey) create(t *testing.T) {
	const sealer = "sealer"
	j.login(t, "sealer.kubeconfig", sealer, "isthmus-create", j.west, j.east) // of which east is the current one
	j.filled(t, tokenSecret)
	command := "isthmus secrets create west --kubeconfig " + j.at("sealer.kubeconfig")

	stdout, stderr, status := j.try(t, nil, command)
	if status != 1 || stdout != "" {
		t.Errorf("exit status %d: %s", status, stdout)
	}
	same(t, "without a right", stderr, lines(
		`isthmus: error: cluster "west": secret/istio-system/`+tokenSecret+`: this login may not read that; kubectl says "Error from server (Forbidden): secrets \"`+tokenSecret+`\" is forbidden: User \"sealer\" cannot get resource \"secrets\" in API group \"\" in the namespace \"istio-system\""`,
		`isthmus: fix: let it: kubectl -n istio-system create role isthmus-secrets --verb=get --resource=secret --resource-name=`+tokenSecret+`, and bind that role to it`))
	j.run(t, "kubectl --context west -n istio-system create role isthmus-secrets --verb=get --resource=secret --resource-name="+tokenSecret+" --dry-run=server -o name")

	_, stderr, status = j.try(t, nil, command+" --context east")
	if want := `the context "east" leads to cluster "east", and the Secret is that of "west"`; status != 1 || !strings.Contains(stderr, want) {
		t.Errorf("the login of another cluster: exit status %d: %s", status, stderr)
	}

	j.let(t, j.west, "create.yaml")
	j.west.asked(t, sealer)
	stdout, stderr, status = j.try(t, nil, command)
	if status != 0 {
		t.Fatalf("exit status %d: %s", status, stderr)
	}
	const chosen = "west: read with the context \"west\"\n"
	same(t, "create", stdout, chosen+"mesh/sealed/east/"+remoteSecret+".yaml: sealed\n")
	j.only(t, j.west, sealer, "get /api", "get /apis", "get secrets")

	before := j.sealed(t)
	if stdout = j.run(t, command); stdout != chosen+"mesh/sealed/east/"+remoteSecret+".yaml: unchanged\n" || j.sealed(t) != before {
		t.Errorf("sealed again: %s", stdout)
	}
	j.run(t, "isthmus secrets verify && isthmus secrets status")
}

// open has the controller open what was sealed, and reads west with what comes
// out, as istiod does.
func (j *journey) open(t *testing.T) {
	j.run(t, "isthmus render")
	j.apply(t, j.east, "secrets")
	got := j.opened(t, remoteSecret, "")
	if got.Type != corev1.SecretTypeOpaque || keysOf(got) != "west" || got.Labels["istio/multiCluster"] != "true" || got.Annotations["networking.istio.io/cluster"] != "west" {
		t.Errorf("%s: keys %s, labels %v, annotations %v", got.Type, keysOf(got), got.Labels, got.Annotations)
	}
	if len(got.OwnerReferences) != 1 || got.OwnerReferences[0].Kind != "SealedSecret" || got.OwnerReferences[0].Name != remoteSecret {
		t.Errorf("owned by %v", got.OwnerReferences)
	}
	j.reads(t, got.Data["west"])
}

// rotate goes through the three steps, each applied before the next. The old
// token is good until the last, and not after it.
func (j *journey) rotate(t *testing.T) {
	command := "isthmus secrets rotate west --context west --kubeconfig " + j.at("sealer.kubeconfig")
	old := j.opened(t, remoteSecret, "").Data["west"]

	j.run(t, "isthmus secrets rotate west && isthmus render")
	_, stderr, status := j.try(t, nil, command)
	if want := `cluster "west" has no token in Secret/istio-system/` + tokenSecret + `-2`; status != 1 || !strings.Contains(stderr, want) {
		t.Errorf("before it is applied: exit status %d: %s", status, stderr)
	}
	j.apply(t, j.west, istioConfig)
	j.filled(t, tokenSecret+"-2")
	j.reads(t, old)

	j.run(t, command+" && isthmus render")
	j.apply(t, j.east, "secrets")
	next := j.opened(t, remoteSecret, string(old)).Data["west"]
	j.reads(t, next)
	j.reads(t, old)

	out := j.run(t, "isthmus secrets rotate west --retire && isthmus render")
	byHand := "kubectl --context west -n istio-system delete secret " + tokenSecret
	if !strings.Contains(out, byHand+"\n") {
		t.Fatalf("no %q in %s", byHand, out)
	}
	j.run(t, byHand)
	j.apply(t, j.west, istioConfig)
	j.refused(t, old)
	j.reads(t, next)
	_, stderr, status = j.try(t, old, "isthmus secrets create west --kubeconfig -")
	if want := `the token is that of ` + tokenSecret + `, which the cluster has no more`; status != 1 || !strings.Contains(stderr, want) {
		t.Errorf("the retired token: exit status %d: %s", status, stderr)
	}
}

// rotateByKubectl does the first two steps in one, with a token Secret that
// kubectl makes.
func (j *journey) rotateByKubectl(t *testing.T) {
	command := "isthmus secrets rotate west --create-token --context west --kubeconfig " + j.at("sealer.kubeconfig")
	old := j.opened(t, remoteSecret, "").Data["west"]
	before := j.sealed(t)
	_, stderr, status := j.try(t, nil, command)
	if want := "kubectl -n istio-system create role isthmus-secrets --verb=create --resource=secrets, and bind that role to it"; status != 1 || !strings.Contains(stderr, want) || j.sealed(t) != before {
		t.Errorf("without a right: exit status %d: %s", status, stderr)
	}
	j.let(t, j.west, "create-token.yaml")
	j.west.asked(t, "sealer")
	j.run(t, command+" && isthmus render")
	// kubectl asks for the Namespace too where a Secret is not there, and does without.
	j.only(t, j.west, "sealer", "create secrets", "get /api", "get /apis", "get /openapi", "get secrets", "get namespaces forbidden")
	j.apply(t, j.west, istioConfig) // which has the Secret that kubectl made
	j.apply(t, j.east, "secrets")
	next := j.opened(t, remoteSecret, string(old)).Data["west"]
	j.reads(t, next)
	j.reads(t, old)
	j.run(t, "isthmus secrets rotate west --retire && isthmus render && kubectl --context west -n istio-system delete secret "+tokenSecret+"-2")
	j.apply(t, j.west, istioConfig)
	j.refused(t, old)
	j.reads(t, next)
}

// let gives a group the rights of one of docs/logins.
func (j *journey) let(t *testing.T, m *member, file string) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "docs", "logins", file))
	if err != nil {
		t.Fatal(err)
	}
	j.run(t, "kubectl --context "+m.name+" apply -f "+path)
}

// only fails where a user asked for anything else since the last time, or was
// refused.
func (j *journey) only(t *testing.T, m *member, user string, want ...string) {
	t.Helper()
	asked := m.asked(t, user)
	if len(asked) == 0 {
		t.Errorf("%s asked %s for nothing", user, m.name)
	}
	for _, one := range asked {
		if !slices.Contains(want, one) {
			t.Errorf("%s asked %s: %s", user, m.name, one)
		}
	}
}

// sealed is what lies in mesh/sealed, in short.
func (j *journey) sealed(t *testing.T) string {
	t.Helper()
	hash := sha256.New()
	files, err := filepath.Glob(filepath.Join(j.folder, "mesh", "sealed", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, filepath.Join(j.folder, "mesh", "sealed", ".tags.lock")) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(hash, "%s %d\n%s", file, len(data), data)
	}
	return fmt.Sprintf("%x", hash.Sum(nil))
}

// filled waits for the token controller.
func (j *journey) filled(t *testing.T, name string) {
	t.Helper()
	j.until(t, j.west, name, func(s *corev1.Secret) bool { return len(s.Data["token"]) > 0 })
}

// opened waits for a Secret that the controller makes, with another kubeconfig
// than before.
func (j *journey) opened(t *testing.T, name, before string) *corev1.Secret {
	t.Helper()
	return j.until(t, j.east, name, func(s *corev1.Secret) bool { return before == "" || string(s.Data["west"]) != before })
}

func (j *journey) until(t *testing.T, m *member, name string, is func(*corev1.Secret) bool) *corev1.Secret {
	t.Helper()
	secret := &corev1.Secret{}
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if err = m.client.Get(j.ctx, types.NamespacedName{Namespace: "istio-system", Name: name}, secret); err == nil && is(secret) {
			return secret
		}
	}
	t.Fatalf("%s: Secret %s is not as it should become: keys %s, %v", m.name, name, keysOf(secret), err)
	return nil
}

func keysOf(s *corev1.Secret) string {
	var keys []string
	for key := range s.Data {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return strings.Join(keys, " ")
}
