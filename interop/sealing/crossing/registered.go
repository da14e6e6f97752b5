package crossing

import (
	"context"
	"log/slog"
	"testing"
)

// Registered gives what is sent for each key that a controller has taken in: its
// log alone tells, and until then it must not be asked.
func Registered(t *testing.T) <-chan struct{} {
	was := slog.Default()
	t.Cleanup(func() { slog.SetDefault(was) })
	h := handler{make(chan struct{}, 100)}
	slog.SetDefault(slog.New(h))
	return h.registered
}

type handler struct{ registered chan struct{} }

func (h handler) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "registered private key" {
		h.registered <- struct{}{}
	}
	return nil
}

func (h handler) Enabled(context.Context, slog.Level) bool { return true }
func (h handler) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h handler) WithGroup(string) slog.Handler            { return h }
