package grafanaapi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"monopod/internal/datasource"
	"monopod/internal/datasource/all"
	"monopod/internal/state"
)

const secretCanary = "CANARY-51ad"

// newDataSourceServer answers the API of data sources on a state of its own.
func newDataSourceServer(t *testing.T) *server {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	db, err := state.Open(ctx, filepath.Join(dir, "monopod.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	box, err := state.OpenBox("", filepath.Join(dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := datasource.NewStore(ctx, datasource.StoreOptions{DB: db, Box: box})
	if err != nil {
		t.Fatal(err)
	}
	sources := datasource.New(datasource.Options{Store: store, Kinds: all.Kinds(), Local: all.Grafana(), Grafana: all.Grafana()})
	t.Cleanup(func() { _ = sources.Close() })
	return newServer(t, NewDataSources(DataSourcesOptions{Sources: sources}).Routes()...)
}

func TestDataSourceLife(t *testing.T) {
	s := newDataSourceServer(t)
	body := fmt.Sprintf(`{"uid":"p","name":"Prom","type":"prometheus","url":"http://127.0.0.1:1","access":"proxy","basicAuth":true,"basicAuthUser":"u","jsonData":{"x":1},"secureJsonData":{"basicAuthPassword":%q}}`, secretCanary)
	for _, step := range []struct {
		request, body string
		code          int
		in            string
	}{
		{"POST /api/datasources", body, 200, `"message":"Datasource added"`},
		{"POST /api/datasources", body, 409, "another data source"},
		{"POST /api/datasources", `{"name":""}`, 400, "name"},
		{"POST /api/datasources", `{"name":`, 400, "line 1"},
		{"GET /api/datasources", "", 200, `"uid":"monopod"`},
		{"GET /api/datasources/uid/p", "", 200, `"secureJsonFields":{"basicAuthPassword":true}`},
		{"GET /api/datasources/2", "", 200, `"jsonData":{"x":1}`},
		{"GET /api/datasources/name/Prom", "", 200, `"uid":"p"`},
		{"GET /api/datasources/id/Prom", "", 200, `{"id":2}`},
		{"GET /api/datasources/uid/none", "", 404, "Data source not found"},
		{"GET /api/datasources/x", "", 404, "not found"},
		{"GET /api/datasources/uid/p/health", "", 400, `"reason":"down"`},
		{"GET /api/datasources/2/health", "", 400, "nothing listens there"},
		{"PUT /api/datasources/uid/p", `{"name":"Prom","type":"prometheus","url":"http://127.0.0.1:2","version":7}`, 412, "someone else"},
		{"PUT /api/datasources/uid/p", `{"name":"Prom","type":"prometheus","url":"http://127.0.0.1:2","basicAuth":true}`, 200, `"version":2`},
		{"PUT /api/datasources/uid/monopod", `{"name":"x","type":"prometheus"}`, 403, "built in"},
		{"GET /api/monopod/v1/datasources", "", 200, `"kind":"prometheus"`},
		{"POST /api/monopod/v1/datasources/test", `{"uid":"p","name":"Prom","type":"prometheus","url":"http://127.0.0.1:1"}`, 400, `"reason":"down"`},
		{"POST /api/monopod/v1/datasources/test", `{"name":"x","type":"oracle","url":"x"}`, 400, `cannot ask data sources of type \"oracle\"`},
		{"POST /api/monopod/v1/variable", `{"datasource":{"uid":"p"},"query":"label_values(job)","from":0,"to":1000}`, 502, `"status":"down"`},
		{"POST /api/monopod/v1/variable", `{"datasource":{"type":"loki","uid":"x"},"query":"label_names()"}`, 404, "there is no data source"},
		{"POST /api/ds/query", `{"from":"now-1h","to":"now","queries":[{"refId":"A","datasource":{"uid":"p"},"expr":"up"}]}`, 400, `"status":502`},
		{"POST /api/ds/query", `{"from":"now-1h","to":"now","queries":[{"refId":"W","datasource":{"uid":"grafana"}}]}`, 200, `"W-series"`},
		{"POST /api/ds/query", `{"queries":[]}`, 400, "No queries"},
		{"POST /api/ds/query", `{"from":"yesterday","queries":[{}]}`, 400, "yesterday"},
		{"DELETE /api/datasources/uid/monopod", "", 403, "built in"},
		{"DELETE /api/datasources/name/Prom", "", 200, "Data source deleted"},
		{"DELETE /api/datasources/uid/p", "", 404, "not found"},
	} {
		code, answer := s.ask(admin, step.request, step.body)
		if code != step.code || !strings.Contains(string(answer), step.in) {
			t.Errorf("%s %s: %d %s, want %d with %s", step.request, step.body, code, answer, step.code, step.in)
		}
		if strings.Contains(string(answer), secretCanary) {
			t.Errorf("%s: the secret stands in the answer", step.request)
		}
	}
}

// TestStoredSecretGoesNowhereElse holds that a form cannot have the stored
// password sent to another address.
func TestStoredSecretGoesNowhereElse(t *testing.T) {
	s := newDataSourceServer(t)
	var seen []string
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = append(seen, r.Header.Get("Authorization")) }))
	defer thief.Close()
	s.ask(admin, "POST /api/datasources", `{"uid":"p","name":"P","type":"prometheus","url":"http://127.0.0.1:1","basicAuth":true,"basicAuthUser":"u","secureJsonData":{"basicAuthPassword":"`+secretCanary+`"}}`)
	s.ask(admin, "POST /api/monopod/v1/datasources/test", `{"uid":"p","name":"P","type":"prometheus","url":"`+thief.URL+`","basicAuth":true,"basicAuthUser":"u"}`)
	if got := strings.Join(seen, " "); len(seen) == 0 || !strings.HasPrefix(got, "Basic dTo") || len(strings.Fields(got)[1]) > 4 {
		t.Errorf("sent %q", seen)
	}
}

