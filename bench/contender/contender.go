// Package contender knows how to start the programs that are measured, and what
// each has of its own.
package contender

import (
	"path/filepath"

	"monopod/test/process"
)

// Contender is a program that is measured.
type Contender struct {
	Name    string
	Program string // path; empty: it is left out
	Ready   string // path that answers 200 when it is
	// Flush is the path that makes what was written visible; empty: it is at once.
	Flush string
	// Cache is the directory in the data directory that is rebuilt when it is absent.
	Cache string
	args  func(config, address, data string) []string
}

// Programs says where the programs are; an empty path leaves one out.
type Programs struct{ Prometheus, VictoriaMetrics, Monopod string }

// List is the contenders, Monopod last.
func List(p Programs) []Contender {
	var out []Contender
	for _, c := range []Contender{
		{Name: "Prometheus", Program: p.Prometheus, Ready: "/-/ready", args: prometheusArgs},
		{Name: "VictoriaMetrics", Program: p.VictoriaMetrics, Ready: "/health", Flush: "/internal/force_flush", Cache: "cache", args: victoriaArgs},
		{Name: "Monopod", Program: p.Monopod, Ready: "/-/ready", args: prometheusArgs},
	} {
		if c.Program != "" {
			out = append(out, c)
		}
	}
	return out
}

func prometheusArgs(config, address, data string) []string {
	return []string{"--config.file=" + config, "--web.listen-address=" + address, "--storage.tsdb.path=" + data,
		"--web.enable-remote-write-receiver", "--web.enable-admin-api"}
}

func victoriaArgs(config, address, data string) []string {
	return []string{"-promscrape.config=" + config, "-httpListenAddr=" + address, "-storageDataPath=" + data,
		"-promscrape.maxScrapeSize=256MB", "-promscrape.fileSDCheckInterval=5s",
		"-search.maxUniqueTimeseries=10000000", "-search.disableCache"}
}

// Start runs the contender on a free address; its log goes into dir.
func (c Contender) Start(dir, config, data string, more ...string) (*process.Process, error) {
	address, err := process.FreeAddress()
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(data)
	if err != nil {
		return nil, err
	}
	return process.Start(dir, "contender", address, c.Program, append(c.args(config, address, abs), more...)...)
}
