package all

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"monopod/internal/datasource"
)

const canary = "CANARY-0c1d"

// httpTargets is a query for each kind that speaks HTTP.
var httpTargets = map[string]string{
	datasource.TypePrometheus:    `{"expr":"up","range":true}`,
	datasource.TypeLoki:          `{"expr":"{job=\"a\"}"}`,
	datasource.TypeElasticsearch: `{"query":"*"}`,
}

func open(t *testing.T, kind string, s datasource.Settings, change func(*datasource.Limits)) datasource.Connection {
	t.Helper()
	s.Name, s.Type = "the source", kind
	e := datasource.Environment{Guard: &datasource.Guard{}, Limits: datasource.DefaultLimits()}
	if change != nil {
		change(&e.Limits)
	}
	for _, k := range Kinds() {
		for _, name := range k.Types() {
			if name == kind {
				c, err := k.Open(s, e)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = c.Close() })
				return c
			}
		}
	}
	t.Fatalf("there is no kind %s", kind)
	return nil
}

// TestTrouble asks sources that behave badly: each must be told apart, within its
// limits, and without a secret in the words.
func TestTrouble(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		want   datasource.Reason
	}{
		{"an error of its own", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "out of memory", 500) }, datasource.Down},
		{"a wrong password", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusUnauthorized) }, datasource.Unauthorized},
		{"a wrong path", func(w http.ResponseWriter, _ *http.Request) { http.NotFound(w, nil) }, datasource.Misconfigured},
		{"too many requests", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "slow down", http.StatusTooManyRequests) }, datasource.TooMuch},
		{"a page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html><body>Log in")) }, datasource.Garbage},
		{"other JSON", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"what","result":[{}]},"responses":[]}`))
		}, datasource.Garbage},
		{"bytes", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{0, 1, 2, 255, 254}) }, datasource.Garbage},
		{"another host", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
		}, datasource.Misconfigured},
		{"half an answer", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"status":"succ`))
		}, datasource.Down},
		{"no answer", func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // a server that reads nothing does not see that its client went
			select {
			case <-hang:
			case <-r.Context().Done():
			}
		}, datasource.Slow},
		{"an endless answer", func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"matrix","result":[`))
			part := []byte(strings.Repeat(`{"metric":{"a":"`+strings.Repeat("x", 1000)+`"},"values":[[1,"1"]]},`, 100))
			for r.Context().Err() == nil {
				if _, err := w.Write(part); err != nil {
					return
				}
			}
		}, datasource.TooMuch},
	} {
		for kind, target := range httpTargets {
			server := httptest.NewServer(test.answer)
			s := datasource.Settings{
				Source:  datasource.Source{URL: strings.Replace(server.URL, "://", "://user:"+canary+"@", 1), BasicAuth: true, BasicAuthUser: "u"},
				Secrets: map[string]string{"basicAuthPassword": canary},
			}
			c := open(t, kind, s, func(l *datasource.Limits) { l.Timeout, l.Bytes = 2*time.Second, 1<<20 })
			_, err := c.Query(context.Background(), datasource.Query{Target: json.RawMessage(target), From: time.Unix(0, 0), To: time.Unix(600, 0), Interval: time.Minute, MaxDataPoints: 10})
			if got := datasource.ReasonOf(err); err == nil || got != test.want {
				t.Errorf("%s, %s: %v (%s), want %s", kind, test.name, err, got, test.want)
			} else if strings.Contains(err.Error(), canary) {
				t.Errorf("%s, %s: the password stands in %v", kind, test.name, err)
			}
			server.CloseClientConnections()
			server.Close()
		}
	}
}

func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	_ = l.Close()
	for kind, target := range httpTargets {
		for address, want := range map[string]datasource.Reason{closed: datasource.Down, "no-such-host.invalid": datasource.Down, "169.254.169.254": datasource.Refused} {
			c := open(t, kind, datasource.Settings{Source: datasource.Source{URL: "http://" + address}}, nil)
			_, err := c.Query(context.Background(), datasource.Query{Target: json.RawMessage(target), From: time.Unix(0, 0), To: time.Unix(600, 0)})
			if got := datasource.ReasonOf(err); got != want || !strings.Contains(err.Error(), "the source") {
				t.Errorf("%s at %s: %v (%s), want %s", kind, address, err, got, want)
			}
		}
	}
}
