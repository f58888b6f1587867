package remote

import (
	"context"
	"fmt"

	deltatocumulative "github.com/open-telemetry/opentelemetry-collector-contrib/processor/deltatocumulativeprocessor"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/metric/noop"
)

// accumulator adds deltas up: the collector's processor, called as a function.
// It keeps a sum for each series that it saw.
type accumulator struct{ processor processor.Metrics }

func newAccumulator() (*accumulator, error) {
	f := deltatocumulative.NewFactory()
	settings := processor.Settings{
		ID:                component.NewID(f.Type()),
		TelemetrySettings: component.TelemetrySettings{MeterProvider: noop.NewMeterProvider()},
	}
	p, err := f.CreateMetrics(context.Background(), settings, f.CreateDefaultConfig(), accumulated{})
	if err != nil {
		return nil, fmt.Errorf("make the processor of deltas: %w", err)
	}
	if err := p.Start(context.Background(), nil); err != nil {
		return nil, fmt.Errorf("start the processor of deltas: %w", err)
	}
	return &accumulator{p}, nil
}

func (a *accumulator) close() error { return a.processor.Shutdown(context.Background()) }

// add returns the metrics with sums in the place of deltas.
func (a *accumulator) add(ctx context.Context, m pmetric.Metrics) (pmetric.Metrics, error) {
	out := pmetric.NewMetrics()
	err := a.processor.ConsumeMetrics(context.WithValue(ctx, accumulated{}, &out), m)
	return out, err
}

// accumulated receives what the processor made, and hands it to the call of add
// that is under way; it is the key under which the context has its place.
type accumulated struct{}

// ConsumeMetrics implements consumer.Metrics.
func (key accumulated) ConsumeMetrics(ctx context.Context, m pmetric.Metrics) error {
	*ctx.Value(key).(*pmetric.Metrics) = m
	return nil
}

// Capabilities implements consumer.Metrics.
func (accumulated) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

// hasDeltas tells whether any of the metrics is a delta.
func hasDeltas(m pmetric.Metrics) bool {
	for _, r := range m.ResourceMetrics().All() {
		for _, s := range r.ScopeMetrics().All() {
			for _, x := range s.Metrics().All() {
				if temporality(x) == pmetric.AggregationTemporalityDelta {
					return true
				}
			}
		}
	}
	return false
}

func temporality(m pmetric.Metric) pmetric.AggregationTemporality {
	switch m.Type() {
	case pmetric.MetricTypeSum:
		return m.Sum().AggregationTemporality()
	case pmetric.MetricTypeHistogram:
		return m.Histogram().AggregationTemporality()
	case pmetric.MetricTypeExponentialHistogram:
		return m.ExponentialHistogram().AggregationTemporality()
	}
	return pmetric.AggregationTemporalityUnspecified
}
