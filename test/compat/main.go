// Command compat runs Prometheus and Monopod beside each other on the same
// targets and compares what they answer: the same series with the same labels,
// the same samples, equal results for every query of queries.go, instant and
// range; and it drives Monopod with promtool as a client. Then it moves the data
// directory of Prometheus into Monopod and back.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"monopod/test/process"
)

const (
	interval = 2 * time.Second
	// maxShift is how far apart in seconds the two programs may begin the same scrape.
	maxShift = 0.2
)

func main() {
	monopod := flag.String("monopod", "bin/monopod", "the program under test")
	prometheus := flag.String("prometheus", "bin/tools/prometheus", "Prometheus")
	promtool := flag.String("promtool", "bin/tools/promtool", "promtool")
	live := flag.Bool("live", true, "compare the two while they scrape; without it, only what is imported and exported")
	duration := flag.Duration("duration", 130*time.Second, "how long both scrape before they are compared")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *duration+10*time.Minute)
	defer cancel()
	if err := run(ctx, *monopod, *prometheus, *promtool, *duration, *live); err != nil {
		fmt.Fprintln(os.Stderr, "compat:", err)
		os.Exit(1)
	}
}

const configText = `
global:
  scrape_interval: 2s
  scrape_timeout: 2s
  external_labels: {cluster: compat}
scrape_configs:
  - job_name: node
    metrics_path: /node
    static_configs: [{targets: [%[1]q]}]
  - job_name: plain
    static_configs: [{targets: [%[1]q], labels: {env: test}}]
    metric_relabel_configs:
      - {source_labels: [room], regex: cellar, target_label: env, replacement: below}
  - job_name: stamped
    metrics_path: /stamped
    track_timestamps_staleness: true
    static_configs: [{targets: [%[1]q]}]
  - job_name: native
    metrics_path: /native
    scrape_native_histograms: true
    scrape_protocols: [PrometheusProto, OpenMetricsText1.0.0, PrometheusText0.0.4]
    static_configs: [{targets: [%[1]q]}]
  - job_name: gone
    static_configs: [{targets: ["127.0.0.1:1"]}]
`

func run(ctx context.Context, monopod, prometheus, promtool string, duration time.Duration, live bool) error {
	dir, err := os.MkdirTemp("", "monopod-compat-")
	if err != nil {
		return err
	}
	var running process.All
	defer running.Stop()

	nodeAddr, err := process.FreeAddress()
	if err != nil {
		return err
	}
	node, err := process.Start(dir, "node_exporter", nodeAddr, "prometheus-node-exporter", "--web.listen-address="+nodeAddr)
	if err != nil {
		return fmt.Errorf("%w (install Debian's prometheus-node-exporter)", err)
	}
	running.Add(node)
	if err := node.WaitReady(ctx, "/metrics"); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", handler(interval))
	mux.Handle("/node", same(node.URL()+"/metrics", interval))
	exporter := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = exporter.Serve(l) }()
	defer exporter.Close()

	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, fmt.Appendf(nil, configText, l.Addr().String()), 0o644); err != nil {
		return err
	}
	start := func(name, program string, more ...string) (*process.Process, error) {
		addr, err := process.FreeAddress()
		if err != nil {
			return nil, err
		}
		p, err := process.Start(dir, name, addr, program, append([]string{"--config.file=" + config, "--web.listen-address=" + addr,
			"--storage.tsdb.path=" + filepath.Join(dir, name+"-data"), "--web.enable-admin-api", "--web.enable-lifecycle"}, more...)...)
		if err != nil {
			return nil, err
		}
		running.Add(p)
		return p, p.WaitReady(ctx, "/-/ready")
	}
	// Short blocks, so that there are some when its directory is imported.
	prom, err := start("prometheus", prometheus, "--enable-feature=exemplar-storage", "--storage.tsdb.min-block-duration=20s", "--storage.tsdb.max-block-duration=20s")
	if err != nil {
		return err
	}
	c := comparison{ctx: ctx, prom: prom.URL()}
	if live {
		mono, err := start("monopod", monopod)
		if err != nil {
			return err
		}
		c.mono = mono.URL()
	}
	fmt.Printf("prometheus %s, monopod %s, logs in %s\n", c.prom, c.mono, dir)
	fmt.Printf("scraping for %v …\n", duration)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(duration):
	}

	c.end = time.Now().Add(-5 * time.Second).Truncate(time.Second)
	if live {
		if err := c.samples(); err != nil {
			return err
		}
		c.queries()
		c.labels()
		c.clients(promtool, config)
	}
	x := exchange{comparison: &c, monopod: monopod, prometheus: prometheus, promtool: promtool, dir: dir, source: filepath.Join(dir, "prometheus-data")}
	if err := x.run(func() error { return prom.Stop(30 * time.Second) }); err != nil {
		return fmt.Errorf("exchange: %w (its files are in %s)", err, dir)
	}
	fmt.Printf("%d passed, %d failed\n", c.passed, c.failed)
	if c.failed > 0 {
		return errors.New("the answers differ")
	}
	return os.RemoveAll(dir)
}

