package seal

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const realRecipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"

// others is whom somebody would have named who may change .sops.yaml.
const others = "age1mallory"

// sopsFor gives a sops that seals for a recipient, whichever Secret it gets, and
// counts. By rule isthmus knows beforehand whom for.
func sopsFor(recipient string, rule bool, runs *int) SOPS {
	b := SOPS{Run: printing(strings.Replace(realSOPS, realRecipient, recipient, 1), runs)}
	if rule {
		b.Rules = ParseSOPSRules([]byte("creation_rules: [{age: "+recipient+"}]"), "mesh")
	}
	return b
}

// Whom sops seals for is pinned, whether .sops.yaml says it or the file alone, and
// others are taken only by their fingerprint: not where the pin is gone either.
func TestPutPinsRecipients(t *testing.T) {
	one, other := recipientsPrint([]string{"age " + realRecipient}), recipientsPrint([]string{"age " + others})
	lines := func(f folder, keep func(string) bool) {
		var kept string
		for line := range strings.Lines(string(f.MapFS[LockPath].Data)) {
			if keep(line) {
				kept += line
			}
		}
		f.set(LockPath, []byte(kept))
	}
	unpin := func(f folder) { lines(f, func(line string) bool { return !strings.HasPrefix(line, "pin ") }) }
	const theirs = "; who can change .sops.yaml could have all that is sealed from now on sealed for himself"
	const line = "; who can take the line of a pin away could have all that is sealed from now on sealed for himself"
	const all = "; who can take all that is sealed and its pin away could have all that is sealed from now on sealed for himself"
	for _, test := range []struct {
		name      string
		recipient string
		token     string
		bound     string
		change    func(f folder)
		refused   string // after whom sops seals for
		outcome   Outcome
	}{
		{name: "the same", recipient: realRecipient, token: "a", outcome: Unchanged},
		{name: "another token for the same", recipient: realRecipient, token: "b", outcome: NewContent},
		{name: "another token for others", recipient: others, token: "b", refused: ", and the pinned one is " + one + theirs},
		{name: "the line, for the same", recipient: realRecipient, token: "a", change: unpin, outcome: Unchanged},
		{name: "the line", recipient: others, token: "b", change: unpin, refused: `, and none of cluster "east" is pinned, though Secrets are sealed for it` + line},
		{name: "the line and the file's", recipient: others, token: "b", change: func(f folder) {
			lines(f, func(line string) bool { return strings.Contains(lockHeader, line) })
		}, refused: `, and none of cluster "east" is pinned, though Secrets are sealed for it` + line},
		{name: "all", recipient: others, token: "a", bound: one, change: func(f folder) { clear(f.MapFS) }, refused: `, and none of cluster "east" is pinned; its overlay was rendered when ` + one + " was" + all},
		{name: "all, for the same", recipient: realRecipient, token: "a", bound: one, change: func(f folder) { clear(f.MapFS) }, outcome: New},
	} {
		for _, rule := range []bool{true, false} {
			t.Run(test.name+map[bool]string{true: ", by a rule", false: ", by sops alone"}[rule], func(t *testing.T) {
				f, key, runs := newFolder(t), NewKey(), 0
				put := func(b Backend, token, bound string, accept ...string) (Outcome, []Change, error) {
					s, err := OpenStore(f, Options{Backend: b, Key: key, Dir: "mesh", Accept: accept, Kustomization: list, Bound: func(string) string { return bound }})
					if err != nil {
						t.Fatal(err)
					}
					o, err := s.Put(remote("east", "west", token))
					changes, _ := s.Changes()
					if err == nil {
						f.write(t, s)
					}
					return o, changes, err
				}
				if o, _, err := put(sopsFor(realRecipient, rule, &runs), "a", ""); o != New || err != nil {
					t.Fatalf("%q, %v", o, err)
				}
				if test.change != nil {
					test.change(f)
				}
				runs = 0
				o, changes, err := put(sopsFor(test.recipient, rule, &runs), test.token, test.bound)
				want := ""
				if test.refused != "" {
					want = "isthmus: error: mesh/sealed/east: sops seals for age " + others + ", by the fingerprint " + other + test.refused + "\n" +
						"isthmus: fix: look who each of them is, and who changed .sops.yaml, and pass --accept " + other + "\n"
					if len(changes) > 0 || rule && runs > 0 {
						t.Errorf("it changed %d files, and sops ran %d times", len(changes), runs)
					}
				}
				if diff := cmp.Diff(want, text(err)); diff != "" || o != test.outcome {
					t.Errorf("%q (-want +got):\n%s", o, diff)
				}
				print := one
				if test.refused != "" {
					print = other
					if _, _, err := put(sopsFor(test.recipient, rule, &runs), test.token, test.bound, other); err != nil {
						t.Errorf("accepted: %v", err)
					}
				}
				if !strings.Contains(string(f.MapFS[LockPath].Data), "\npin sealed/east "+print+" ") {
					t.Errorf("not pinned:\n%s", f.MapFS[LockPath].Data)
				}
				if o, _, err := put(sopsFor(test.recipient, rule, &runs), test.token, test.bound); o != Unchanged && test.bound == "" || err != nil {
					t.Errorf("the next run, which accepts nothing: %q, %v", o, err)
				}
			})
		}
	}
}

