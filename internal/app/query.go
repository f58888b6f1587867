package app

import (
	"context"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

// noStepSubqueryInterval is the step of subqueries that name none.
const noStepSubqueryInterval = time.Minute

func (p *program) parser() parser.Parser {
	return parser.NewParser(parser.Options{
		EnableExperimentalFunctions:  p.Features["promql-experimental-functions"],
		ExperimentalDurationExpr:     true,
		EnableExtendedRangeSelectors: p.Features["promql-extended-range-selectors"],
		EnableBinopFillModifiers:     p.Features["promql-binop-fill-modifiers"],
	})
}

func (p *program) newEngine() *promql.Engine {
	return promql.NewEngine(promql.EngineOpts{
		Logger:                   p.component("query engine"),
		Reg:                      p.registry,
		MaxSamples:               p.maxSamples(),
		Timeout:                  p.Query.Timeout,
		ActiveQueryTracker:       newQueryTracker(p.Query.MaxConcurrency),
		LookbackDelta:            p.Query.LookbackDelta,
		NoStepSubqueryIntervalFn: p.subqueryInterval,
		EnableAtModifier:         true,
		EnableNegativeOffset:     true,
		EnablePerStepStats:       p.Features["promql-per-step-stats"],
		EnableDelayedNameRemoval: p.Features["promql-delayed-name-removal"],
		Parser:                   p.parser(),
	})
}

// maxSamples is how many samples a query may load: no more than there is room for.
func (p *program) maxSamples() int {
	room := p.memory.state.Load().MaxSamples()
	if room < p.Query.MaxSamples {
		p.component("query engine").Info("Queries may load fewer samples than --query.max-samples says: memory is small", "max_samples", room)
		return room
	}
	return p.Query.MaxSamples
}

// subqueryInterval is the global evaluation interval, as in Prometheus.
func (p *program) subqueryInterval(int64) int64 {
	if l := p.reloader.Current(); l != nil {
		return time.Duration(l.Config.GlobalConfig.EvaluationInterval).Milliseconds()
	}
	return noStepSubqueryInterval.Milliseconds()
}

// queryTracker bounds how many queries run at once; the others wait.
type queryTracker chan struct{}

func newQueryTracker(most int) queryTracker { return make(queryTracker, most) }

func (t queryTracker) GetMaxConcurrent() int { return cap(t) }

func (t queryTracker) Insert(ctx context.Context, _ string) (int, error) {
	select {
	case t <- struct{}{}:
		return 0, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (t queryTracker) Delete(int) { <-t }

func (t queryTracker) Close() error { return nil }
