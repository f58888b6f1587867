package httpapi

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestStatusEqualsPrometheus(t *testing.T) {
	f := newFixture(t)
	for _, path := range []string{
		"/status/config", "/status/flags", "/status/buildinfo", "/status/tsdb", "/status/tsdb?limit=1", "/status/tsdb?limit=0", "/status/tsdb?limit=x",
		"/status/tsdb?limit=10001", "/status/tsdb?limit=10000", "/status/tsdb/blocks", "/status/walreplay", "/features",
		"/status/self_metrics", "/status/self_metrics?metric_name_pattern=nothing", "/status/self_metrics?metric_name_pattern=prometheus.*", "/status/self_metrics?metric_name_pattern=(",
		"/alertmanagers",
	} {
		f.same(t, call{path: path})
	}
}

func TestRuntimeInfo(t *testing.T) {
	f := newFixture(t)
	var ours, theirs struct{ Data map[string]any }
	for _, x := range []struct {
		h    http.Handler
		into any
	}{{f.ours.Handler(), &ours}, {f.theirs, &theirs}} {
		if err := json.Unmarshal(answer(x.h, call{path: "/status/runtimeinfo"}).Body.Bytes(), x.into); err != nil {
			t.Fatal(err)
		}
	}
	for key, v := range theirs.Data {
		if reflect.TypeOf(ours.Data[key]) != reflect.TypeOf(v) {
			t.Errorf("%s is %T, Prometheus has %T", key, ours.Data[key], v)
		}
		delete(ours.Data, key)
	}
	if len(ours.Data) > 0 {
		t.Errorf("members that Prometheus has not: %v", ours.Data)
	}
	body := answer(f.ours.Handler(), call{path: "/status/runtimeinfo"}).Body.String()
	for _, want := range []string{
		`"startTime":"1970-01-01T01:00:00Z"`, `"reloadConfigSuccess":false`, `"lastConfigTime":"1970-01-01T00:56:40Z"`, `"corruptionCount":2`, `"storageRetention":"15d"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s lacks %s", body, want)
		}
	}
}

func TestTargetsEqualPrometheus(t *testing.T) {
	f := newFixture(t)
	for _, path := range []string{
		"/targets", "/targets?state=active", "/targets?state=DROPPED", "/targets?state=any", "/targets?state=other", "/targets?scrapePool=api",
		"/targets?scrapePool=none", "/targets?state=dropped&scrapePool=api", "/scrape_pools",
		"/targets/metadata?limit=x", "/targets/metadata?limit=0", "/targets/metadata?match_target={", "/targets/metadata?metric=go_threads",
		"/targets/metadata?metric=none", `/targets/metadata?match_target={instance="example.com:8080"}`, `/targets/metadata?match_target={job="none"}`,
		"/metadata?metric=go_threads", "/metadata?metric=none", "/metadata?limit=0", "/metadata?limit=x", "/metadata?limit_per_metric=x", "/metadata?metric=requests&limit=0",
		"/targets/relabel_steps", "/targets/relabel_steps?scrapePool=blackbox", "/targets/relabel_steps?scrapePool=none&labels={}",
		"/targets/relabel_steps?scrapePool=blackbox&labels=x", `/targets/relabel_steps?scrapePool=blackbox&labels={"__address__":"h:80<","job":"web"}`,
		`/targets/relabel_steps?scrapePool=blackbox&labels={"job":"dropped"}`,
	} {
		f.same(t, call{path: strings.NewReplacer("{", "%7B", "}", "%7D", `"`, "%22", "<", "%3C").Replace(path)})
	}
}

// Prometheus answers these in the order of a map.
func TestMetadataHasWhatPrometheusHas(t *testing.T) {
	f := newFixture(t)
	decode := func(h http.Handler, path string) map[string][]map[string]string {
		var out struct {
			Data map[string][]map[string]string
		}
		if err := json.Unmarshal(answer(h, call{path: path}).Body.Bytes(), &out); err != nil {
			t.Fatal(err)
		}
		return out.Data
	}
	ours, theirs := decode(f.ours.Handler(), "/metadata"), decode(f.theirs, "/metadata")
	if len(ours) != len(theirs) || len(ours["requests"]) != 2 || len(theirs["requests"]) != 2 || !reflect.DeepEqual(ours["go_threads"], theirs["go_threads"]) {
		t.Errorf("ours %v, Prometheus %v", ours, theirs)
	}
	if got := decode(f.ours.Handler(), "/metadata?limit_per_metric=1"); len(got["requests"]) != 1 {
		t.Errorf("limit_per_metric=1: %v", got)
	}
	if got := decode(f.ours.Handler(), "/metadata?limit=1"); len(got) != 1 {
		t.Errorf("limit=1: %v", got)
	}
	c := call{path: "/targets/metadata"}
	ours1, theirs1 := answer(f.ours.Handler(), c).Body.String(), answer(f.theirs, c).Body.String()
	if len(ours1) != len(theirs1) {
		t.Errorf("targets/metadata:\nours:   %s\ntheirs: %s", ours1, theirs1)
	}
}

