package datasource

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"monopod/internal/state"
)

const canary = "CANARY-7f3a"

type nothing struct{ name string }

func (nothing) Query(context.Context, Query) (Answer, error)    { return Answer{}, nil }
func (nothing) Values(context.Context, Query) ([]Choice, error) { return nil, nil }
func (n nothing) Check(context.Context) (string, error)         { return n.name, nil }
func (nothing) Close() error                                    { return nil }

// echo opens connections that know the secrets they were opened with.
type echo struct{ opened *int }

func (echo) Types() []string { return []string{TypePrometheus, TypeLoki} }

func (e echo) Open(s Settings, _ Environment) (Connection, error) {
	*e.opened++
	return nothing{fmt.Sprint(s.Name, " ", s.Secrets["password"])}, nil
}

func newSources(t *testing.T) (*Sources, string, *int) {
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
	store, err := NewStore(ctx, StoreOptions{DB: db, Box: box})
	if err != nil {
		t.Fatal(err)
	}
	opened := new(int)
	s := New(Options{Store: store, Kinds: []Kind{echo{opened}}, Local: nothing{"local"}, Grafana: nothing{"grafana"}})
	t.Cleanup(func() { _ = s.Close() })
	return s, dir, opened
}

func add(t *testing.T, s *Sources, c Change) Source {
	t.Helper()
	d, err := s.Create(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestStore(t *testing.T) {
	ctx := context.Background()
	s, dir, opened := newSources(t)
	d := add(t, s, Change{Source: Source{Name: "Prom", Type: TypePrometheus, URL: "http://joe:" + canary + "@host:9090/x"}, Secrets: map[string]string{"password": canary}})
	if d.ID < 2 || d.Version != 1 || d.URL != "http://host:9090/x" || d.BasicAuthUser != "joe" || !d.BasicAuth || fmt.Sprint(d.SecretNames) != "[basicAuthPassword password]" {
		t.Errorf("created %+v", d)
	}
	check := func(want string) {
		t.Helper()
		d, err := s.Get(ctx, d.UID)
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Connect(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := c.Check(ctx); got != want {
			t.Errorf("the connection knows %q, want %q", got, want)
		}
	}
	check("Prom " + canary)
	check("Prom " + canary)
	if *opened != 1 {
		t.Errorf("%d connections were opened", *opened)
	}
	// Secrets that a change does not name stay; an empty one goes.
	if _, err := s.Update(ctx, d.UID, Change{Source: Source{Name: "Prom2", Type: TypePrometheus, Version: 1}}); err != nil {
		t.Fatal(err)
	}
	check("Prom2 " + canary)
	if _, err := s.Update(ctx, d.UID, Change{Source: Source{Name: "Prom2", Type: TypePrometheus, Version: 1}}); !errors.Is(err, ErrConflict) {
		t.Errorf("a change of an older version: %v", err)
	}
	renamed, err := s.Update(ctx, d.UID, Change{Source: Source{UID: "renamed", Name: "Prom2", Type: TypePrometheus}, Secrets: map[string]string{"basicAuthPassword": ""}})
	if err != nil || fmt.Sprint(renamed.SecretNames) != "[password]" {
		t.Fatalf("%+v, %v", renamed, err)
	}
	d = renamed
	check("Prom2 " + canary)
	files, _ := filepath.Glob(filepath.Join(dir, "monopod.db*"))
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), canary) {
			t.Errorf("the secret stands in %s", name)
		}
	}
	for name, c := range map[string]Change{
		"no name": {Source: Source{Type: "x"}}, "no type": {Source: Source{Name: "x"}}, "a path as uid": {Source: Source{Name: "x", Type: "x", UID: "../x"}},
		"no object": {Source: Source{Name: "x", Type: "x", Options: json.RawMessage(`[1]`)}}, "strange access": {Source: Source{Name: "x", Type: "x", Access: "y"}},
	} {
		if _, err := s.Create(ctx, c); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]Change{
		"a name that is taken": {Source: Source{Name: "Prom2", Type: "x"}}, "a uid that is taken": {Source: Source{Name: "x", Type: "x", UID: "renamed"}},
		"the built-in name": {Source: Source{Name: LocalName, Type: "x"}}, "the built-in uid": {Source: Source{Name: "x", Type: "x", UID: LocalUID}},
	} {
		if _, err := s.Create(ctx, c); !errors.Is(err, ErrTaken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Delete(ctx, LocalUID); !errors.Is(err, ErrReadOnly) {
		t.Errorf("Monopod itself was deleted: %v", err)
	}
	if _, err := s.Delete(ctx, "renamed"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Delete(ctx, "renamed"); !errors.Is(err, ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestProvision(t *testing.T) {
	ctx := context.Background()
	s, _, _ := newSources(t)
	c := Change{Source: Source{Name: "P", Type: TypeLoki, URL: "http://a", ReadOnly: true, IsDefault: true, Provider: "p.yaml"}, Secrets: map[string]string{"password": "x"}}
	first, err := s.Provision(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Provision(ctx, c)
	if err != nil || again.Version != first.Version || again.UID != first.UID {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	if _, err := s.Update(ctx, first.UID, Change{Source: Source{Name: "P", Type: TypeLoki}}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a user changed it: %v", err)
	}
	c.URL = "http://b"
	if d, err := s.Provision(ctx, c); err != nil || d.Version != first.Version+1 || d.URL != "http://b" {
		t.Errorf("changed: %+v, %v", d, err)
	}
	list, err := s.List(ctx)
	if err != nil || len(list) != 2 || list[0].IsDefault || !list[1].IsDefault {
		t.Errorf("%+v, %v", list, err)
	}
	for range 2 {
		if err := s.Unprovision(ctx, "P"); err != nil {
			t.Error(err)
		}
	}
	if d, err := s.Get(ctx, LocalUID); err != nil || !d.IsDefault {
		t.Errorf("Monopod is not the default again: %+v, %v", d, err)
	}
}

func TestResolve(t *testing.T) {
	s, _, _ := newSources(t)
	add(t, s, Change{Source: Source{UID: "other", Name: "Other", Type: TypePrometheus}})
	add(t, s, Change{Source: Source{UID: "logs", Name: "Logs", Type: TypeLoki}})
	for text, want := range map[string]string{
		`null`: "monopod", `{}`: "monopod", `"default"`: "monopod", `{"uid":"-- Mixed --"}`: "monopod", `"Other"`: "other", `"logs"`: "logs", `{"uid":"other","type":"x"}`: "other",
		`{"type":"prometheus"}`: "monopod", `{"type":"loki"}`: "logs", `{"type":"prometheus","uid":"P1809F7CD0C75ACF3"}`: "monopod!", `{"uid":"prometheus"}`: "monopod!",
		`"Prometheus"`: "monopod!", `{"type":"prometheus","uid":"${DS_PROMETHEUS}"}`: "monopod!", `{"type":"loki","uid":"P8E80F9AEF21F6940"}`: "logs!",
		`"-- Grafana --"`: "grafana", `{"type":"datasource","uid":"grafana"}`: "grafana", `{"type":"grafana"}`: "grafana",
		`"nowhere"`: "missing", `{"type":"elasticsearch","uid":"x"}`: "missing", `"$ds"`: "missing", `"-- Dashboard --"`: "refused",
	} {
		var r Reference
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		d, notice, err := s.Resolve(context.Background(), r)
		got := d.UID
		if notice != "" {
			got += "!"
		}
		if err != nil {
			got = string(ReasonOf(err))
		}
		if got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestGuard(t *testing.T) {
	g := &Guard{}
	for text, allowed := range map[string]bool{
		"169.254.169.254": false, "169.254.1.1": false, "fe80::1": false, "::ffff:169.254.169.254": false, "64:ff9b::a9fe:a9fe": false, "fd00:ec2::254": false,
		"100.100.100.200": false, "168.63.129.16": false, "0.0.0.0": false, "224.0.0.1": false, "fe80::1%eth0": false,
		"127.0.0.1": true, "10.0.0.1": true, "8.8.8.8": true, "::1": true, "2001:db8::1": true,
	} {
		if err := g.Check(netip.MustParseAddr(text)); (err == nil) != allowed {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := (&Guard{AllowMetadata: true}).Check(netip.MustParseAddr("169.254.169.254")); err != nil {
		t.Error(err)
	}
	// The address that is dialled is what is judged, however it is written.
	for _, address := range []string{"169.254.169.254:80", "[::ffff:a9fe:a9fe]:80", "0xa9fea9fe:80"} {
		if c, err := g.Dial(context.Background(), "tcp", address); err == nil {
			_ = c.Close()
			t.Errorf("%s was dialled", address)
		}
	}
	if _, err := g.Dial(context.Background(), "unix", "/run/x"); ReasonOf(err) != Refused {
		t.Errorf("a socket: %v", err)
	}
}

func TestHTTPClientSettings(t *testing.T) {
	e := Environment{Guard: &Guard{}, Limits: DefaultLimits(), UserAgent: "Monopod/1"}
	c, err := NewHTTPClient(Settings{
		Source:  Source{Name: "x", URL: "https://host:1/path/", BasicAuth: true, BasicAuthUser: "u", Options: json.RawMessage(`{"httpHeaderName1":"X-Scope-OrgID","httpHeaderName2":"X-Empty","timeout":3}`)},
		Secrets: map[string]string{"basicAuthPassword": "p", "httpHeaderValue1": "tenant"},
	}, e)
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	c.Apply(h)
	if h.Get("Authorization") != "Basic dTpw" || h.Get("X-Scope-OrgID") != "tenant" || h.Get("User-Agent") != "Monopod/1" {
		t.Errorf("%v", h)
	}
	if got := c.URL("/api/v1/query", nil).String(); got != "https://host:1/path/api/v1/query" {
		t.Error(got)
	}
	for name, s := range map[string]Settings{
		"no URL": {}, "another scheme": {Source: Source{URL: "file:///etc/passwd"}}, "no host": {Source: Source{URL: "http://"}},
		"a bad CA":           {Source: Source{URL: "https://h", Options: json.RawMessage(`{"tlsAuthWithCACert":true}`)}, Secrets: map[string]string{"tlsCACert": "x"}},
		"a bad pair":         {Source: Source{URL: "https://h", Options: json.RawMessage(`{"tlsAuth":true}`)}},
		"a header of two":    {Source: Source{URL: "http://h", Options: json.RawMessage(`{"httpHeaderName1":"X"}`)}, Secrets: map[string]string{"httpHeaderValue1": "a\r\nY: b"}},
		"options of a shape": {Source: Source{URL: "http://h", Options: json.RawMessage(`{"timeout":"x"}`)}},
	} {
		if _, err := NewHTTPClient(s, e); ReasonOf(err) != Misconfigured {
			t.Errorf("%s: %v", name, err)
		}
	}
}