type comparison struct {
	ctx            context.Context
	prom, mono     string
	passed, failed int
	end            time.Time // of what is compared
	// exact: both have the same samples, and not only those of the same targets.
	exact bool
}

func (c *comparison) report(what, difference string) {
	if difference == "" {
		c.passed++
		return
	}
	c.failed++
	fmt.Printf("DIFFERS %s: %.600s\n", what, difference)
}

// samples compares every sample of the last minute. Their timestamps may lie a
// few milliseconds apart, as the two scrape the targets one after the other.
func (c *comparison) samples() error {
	// Evaluate half way between two scrapes, where a few milliseconds mean nothing.
	form := url.Values{"query": {`timestamp(up{job="plain"})`}, "time": {stamp(c.end)}}
	ts, _, err := ask(c.ctx, c.prom, "query", form)
	if err != nil || len(ts) != 1 {
		return fmt.Errorf("prometheus scraped nothing: %v", err)
	}
	for _, s := range ts {
		t, err := strconv.ParseFloat(s.Value.V, 64)
		if err != nil {
			return err
		}
		// Far from the scrapes of all jobs: take the middle of the widest gap.
		c.end = time.UnixMilli(int64(t * 1000))
	}
	c.end = c.widestGap(c.end)
	for _, job := range []string{"node", "plain", "stamped", "native", "gone"} {
		// Durations of scrapes differ by nature.
		form := url.Values{"query": {fmt.Sprintf(`{job=%q,__name__!~"scrape_duration_seconds|scrape_series_added"}[70s]`, job)}, "time": {stamp(c.end)}}
		want, _, err := ask(c.ctx, c.prom, "query", form)
		if err != nil {
			return err
		}
		got, _, err := ask(c.ctx, c.mono, "query", form)
		if err != nil {
			return err
		}
		n := 0
		for _, s := range want {
			n += len(s.Values) + len(s.Histograms)
		}
		if n == 0 {
			return fmt.Errorf("job %s: prometheus has no samples; the comparison would prove nothing", job)
		}
		fmt.Printf("job %-8s %5d series, %6d samples\n", job, len(want), n)
		c.report("samples of "+job, difference(want, got, maxShift, 0))
	}
	return nil
}

// widestGap finds the time in the second before t that is farthest from any
// target's scrape.
func (c *comparison) widestGap(t time.Time) time.Time {
	form := url.Values{"query": {`timestamp(up)`}, "time": {stamp(t)}}
	all, _, err := ask(c.ctx, c.prom, "query", form)
	if err != nil {
		return t
	}
	best, bestDistance := t, -1.0
	for offset := 0; offset < int(interval.Milliseconds()); offset += 10 {
		at := float64(t.UnixMilli()+int64(offset)) / 1000
		nearest := math.Inf(1)
		for _, s := range all {
			v, _ := strconv.ParseFloat(s.Value.V, 64)
			period := interval.Seconds()
			d := math.Mod(math.Mod(at-v, period)+period, period)
			nearest = math.Min(nearest, math.Min(d, period-d))
		}
		if nearest > bestDistance {
			best, bestDistance = t.Add(time.Duration(offset)*time.Millisecond), nearest
		}
	}
	return best
}

func (c *comparison) queries() {
	for _, q := range queries {
		part := 0.0
		switch {
		case q.inTime && !c.exact:
			part = 0.02
		case q.inTime:
			part = 1e-12
		case q.inOrder:
			part = 1e-12
		}
		for _, kind := range []string{"query", "query_range"} {
			form := url.Values{"query": {q.expr}, "time": {stamp(c.end)}}
			if kind == "query_range" {
				form = url.Values{"query": {q.expr}, "start": {stamp(c.end.Add(-70 * time.Second))}, "end": {stamp(c.end)}, "step": {"2s"}}
			}
			want, wantType, err1 := ask(c.ctx, c.prom, kind, form)
			got, gotType, err2 := ask(c.ctx, c.mono, kind, form)
			d := ""
			switch {
			case err1 != nil || err2 != nil:
				if d = fmt.Sprintf("prometheus: %v, monopod: %v", err1, err2); err1 != nil && err2 != nil && err1.Error() == err2.Error() {
					d = ""
				}
			case wantType != gotType:
				d = fmt.Sprintf("type %s, want %s", gotType, wantType)
			case len(want) == 0 && q.expr != "" && kind == "query_range":
				d = "no result: the query proves nothing"
			default:
				d = difference(want, got, 0, part)
			}
			c.report(kind+" "+q.expr, d)
		}
	}
}

