package buildinfo

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

func TestServerVersion(t *testing.T) {
	for module, want := range map[string]string{
		"v0.314.0": "3.14.0",
		"v0.305.2": "3.5.2",
		"v0.54.1":  "0.54.1",
		"v1.2.3":   "1.2.3",
		"(devel)":  "(devel)",
		"":         "",
	} {
		if got := serverVersion(module); got != want {
			t.Errorf("serverVersion(%q) = %q, want %q", module, got, want)
		}
	}
}

func TestReadFillsFromBuildInfo(t *testing.T) {
	got := read(&debug.BuildInfo{
		Main: debug.Module{Version: "v0.3.0"},
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "abc123"},
			{Key: "vcs.modified", Value: "true"},
			{Key: "vcs.time", Value: "2026-07-01T10:00:00Z"},
			{Key: "-tags", Value: "netgo"},
		},
		Deps: []*debug.Module{
			{Path: "github.com/prometheus/prometheus", Version: "v0.314.0"},
			{Path: "github.com/prometheus/node_exporter", Version: "v1.12.1"},
		},
	})
	want := Info{
		Version: "0.3.0", Revision: "abc123-modified", Branch: "unknown", User: "unknown", Date: "2026-07-01T10:00:00Z",
		GoVersion: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Tags: "netgo",
		Prometheus: "3.14.0", NodeExporter: "1.12.1",
	}
	if got != want {
		t.Errorf("read = %+v\nwant   %+v", got, want)
	}
}

func TestStampWins(t *testing.T) {
	version, revision, branch, user, date = "1.2.3", "fff", "main", "ci@host", "20260701-10:00:00"
	t.Cleanup(func() { version, revision, branch, user, date = "", "", "", "", "" })

	got := read(&debug.BuildInfo{
		Main: debug.Module{Version: "v9"},
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}, {Key: "vcs.time", Value: "then"},
		},
	}).String()
	for _, want := range []string{
		"monopod, version 1.2.3 (branch: main, revision: fff)\n",
		"  build user:       ci@host\n",
		"  build date:       20260701-10:00:00\n",
		"  go version:       " + runtime.Version() + "\n",
		"  prometheus:       unknown\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestReadWithoutBuildInfo(t *testing.T) {
	if got := read(nil); got.Version != "unknown" || got.Revision != "unknown" || got.UserAgent() != "Monopod/unknown" {
		t.Errorf("read(nil) = %+v", got)
	}
}
