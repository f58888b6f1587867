package main

import (
	"encoding/binary"
	"fmt"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"monopod/bench/fleet"
)

// target is one exporter of the history.
type target struct {
	base    labels.Labels
	metrics []labels.Labels
	player  *fleet.Player
	// encoded is the labels of each series, as they stand in a message of remote write.
	encoded [][]byte
	values  []float64
}

// step moves the target on by one scrape.
func (t *target) step() []float64 {
	t.player.Step()
	t.values = t.player.Values(t.values)
	return t.values
}

// targets makes the exporters, each at its beginning.
func (h history) targets(payloads string) ([]*target, error) {
	var out []*target
	names := parser.NewParser(parser.Options{})
	for _, kind := range []struct {
		payload string
		n, port int
	}{{"kubelet", h.Kubelets, 10250}, {"node", h.Nodes, 9100}} {
		p, err := fleet.Read(payloads, kind.payload)
		if err != nil {
			return nil, err
		}
		var metrics []labels.Labels
		for _, s := range p.Series() {
			m, err := names.ParseMetric(s)
			if err != nil {
				return nil, fmt.Errorf("%s: %q: %w", kind.payload, s, err)
			}
			metrics = append(metrics, m)
		}
		for i := range kind.n {
			t := &target{
				base:    labels.FromStrings("instance", fmt.Sprintf("10.0.%d.%d:%d", kind.port%250, i+1, kind.port), "job", kind.payload),
				metrics: metrics, player: fleet.NewPlayer(p, uint64(h.Seed), uint64(len(out))),
			}
			for _, m := range metrics {
				t.encoded = append(t.encoded, encodeLabels(m, t.base))
			}
			out = append(out, t)
		}
	}
	return out, nil
}

func series(list []*target) int {
	n := 0
	for _, t := range list {
		n += len(t.metrics)
	}
	return n
}

// encodeLabels writes field 1 of a TimeSeries, a Label each.
func encodeLabels(metric, base labels.Labels) []byte {
	b := labels.NewBuilder(metric)
	base.Range(func(l labels.Label) { b.Set(l.Name, l.Value) })
	var out []byte
	b.Labels().Range(func(l labels.Label) {
		var one []byte
		for field, s := range []string{l.Name, l.Value} {
			one = append(one, byte(field+1)<<3|2)
			one = binary.AppendUvarint(one, uint64(len(s)))
			one = append(one, s...)
		}
		out = append(out, 1<<3|2)
		out = binary.AppendUvarint(out, uint64(len(one)))
		out = append(out, one...)
	})
	return out
}
