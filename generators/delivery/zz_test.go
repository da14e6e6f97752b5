package delivery
import ("testing";"os")
func TestZZ(t *testing.T){ for _, l := range []Live{execLive(), legacyLive(), containerLive()} { d, _ := l.Kustomization(); os.WriteFile("testdata/live/"+string(l.Mode)+".yaml", d, 0o644) } }
