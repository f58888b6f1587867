package remote

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics of one receiver, under the names that Prometheus has for them and a
// few of our own.
type metrics struct {
	invalid   prometheus.Counter
	refused   prometheus.Counter
	samples   prometheus.Counter
	exemplars prometheus.Counter // refused
}

// newMetrics makes the metrics of a receiver: protocol is "remote_write" or
// "otlp".
func newMetrics(r prometheus.Registerer, protocol string) (*metrics, error) {
	counter := func(namespace, name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Subsystem: "api", Name: protocol + "_" + name, Help: help})
	}
	m := &metrics{
		invalid:   counter("prometheus", "invalid_labels_samples_total", "Received samples that were refused because of their series' labels."),
		refused:   counter("monopod", "refused_samples_total", "Received samples that were refused: labels, order, age, validity."),
		samples:   counter("monopod", "stored_samples_total", "Received samples that were stored."),
		exemplars: counter("prometheus", "out_of_order_exemplars_total", "Received exemplars that were refused."),
	}
	if r == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.invalid, m.refused, m.samples, m.exemplars} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// count adds what became of a message.
func (m *metrics) count(in *intake) {
	m.invalid.Add(float64(in.refusals.invalid))
	m.refused.Add(float64(in.refusals.samples))
	m.samples.Add(float64(in.written.samples + in.written.histograms))
	m.exemplars.Add(float64(in.refusals.exemplars))
}
