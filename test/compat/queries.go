package main

// query is one question that both programs are asked, instant and as a range.
type query struct {
	expr string
	// inTime marks what depends on the milliseconds of a scrape: rates over
	// targets that the two programs scrape a few milliseconds apart. Those agree to
	// within a small part; all others agree to the last bit.
	inTime bool
	// inOrder marks sums of fractions, whose last bits depend on the order of the
	// series, which neither program promises.
	inOrder bool
}

var queries = []query{
	{expr: `up`},
	{expr: `demo_requests_total{job="stamped"}`},
	{expr: `demo_requests_total`},
	{expr: `demo_temperature_celsius`},
	{expr: `demo_odd`},
	{expr: `demo_pod_info`},
	{expr: `count by (job) ({__name__=~".+"})`},
	{expr: `sum by (code, job) (demo_requests_total)`},
	{expr: `sum without (path) (demo_requests_total)`},
	{expr: `rate(demo_requests_total{job="stamped"}[10s])`},
	{expr: `rate(demo_requests_total{job="plain"}[10s])`, inTime: true},
	{expr: `increase(demo_requests_total{job="stamped"}[15s])`},
	{expr: `irate(demo_requests_total{job="stamped"}[15s])`},
	{expr: `resets(demo_requests_total[30s])`},
	{expr: `changes(demo_untyped_thing[20s])`},
	{expr: `delta(demo_temperature_celsius{job="stamped"}[10s])`},
	{expr: `deriv(demo_temperature_celsius{job="stamped"}[10s])`},
	{expr: `predict_linear(demo_temperature_celsius{job="stamped"}[10s], 60)`},
	{expr: `max_over_time(demo_temperature_celsius[20s])`},
	{expr: `avg_over_time(demo_temperature_celsius[20s])`},
	{expr: `quantile_over_time(0.9, demo_temperature_celsius[20s])`},
	{expr: `count_over_time(demo_odd[20s])`},
	{expr: `last_over_time(demo_pod_info[30s])`},
	{expr: `present_over_time(demo_pod_info[20s])`},
	{expr: `absent(demo_pod_info{pod="no-such-pod"})`},
	{expr: `histogram_quantile(0.9, sum by (le, job) (rate(demo_duration_seconds_bucket{job="stamped"}[15s])))`},
	{expr: `histogram_quantile(0.9, sum by (op) (rate(demo_native_seconds[15s])))`, inTime: true},
	{expr: `histogram_count(demo_native_seconds)`},
	{expr: `histogram_sum(demo_native_seconds)`},
	{expr: `demo_native_seconds`},
	{expr: `histogram_fraction(0, 1, demo_native_seconds)`},
	{expr: `topk(2, demo_requests_total{job="stamped",code="200"} > 0)`},
	{expr: `bottomk(2, demo_temperature_celsius{job="stamped"})`},
	{expr: `demo_duration_seconds_sum / on (job, instance) demo_duration_seconds_count`},
	{expr: `demo_requests_total * on (job, instance) group_left up`},
	{expr: `label_replace(demo_pod_info, "n", "$1", "pod", "pod-(.*)")`},
	{expr: `count_values("v", demo_pod_info)`},
	{expr: `demo_requests_total{job="stamped"} offset 5s`},
	{expr: `max_over_time(sum by (job) (demo_requests_total{job="stamped"})[20s:2s])`},
	{expr: `sort_desc(demo_size_bytes{job="stamped"})`},
	{expr: `demo_temperature_celsius > 20 and on (room) demo_temperature_celsius < 24`},
	{expr: `stddev by (job) (demo_temperature_celsius)`, inOrder: true},
	{expr: `node_memory_MemTotal_bytes`},
	{expr: `node_load1`},
	{expr: `count by (mode) (node_cpu_seconds_total)`},
	{expr: `sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[10s]))`, inTime: true},
	{expr: `1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes`},
	{expr: `node_filesystem_avail_bytes / node_filesystem_size_bytes`},
	{expr: `count({__name__=~"node_.*"})`},
	{expr: `scrape_samples_scraped`},
	{expr: `scrape_samples_post_metric_relabeling`},
	{expr: `scrape_series_added{job!="prometheus"}`},
	{expr: `time() - timestamp(demo_temperature_celsius{job="stamped"})`},
	{expr: `vector(1) + scalar(demo_untyped_thing{job="stamped"})`},
}