// A pin that nobody with the key of the tags made is none.
func TestPutRefusesAForgedPinOfRecipients(t *testing.T) {
	f, key, runs := newFolder(t), NewKey(), 0
	seals := func(b Backend) error {
		s, err := OpenStore(f, Options{Backend: b, Key: key, Dir: "mesh", Kustomization: list})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Put(remote("east", "west", "a")); err == nil {
			f.write(t, s)
		}
		return err
	}
	if err := seals(sopsFor(realRecipient, true, &runs)); err != nil {
		t.Fatal(err)
	}
	one, other := recipientsPrint([]string{"age " + realRecipient}), recipientsPrint([]string{"age " + others})
	f.set(LockPath, []byte(strings.Replace(string(f.MapFS[LockPath].Data), "pin sealed/east "+one, "pin sealed/east "+other, 1)))
	if err := seals(sopsFor(others, true, &runs)); !strings.Contains(text(err), "mesh/sealed/.tags.lock: the line of sealed/east was not made with this key for tags") {
		t.Errorf("%v", err)
	}
}

// What a cluster's other Secrets are sealed for is stale once others are accepted,
// though no rule says so.
func TestStaleByThePin(t *testing.T) {
	f, key, runs := newFolder(t), NewKey(), 0
	other := recipientsPrint([]string{"age " + others})
	store := func(b Backend, accept ...string) *Store {
		s, err := OpenStore(f, Options{Backend: b, Key: key, Dir: "mesh", Accept: accept, Kustomization: list})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	of := func(b SOPS, name string) SOPS {
		run := b.Run
		b.Run = func(args []string, input []byte) ([]byte, error) {
			out, err := run(args, input)
			return []byte(strings.ReplaceAll(strings.ReplaceAll(string(out), "secret-west", "secret-"+name), "west: ENC", name+": ENC")), err
		}
		return b
	}
	s := store(sopsFor(realRecipient, false, &runs))
	if _, err := s.Put(remote("east", "west", "a")); err != nil {
		t.Fatal(err)
	}
	f.write(t, s)
	s = store(of(sopsFor(others, false, &runs), "north"), other)
	north := remote("east", "north", "a")
	north.Annotations["networking.istio.io/cluster"] = "west"
	if _, err := s.Put(north); err != nil {
		t.Fatal(err)
	}
	f.write(t, s)
	s = store(sopsFor(others, false, &runs))
	if whom, stale, err := s.Stale("east", "istio-remote-secret-west"); whom != other || !stale || err != nil {
		t.Errorf("%q, %t, %v", whom, stale, err)
	}
	if _, stale, _ := s.Stale("east", "istio-remote-secret-north"); stale {
		t.Error("what was sealed for them is stale")
	}
	if o, err := s.Put(remote("east", "west", "a")); o != NewRecipient || err != nil {
		t.Errorf("%q, %v", o, err)
	}
}

// Another backend is another key: whoever can write mesh.yaml does not choose it.
func TestPutRefusesAnotherBackend(t *testing.T) {
	f, key, runs := newFolder(t, "east"), NewKey(), 0
	f.put(t, key, remote("east", "west", "a"))
	put := func(b Backend, accept ...string) error {
		s, err := OpenStore(f, Options{Backend: b, Key: key, Dir: "mesh", Accept: accept, Kustomization: list})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Put(remote("east", "west", "a")); err == nil {
			f.write(t, s)
		}
		return err
	}
	c, _ := ParseCertificate("", current(t, "east"))
	one := recipientsPrint([]string{"age " + realRecipient})
	pins := func() (all []string) {
		for line := range strings.Lines(string(f.MapFS[LockPath].Data)) {
			if strings.HasPrefix(line, "pin ") {
				all = append(all, strings.Join(strings.Fields(line)[:3], " "))
			}
		}
		return all
	}
	for _, rule := range []bool{true, false} {
		b := sopsFor(realRecipient, rule, &runs)
		if err := put(b); !strings.Contains(text(err), "by the fingerprint "+one+", and the pinned one is "+c.Print) {
			t.Errorf("to sops: %v", err)
		}
		if err := put(b, one); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"pin sealed/east " + one}, pins()); diff != "" {
			t.Error(diff)
		}
		if err := put(f.backend()); !strings.Contains(text(err), "holds the key "+c.Print+", and the pinned one is "+one) {
			t.Errorf("and back: %v", err)
		}
		if err := put(f.backend(), c.Print); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"pin sealing/east.pem " + c.Print}, pins()); diff != "" {
			t.Error(diff)
		}
	}
}