func TestRulesEqualPrometheus(t *testing.T) {
	f := newFixture(t)
	first := ruleToken(f.options.Rules.RuleGroups()[1])
	for _, path := range []string{
		"/rules", "/alerts", "/rules?type=alert", "/rules?type=RECORD", "/rules?type=x", "/rules?rule_name[]=Firing", "/rules?rule_group[]=two&rule_group[]=one",
		"/rules?file[]=b.yml", "/rules?file[]=none", "/rules?exclude_alerts=true", "/rules?exclude_alerts=x", "/rules?match[]=%7Bseverity=~%22page.%2B%22%7D",
		"/rules?match[]=%7B", "/rules?match[]=%7Bx=%22%22%7D", "/rules?group_limit=1", "/rules?group_limit=1&group_next_token=" + first, "/rules?group_limit=5&group_next_token=" + first,
		"/rules?group_limit=2&group_next_token=none", "/rules?group_next_token=x", "/rules?group_limit=0", "/rules?group_limit=x", "/rules?group_limit=-1", "/rules?%zz",
		"/rules?type=alert&group_limit=1",
	} {
		f.same(t, call{path: path})
	}
}

func TestAdminEqualsPrometheus(t *testing.T) {
	off, on := newFixture(t), newFixture(t, func(o *Options) { o.EnableAdminAPI = true })
	for _, f := range []*fixture{off, on} {
		for _, method := range []string{http.MethodPost, http.MethodPut} {
			for _, path := range []string{
				"/admin/tsdb/delete_series", "/admin/tsdb/delete_series?match[]=up", "/admin/tsdb/delete_series?match[]=up&match[]=%7B", "/admin/tsdb/delete_series?match[]=up&start=x",
				"/admin/tsdb/delete_series?match[]=up&end=x", "/admin/tsdb/delete_series?match[]=fails", "/admin/tsdb/delete_series?%zz",
				"/admin/tsdb/clean_tombstones", "/admin/tsdb/snapshot?skip_head=x",
			} {
				f.same(t, call{method: method, path: path})
			}
		}
	}
	off.same(t, call{method: http.MethodPost, path: "/admin/tsdb/snapshot"})
	name := regexp.MustCompile(`^{"status":"success","data":{"name":"19700101T010000Z-[0-9a-f]{16}"}}$`)
	if w := answer(on.ours.Handler(), call{method: http.MethodPost, path: "/admin/tsdb/snapshot?skip_head=true"}); w.Code != http.StatusOK || !name.MatchString(w.Body.String()) {
		t.Errorf("snapshot: %d %s", w.Code, w.Body)
	}
}

func TestOwnStatusAndDiscovery(t *testing.T) {
	f := newFixture(t)
	f.options.Now = func() time.Time { return time.Unix(3600, 0) }
	get := func(path string) map[string]any {
		t.Helper()
		var out struct {
			Status string
			Data   map[string]any
		}
		r := serve(f.ours.Handler(), http.MethodGet, "/api/monopod/v1"+path, nil)
		if err := json.Unmarshal(r.Body.Bytes(), &out); err != nil || out.Status != "success" {
			t.Fatalf("%s: %v: %s", path, err, r.Body)
		}
		return out.Data
	}
	s := get("/status")
	if s["state"] != "ready" || s["config"].(map[string]any)["error"] != "line 3: <bad>" || s["targets"].(map[string]any)["up"] != 1.0 {
		t.Errorf("status: %v", s)
	}
	if s["storage"].(map[string]any)["usage"].(map[string]any)["blockBytes"] != 99.0 {
		t.Errorf("storage: %v", s["storage"])
	}
	f.ours.SetReady(Starting)
	if s = get("/status"); s["state"] != "starting" || s["storage"].(map[string]any)["head"] != nil {
		t.Errorf("status while starting: %v", s)
	}
	f.ours.SetReady(Ready)
	pools := get("/discovery")["pools"].([]any)
	if len(pools) != 3 {
		t.Fatalf("pools: %v", pools)
	}
	box := pools[1].(map[string]any)
	if box["scrapePool"] != "blackbox" || box["droppedCount"] != 3.0 || box["dropped"].([]any)[0].(map[string]any)["reason"] != "rule 3: drop" {
		t.Errorf("blackbox: %v", box)
	}
	if api := pools[0].(map[string]any)["active"].([]any)[0].(map[string]any); api["bodyBytes"] != 1234.0 || api["samplesKept"] != 9.0 {
		t.Errorf("api: %v", api)
	}
	if only := get("/discovery?scrapePool=self&state=active")["pools"].([]any); len(only) != 1 {
		t.Errorf("one pool: %v", only)
	}
}