func TestForwarding(t *testing.T) {
	s := newDataSourceServer(t)
	var seen *http.Request
	var body string
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r
		b, _ := io.ReadAll(r.Body)
		body = string(b)
		http.SetCookie(w, &http.Cookie{Name: "evil", Value: "1"})
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"up":true}`)
	}))
	defer upstream.Close()
	s.ask(admin, "POST /api/datasources", `{"uid":"p","name":"P","type":"prometheus","url":"`+upstream.URL+`/root","jsonData":{"httpHeaderName1":"X-Scope"},"secureJsonData":{"httpHeaderValue1":"tenant"}}`)
	s.ask(admin, "POST /api/datasources", `{"uid":"pg","name":"PG","type":"postgres","url":"127.0.0.1:1"}`)

	r := httptest.NewRequest("POST", "/api/datasources/proxy/uid/p/api/v1/query?time=1", strings.NewReader("query=up"))
	r.Header.Set("Cookie", "session="+secretCanary)
	r.Header.Set("Authorization", "Bearer "+secretCanary)
	r.Header.Set("X-Forwarded-User", secretCanary)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	if w.Code != 200 || w.Body.String() != `{"up":true}` || seen.URL.String() != "/root/api/v1/query?time=1" || body != "query=up" || seen.Header.Get("X-Scope") != "tenant" {
		t.Errorf("%d %s; upstream saw %s %q %v", w.Code, w.Body, seen.URL, body, seen.Header)
	}
	if sent := fmt.Sprint(seen.Header); strings.Contains(sent, secretCanary) {
		t.Errorf("the user's credentials went on: %s", sent)
	}
	if w.Header().Get("Set-Cookie") != "" || w.Header().Get("Content-Security-Policy") != "sandbox" {
		t.Errorf("came back with %v", w.Header())
	}
	for _, request := range []string{
		"GET /api/datasources/proxy/uid/p/api/v1/label/job/values", "GET /api/datasources/proxy/2/api/v1/metadata", "GET /api/datasources/uid/p/resources/api/v1/labels", "GET /api/datasources/2/resources/api/v1/labels",
	} {
		if code, answer := s.ask(viewer, request, ""); code != 200 {
			t.Errorf("%s: %d %s", request, code, answer)
		}
	}
	seen = nil
	for _, request := range []string{
		"POST /api/datasources/proxy/uid/p/api/v1/admin/tsdb/delete_series", "GET /api/datasources/proxy/uid/p/api/v1/status/config", "DELETE /api/datasources/proxy/uid/p/api/v1/query",
		"GET /api/datasources/proxy/uid/p/", "GET /api/datasources/proxy/uid/p/-/quit", "GET /api/datasources/proxy/uid/p/api/v1/label/..%2f..%2fadmin/values",
		"GET /api/datasources/proxy/uid/p/api/v1/label/%2e%2e/values", "GET /api/datasources/proxy/uid/p/api/v1/label/a%5cb/values", "GET /api/datasources/proxy/uid/p/api/v1/label/a%252fb/values",
		"GET /api/datasources/proxy/uid/p/api/v1/label/a%3fb/values", "GET /api/datasources/proxy/uid/pg/query", "GET /api/datasources/proxy/uid/none/api/v1/query",
	} {
		if code, answer := s.ask(admin, request, ""); code != 403 && code != 404 && code != 301 && code != 307 || seen != nil {
			t.Errorf("%s: %d %s (went on: %t)", request, code, answer, seen != nil)
		}
	}
}

func TestViewStream(t *testing.T) {
	s := newDataSourceServer(t)
	walk := `{"refId":"A","queryType":"randomWalk"}`
	code, answer := s.ask(viewer, "POST /api/monopod/v1/view", `{"from":0,"to":60000,"timeZone":"Asia/Seoul","queries":[
		{"key":"1/A","datasource":{"uid":"grafana"},"target":`+walk+`,"maxDataPoints":50},
		{"key":"2/B","datasource":{"uid":"grafana"},"target":{"queryType":"randomWalk","refId":"B","hide":false},"maxDataPoints":50},
		{"key":"1/E","datasource":{"uid":"__expr__"},"target":{"refId":"E","type":"reduce","expression":"A","reducer":"count"}},
		{"key":"3/A","datasource":{"uid":"nowhere"},"target":{"refId":"A"}},
		{"key":"4/A","target":"what"}]}`)
	if code != 200 {
		t.Fatalf("%d %s", code, answer)
	}
	got := map[string]string{}
	messages := 0
	for len(answer) > 0 {
		h := int(answer[4]) | int(answer[5])<<8
		c := int(answer[8]) | int(answer[9])<<8
		var header struct {
			Answers []struct{ Key string }
			Frames  []struct{ Length int }
			Error   *struct{ Kind string }
		}
		if err := json.Unmarshal(answer[16:16+h], &header); err != nil {
			t.Fatal(err)
		}
		for _, a := range header.Answers {
			if got[a.Key] = fmt.Sprint(header.Frames); header.Error != nil {
				got[a.Key] = header.Error.Kind
			}
		}
		messages++
		answer = answer[16+h+c:]
	}
	if want := map[string]string{"1/A": "[{61}]", "2/B": "[{61}]", "1/E": "[{1}]", "3/A": "missing", "4/A": "query"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if messages != 4 {
		t.Errorf("%d messages: the two walks are one query", messages)
	}
	if code, answer := s.ask(viewer, "POST /api/monopod/v1/view", `{"queries":[`+strings.TrimSuffix(strings.Repeat(`{"key":"a","target":{}},`, 3000), ",")+`]}`); code != 400 {
		t.Errorf("3000 queries: %d %.200s", code, answer)
	}
}
