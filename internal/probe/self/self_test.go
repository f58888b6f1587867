package self

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"monopod/internal/buildinfo"
)

func TestRegister(t *testing.T) {
	r := prometheus.NewRegistry()
	if err := Register(r, buildinfo.Info{Version: "1.2.3", Prometheus: "3.14.0"}); err != nil {
		t.Fatal(err)
	}
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*dto.MetricFamily{}
	for _, f := range families {
		found[f.GetName()] = f
	}
	for _, name := range []string{"go_goroutines", "go_memstats_alloc_bytes", "go_gc_duration_seconds", "process_start_time_seconds", "process_resident_memory_bytes"} {
		if found[name] == nil {
			t.Errorf("no %s", name)
		}
	}
	for name, version := range map[string]string{"monopod_build_info": "1.2.3", "prometheus_build_info": "3.14.0"} {
		if found[name] == nil {
			t.Errorf("no %s", name)
			continue
		}
		got := ""
		for _, l := range found[name].Metric[0].Label {
			if l.GetName() == "version" {
				got = l.GetValue()
			}
		}
		if got != version {
			t.Errorf("%s has version %q, want %q", name, got, version)
		}
	}
	if err := Register(r, buildinfo.Info{}); err == nil {
		t.Error("registering twice went unnoticed")
	}
}