func (c *comparison) labels() {
	for _, path := range []string{
		"labels", "label/__name__/values", "label/job/values", "label/pod/values", "label/le/values",
		`series?match[]=up`, `series?match[]={__name__=~"demo_.*"}`, "metadata?metric=demo_requests_total",
		"scrape_pools", "targets?state=dropped", "format_query?query=sum(a)by(b)", "parse_query?query=rate(a[5m])%3E1",
	} {
		want, err1 := get(c.ctx, c.prom+"/api/v1/"+path)
		got, err2 := get(c.ctx, c.mono+"/api/v1/"+path)
		d := ""
		if err1 != nil || err2 != nil {
			d = fmt.Sprintf("prometheus: %v, monopod: %v", err1, err2)
		} else {
			d = documentsDiffer(want, got)
		}
		c.report(path, d)
	}
	for _, bad := range []string{
		"query?query=sum(", "query?query=up&time=never", "query", "query_range?query=up&start=2&end=1&step=1", "query_range?query=up&start=0&end=100000000&step=1",
		"query_range?query=up&start=1&end=2&step=0", "label/a%20b/values?match[]=", "series", "series?match[]={", "labels?limit=x", "no/such/route",
		"query?query=up&timeout=x", "query?query=foo%20%2B%20on(a)%20bar%5B5m%5D", "query?query=histogram_quantile(2,demo_odd)",
	} {
		want, wantCode := status(c.ctx, c.prom+"/api/v1/"+bad)
		got, gotCode := status(c.ctx, c.mono+"/api/v1/"+bad)
		d := documentsDiffer([]byte(want), []byte(got))
		if wantCode != gotCode {
			d = fmt.Sprintf("got %d %s, want %d %s", gotCode, got, wantCode, want)
		}
		c.report("bad request "+bad, d)
	}
}

// clients drives Monopod with promtool.
func (c *comparison) clients(promtool, config string) {
	end := fmt.Sprint(c.end.Unix())
	start := fmt.Sprint(c.end.Add(-30 * time.Second).Unix())
	for _, args := range [][]string{
		{"query", "instant", "--time=" + end, "SERVER", "sum by (job) (up)"},
		{"query", "range", "--start=" + start, "--end=" + end, "--step=5s", "SERVER", "sum by (job) (up)"},
		{"query", "series", "--match=up", "--start=" + start, "--end=" + end, "SERVER"},
		{"query", "labels", "SERVER", "job"},
		{"query", "analyze", "--server=SERVER", "--type=histogram", "--duration=1m", "--match=demo_native_seconds"},
		{"check", "healthy", "--url=SERVER"},
		{"check", "ready", "--url=SERVER"},
		{"check", "config", config},
	} {
		var outs [2]string
		for i, server := range []string{c.prom, c.mono} {
			filled := make([]string, len(args))
			for j, a := range args {
				filled[j] = string(bytes.ReplaceAll([]byte(a), []byte("SERVER"), []byte(server)))
			}
			out, err := exec.CommandContext(c.ctx, promtool, filled...).CombinedOutput()
			outs[i] = string(bytes.ReplaceAll(out, []byte(server), []byte("SERVER")))
			if err != nil {
				outs[i] += err.Error()
			}
			// Neither program promises an order of series.
			series := strings.Split("\n"+strings.TrimSpace(outs[i]), "\n{")
			slices.Sort(series)
			outs[i] = strings.Join(series, "\n{")
		}
		d := ""
		if outs[0] != outs[1] {
			d = fmt.Sprintf("with monopod %q, with prometheus %q", outs[1], outs[0])
		}
		c.report(fmt.Sprint("promtool ", args), d)
	}
	// What Monopod says of itself has to parse. The linter's remarks (exit code 3)
	// are about names, some of which are Prometheus's.
	body, err := get(c.ctx, c.mono+"/metrics")
	d := ""
	if err == nil {
		cmd := exec.CommandContext(c.ctx, promtool, "check", "metrics")
		cmd.Stdin = bytes.NewReader(body)
		var out []byte
		if out, err = cmd.CombinedOutput(); cmd.ProcessState.ExitCode() == 3 {
			err = nil
		} else if err != nil {
			d = string(out)
		}
	}
	if err != nil && d == "" {
		d = err.Error()
	}
	c.report("promtool check metrics of /metrics", d)
}

func stamp(t time.Time) string { return fmt.Sprintf("%.3f", float64(t.UnixMilli())/1000) }
