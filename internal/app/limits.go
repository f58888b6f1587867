package app

import (
	"runtime/debug"
	"time"

	"monopod/internal/config"
	"monopod/internal/tsdb"
)

// limits is what the flags say.
func (o *StorageOptions) limits() tsdb.Limits {
	return tsdb.Limits{
		Retention: o.Retention, RetentionBytes: o.RetentionBytes, MaxExemplars: o.MaxExemplars,
		Retention5m: o.Retention5m, Retention1h: o.Retention1h,
	}
}

// applyLimits follows the sections storage and runtime. What a configuration does
// not say comes from the flags.
func (p *program) applyLimits(l *config.Loaded) error {
	c := l.Config
	debug.SetGCPercent(c.Runtime.GoGC)
	limits := p.Storage.limits()
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
