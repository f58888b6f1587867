package app

import (
	"runtime/debug"
	"time"

	"monopod/internal/config"
	"monopod/internal/tsdb"
)

// applyLimits follows the sections storage and runtime. What a configuration does
// not say comes from the flags.
func (p *program) applyLimits(l *config.Loaded) error {
	c := l.Config
	debug.SetGCPercent(c.Runtime.GoGC)
	limits := tsdb.Limits{Retention: p.Storage.Retention, RetentionBytes: p.Storage.RetentionBytes, MaxExemplars: p.Storage.MaxExemplars}
	if t := c.StorageConfig.TSDBConfig; t != nil && t.Retention != nil && (t.Retention.Time > 0 || t.Retention.Size > 0 || t.Retention.Percentage > 0) {
		limits.Retention, limits.RetentionBytes = time.Duration(t.Retention.Time), int64(t.Retention.Size)
		limits.RetentionPercentage = t.Retention.Percentage
	}
	if t := c.StorageConfig.TSDBConfig; t != nil {
		limits.OutOfOrderWindow = time.Duration(t.OutOfOrderTimeWindow) * time.Millisecond
	}
	if e := c.StorageConfig.ExemplarsConfig; e != nil && limits.MaxExemplars > 0 {
		limits.MaxExemplars = e.MaxExemplars
	}
	p.storage.limits.Store(&limits)
	p.storage.db.Load().SetLimits(limits)
	return nil
}
