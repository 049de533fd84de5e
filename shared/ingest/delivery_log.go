package ingest

import "log/slog"

// LogAttrs are what a log line says of a delivery: nothing of what items contain.
func (d Delivery) LogAttrs() []slog.Attr {
	list := []slog.Attr{slog.String("task", string(d.Task.Type)), slog.Int("attempt", d.Attempt)}
	if d.Task.Run != "" {
		list = append(list, slog.String("run", d.Task.Run))
	}
	if d.Task.Type == Walk {
		list = append(list, slog.String("source", d.Task.Source), slog.String("scope", d.Task.Scope.String()), slog.Int("page", d.Task.Page))
	}
	if d.Task.Type == Refresh {
		list = append(list, slog.Int("refs", len(d.Task.Refs)))
	}
	return list
}
