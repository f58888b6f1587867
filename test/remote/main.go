// Command remote holds Monopod between two Prometheus servers: one writes to it
// by remote write 1.0 and 2.0, the other reads from it by remote read. All three
// must answer the same. It ends with exit code 1 and the differences otherwise.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"

	"monopod/test/process"
)

// queries are asked of all three. via is the label of what came by 2.0.
var queries = []string{
	`count by (job) ({job=~".+",via="%s"})`,
	`sum by (job) (up{via="%s"})`,
	`sort(sum by (handler) (rate(prometheus_http_requests_total{via="%s"}[10s])))`,
	`sum by (job) (count_over_time(go_goroutines{via="%s"}[10s]))`,
	`histogram_quantile(0.9, sum(rate(prometheus_http_request_duration_seconds{via="%s"}[10s])))`,
	`histogram_count(prometheus_http_request_duration_seconds{via="%s"})`,
	`go_goroutines{via="%s"}`,
}

const writerConfig = `
global: {scrape_interval: 1s, external_labels: {cluster: c1}}
scrape_configs:
- job_name: writer
  scrape_native_histograms: true
  static_configs: [{targets: ['%[1]s']}]
- job_name: monopod
  static_configs: [{targets: ['%[2]s']}]
remote_write:
- url: http://%[2]s/api/v1/write
  queue_config: {batch_send_deadline: 200ms}
  send_exemplars: true
  send_native_histograms: true
- url: http://%[2]s/api/v1/write
  name: second
  protobuf_message: io.prometheus.write.v2.Request
  queue_config: {batch_send_deadline: 200ms}
  send_exemplars: true
  send_native_histograms: true
  write_relabel_configs: [{target_label: via, replacement: second}]
`

const readerConfig = `
remote_read:
- url: http://%s/api/v1/read
  read_recent: true
`

func main() {
	monopod := flag.String("monopod", "bin/monopod", "Monopod")
	prometheus := flag.String("prometheus", "bin/tools/prometheus", "Prometheus")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	if err := run(ctx, *monopod, *prometheus); err != nil {
		fmt.Fprintln(os.Stderr, "remote:", err)
		os.Exit(1)
	}
	fmt.Println("remote: what Prometheus wrote and what Prometheus reads is the same")
}

func run(ctx context.Context, monopod, prometheus string) error {
	dir, err := os.MkdirTemp("", "monopod-remote-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var all process.All
	defer all.Stop()
	var addresses [3]string
	for i := range addresses {
		if addresses[i], err = process.FreeAddress(); err != nil {
			return err
		}
	}
	middle, writer, reader := addresses[0], addresses[1], addresses[2]
	start := func(name, program, address, config string, flags ...string) error {
		file := filepath.Join(dir, name+".yml")
		if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
			return err
		}
		args := append([]string{"--config.file=" + file, "--web.listen-address=" + address, "--storage.tsdb.path=" + filepath.Join(dir, name)}, flags...)
		p, err := process.Start(dir, name, address, program, args...)
		if err != nil {
			return err
		}
		return all.Add(p).WaitReady(ctx, "/-/ready")
	}
	if err := start("monopod", monopod, middle, "global: {scrape_interval: 1m}\n", "--web.enable-remote-write-receiver", "--enable-feature=exemplar-storage"); err != nil {
		return err
	}
	if err := start("reader", prometheus, reader, fmt.Sprintf(readerConfig, middle)); err != nil {
		return err
	}
	if err := start("writer", prometheus, writer, fmt.Sprintf(writerConfig, writer, middle), "--enable-feature=exemplar-storage"); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(15 * time.Second):
	}
	return compare(ctx, time.Now().Add(-2*time.Second), writer, middle, reader)
}

// compare asks everyone until all answer the same: what was written is there a
// moment later.
func compare(ctx context.Context, at time.Time, writer, middle, reader string) error {
	for _, q := range queries {
		want, err := ask(ctx, writer, fmt.Sprintf(q, ""), at)
		if err != nil {
			return err
		}
		if len(want) == 0 {
			return fmt.Errorf("%s has no answer: it compares nothing", q)
		}
		for _, who := range []struct{ name, address, via string }{
			{"Monopod, by 1.0", middle, ""}, {"Monopod, by 2.0", middle, "second"}, {"remote read, by 1.0", reader, ""}, {"remote read, by 2.0", reader, "second"},
		} {
			if err := until(ctx, func() error {
				got, err := ask(ctx, who.address, fmt.Sprintf(q, who.via), at)
				if err == nil && !reflect.DeepEqual(got, want) {
					err = fmt.Errorf("%s\n  Prometheus: %v\n  %s: %v", q, want, who.name, got)
				}
				return err
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

func until(ctx context.Context, holds func() error) error {
	deadline := time.Now().Add(20 * time.Second)
	for {
		err := holds()
		if err == nil || ctx.Err() != nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// ask returns the values of an instant query by their labels, without those that
// tell which way they came.
func ask(ctx context.Context, address, expr string, at time.Time) (map[string]string, error) {
	target := "http://" + address + "/api/v1/query?query=" + url.QueryEscape(expr) + "&time=" + strconv.FormatInt(at.Unix(), 10)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Status string
		Data   struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Status != "success" {
		return nil, fmt.Errorf("%s: %s", expr, strings.TrimSpace(string(body)))
	}
	out := map[string]string{}
	for _, r := range answer.Data.Result {
		delete(r.Metric, "via")
		delete(r.Metric, "cluster")
		out[fmt.Sprint(r.Metric)] = fmt.Sprint(r.Value[1])
	}
	return out, nil
}
