package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"monopod/internal/auth"
)

// Methods that a route takes. GET includes HEAD.
const (
	get       = "GET"
	getPost   = "GET POST"
	putPost   = "PUT POST"
	apiV1     = "/api/v1"
	apiOwn    = "/api/monopod/v1"
	minimalKB = 1 << 10
)

// Route is one entry of the routing table.
type Route struct {
	Methods []string
	// Path has {name} for a segment and {name...} for all that follow.
	Path string
	// Role and AsPrometheus say who may use it; see auth.Route.
	Role         auth.Role
	AsPrometheus bool
}

// router collects routes below the prefix.
type router struct {
	s        *Server
	mux      *http.ServeMux
	compress func(http.Handler) http.HandlerFunc
	respond  *responder
	ui       *webUI
	routes   []Route
}

// access is who may use a route: the least role, and whether it is as open as
// Prometheus has it while anonymous viewing is on.
type access struct {
	role         auth.Role
	asPrometheus bool
}

var (
	everybody = access{role: auth.None}
	viewers   = access{role: auth.Viewer}
	readers   = access{role: auth.Viewer, asPrometheus: true}
	operators = access{role: auth.Admin, asPrometheus: true}
	writers   = access{role: auth.Editor, asPrometheus: true}
)

// handle adds a route. Its name in metrics is Prometheus's way to write a path:
// :name for a segment, *name for all that follow.
func (t *router) handle(who access, methods, path string, h http.Handler) {
	t.receive(who, methods, path, limitBody(maxBodyBytes, h))
}

// receive adds a route that bounds its bodies itself.
func (t *router) receive(who access, methods, path string, h http.Handler) {
	guarded := t.s.options.Guard.Protect(auth.Route{Methods: methods, Path: path, Role: who.role, AsPrometheus: who.asPrometheus}, h)
	h = t.s.metrics.instrument(metricName(path), guarded)
	list := strings.Fields(methods)
	for _, m := range list {
		t.mux.Handle(m+" "+t.s.options.RoutePrefix+path, h)
	}
	t.routes = append(t.routes, Route{list, strings.TrimSuffix(path, "{$}"), who.role, who.asPrometheus})
}

// otherRoutes adds those of the other parts of the program.
func (t *router) otherRoutes() {
	for _, r := range t.s.options.Routes {
		h := http.Handler(t.compress(r.Handler))
		if r.Role > auth.None {
			h = t.s.whenReady(h)
		}
		if r.MaxBodyBytes == 0 {
			r.MaxBodyBytes = maxBodyBytes
		}
		t.receive(access{r.Role, r.AsPrometheus}, r.Methods, r.Path, limitBody(r.MaxBodyBytes, h))
	}
}

func metricName(path string) string {
	segments := strings.Split(strings.TrimSuffix(path, "{$}"), "/")
	for i, s := range segments {
		if name, ok := strings.CutPrefix(s, "{"); ok {
			name = strings.TrimSuffix(name, "}")
			if all, ok := strings.CutSuffix(name, "..."); ok {
				segments[i] = "*" + all
			} else {
				segments[i] = ":" + name
			}
		}
	}
	return strings.Join(segments, "/")
}

func (t *router) handleFunc(who access, methods, path string, h http.HandlerFunc) {
	t.handle(who, methods, path, h)
}

// whoReads is who may use a route that shows something: what Prometheus has is as
// open as there.
func whoReads(path string) access {
	if strings.HasPrefix(path, apiOwn) {
		return viewers
	}
	return readers
}

// api adds a route that answers a result to who reads, once the server is ready.
func (t *router) api(methods, path string, h handler) {
	t.handle(whoReads(path), methods, path, t.s.whenReady(t.s.cors(t.compress(t.respond.handle(h)))))
}

// early adds a route that answers also while the server starts.
func (t *router) early(methods, path string, h handler) {
	t.handle(whoReads(path), methods, path, t.s.cors(t.respond.handle(h)))
}

// change adds a route that changes what is stored.
func (t *router) change(methods, path string, h handler) {
	t.handle(operators, methods, path, t.s.whenReady(t.s.sameOrigin(t.s.cors(t.respond.handle(h)))))
}

func (s *Server) newRouter() (*router, error) {
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(minimalKB), gzhttp.CompressionLevel(gzip.BestSpeed))
	if err != nil {
		return nil, err
	}
	t := &router{s: s, mux: http.NewServeMux(), compress: compress, respond: &responder{}}
	st := &status{
		config: s.options.Config, flags: s.options.Flags, build: s.options.Build, storage: s.options.Storage,
		gatherer: s.options.Gatherer, features: s.options.Features, own: ownFeatures(&s.options), now: s.options.Now, birth: s.birth, cwd: s.cwd,
	}
	tg := s.newTargets()
	t.queryRoutes()
	t.targetRoutes(tg)
	t.statusRoutes(st)
	t.ruleRoutes()
	t.adminRoutes()
	t.remoteRoutes()
	t.ownRoutes(st, tg)
	t.serverRoutes()
	t.otherRoutes()
	if err := t.uiRoutes(); err != nil {
		return nil, err
	}
	return t, nil
}

func (s *Server) newTargets() *targets {
	if s.options.Targets == nil {
		return nil
	}
	return &targets{
		source: s.options.Targets, parser: s.options.Parser,
		listenAddress: s.options.ListenAddresses[0], external: s.options.ExternalURL,
	}
}

func (t *router) queryRoutes() {
	o := &t.s.options
	if o.Engine != nil {
		q := &queries{engine: o.Engine, queryable: o.Queryable, exemplars: o.Exemplars, parser: o.Parser, now: o.Now}
		t.api(getPost, apiV1+"/query", q.instant)
		t.api(getPost, apiV1+"/query_range", q.rangeQuery)
		t.api(getPost, apiV1+"/query_exemplars", q.exemplarQuery)
		t.api(getPost, apiV1+"/format_query", q.format)
		t.api(getPost, apiV1+"/parse_query", q.parse)
	}
	if o.Queryable != nil {
		x := &index{queryable: o.Queryable, parser: o.Parser}
		t.api(getPost, apiV1+"/labels", x.names)
		t.api(get, apiV1+"/label/{name}/values", x.values)
		t.api(getPost, apiV1+"/series", x.series)
		t.handle(readers, get, "/federate", t.s.whenReady(t.compress(newFederation(o))))
	}
}

func (t *router) targetRoutes(tg *targets) {
	if tg == nil {
		return
	}
	t.api(get, apiV1+"/scrape_pools", tg.pools)
	t.api(get, apiV1+"/targets", tg.list)
	t.api(get, apiV1+"/targets/metadata", tg.targetMetadata)
	t.api(get, apiV1+"/targets/relabel_steps", tg.relabelSteps)
	t.api(get, apiV1+"/metadata", tg.metricMetadata)
}

func (t *router) statusRoutes(st *status) {
	if st.config != nil {
		t.api(get, apiV1+"/status/config", st.configuration)
	}
	if st.config != nil && st.storage != nil {
		t.api(get, apiV1+"/status/runtimeinfo", st.runtimeInfo)
	}
	t.api(get, apiV1+"/status/buildinfo", st.buildInfo)
	t.api(get, apiV1+"/status/flags", st.flagValues)
	t.api(get, apiV1+"/features", st.featureFlags)
	if st.storage != nil {
		t.api(get, apiV1+"/status/tsdb", st.tsdb)
		t.api(get, apiV1+"/status/tsdb/blocks", st.blocks)
		t.early(get, apiV1+"/status/walreplay", st.walReplay)
	}
	if st.gatherer != nil {
		t.api(get, apiV1+"/status/self_metrics", st.selfMetrics)
	}
	if n := t.s.options.Notifications; n != nil {
		routes := &notificationRoutes{source: n, done: t.s.stopping}
		t.early(get, apiV1+"/notifications", routes.list)
		t.handle(readers, get, apiV1+"/notifications/live", t.s.cors(http.HandlerFunc(routes.live)))
	}
}

func (t *router) ruleRoutes() {
	o := &t.s.options
	if o.Rules != nil {
		x := &rules{source: o.Rules, parser: o.Parser}
		t.api(get, apiV1+"/rules", x.list)
		t.api(get, apiV1+"/alerts", x.alerts)
	}
	if o.Alertmanagers != nil {
		a := &alertmanagers{source: o.Alertmanagers}
		t.api(get, apiV1+"/alertmanagers", a.list)
	}
}

func (t *router) adminRoutes() {
	o := &t.s.options
	a := &admin{parser: o.Parser, dir: o.DataDir, now: o.Now}
	if o.EnableAdminAPI {
		a.storage = o.Admin
	}
	t.change(putPost, apiV1+"/admin/tsdb/delete_series", a.deleteSeries)
	t.change(putPost, apiV1+"/admin/tsdb/clean_tombstones", a.cleanTombstones)
	t.change(putPost, apiV1+"/admin/tsdb/snapshot", a.snapshot)
}

func (t *router) remoteRoutes() {
	o := &t.s.options
	write := func(path string, h http.Handler, what, flag string) {
		if h == nil {
			h = disabled(what + " receiver needs to be enabled with --" + flag)
		}
		t.receive(writers, http.MethodPost, path, t.s.whenReady(t.s.sameOrigin(h)))
	}
	write(apiV1+"/write", o.RemoteWrite, "remote write", "web.enable-remote-write-receiver")
	write(apiV1+"/otlp/v1/metrics", o.OTLP, "otlp write", "web.enable-otlp-receiver")
	if o.RemoteRead != nil {
		t.receive(readers, http.MethodPost, apiV1+"/read", t.s.whenReady(o.RemoteRead))
	}
}

// disabled answers for a part of the API that the user has to switch on.
func disabled(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, text, http.StatusNotFound) })
}

func (t *router) ownRoutes(st *status, tg *targets) {
	o := &own{
		status: st, targets: tg, memory: t.s.options.Memory, state: t.s.State, dataDir: t.s.options.DataDir, prefix: t.s.options.RoutePrefix,
		lifecycle: t.s.options.EnableLifecycle, admin: t.s.options.EnableAdminAPI,
	}
	t.early(get, apiOwn+"/status", o.overview)
	if tg != nil {
		t.api(get, apiOwn+"/discovery", o.discovery)
	}
	t.handle(viewers, get, apiOwn+"/events", t.s.events)
}

func (t *router) serverRoutes() {
	o := &t.s.options
	if o.Gatherer != nil {
		metrics := promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{})
		if o.Registerer != nil {
			metrics = promhttp.InstrumentMetricHandler(o.Registerer, metrics)
		}
		t.handle(everybody, get, "/metrics", metrics)
	}
	if o.Node != nil {
		t.handle(everybody, get, "/metrics/node", o.Node)
	}
	t.handleFunc(readers, get, "/version", serveVersion(o.Build))
	t.handleFunc(everybody, get, "/-/healthy", healthy)
	t.handle(everybody, get, "/-/ready", t.s.whenReady(http.HandlerFunc(ready)))
	l := &lifecycle{reload: o.Reload, quit: o.Quit}
	reload, quit := http.Handler(http.HandlerFunc(lifecycleDisabled)), http.Handler(http.HandlerFunc(lifecycleDisabled))
	if o.EnableLifecycle && l.reload != nil {
		reload = t.s.sameOrigin(http.HandlerFunc(l.serveReload))
	}
	if o.EnableLifecycle && l.quit != nil {
		quit = t.s.sameOrigin(http.HandlerFunc(l.serveQuit))
	}
	t.handle(operators, putPost, "/-/reload", reload)
	t.handle(operators, putPost, "/-/quit", quit)
	t.handleFunc(everybody, get, "/-/reload", onlyPostOrPut)
	t.handleFunc(everybody, get, "/-/quit", onlyPostOrPut)
	t.handleFunc(operators, getPost, "/debug/pprof/{name...}", serveProfile)
}

func (t *router) uiRoutes() error {
	ui, err := newWebUI(t.s.options.UI, t.s.options.PageTitle)
	if err != nil {
		return err
	}
	t.ui = ui
	for _, path := range uiRoutes {
		t.handleFunc(everybody, get, path, ui.servePage)
	}
	t.handleFunc(everybody, get, "/assets/{file...}", ui.serveHashed)
	var names []string
	for name := range ui.assets {
		if !strings.HasPrefix(name, "/assets/") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		t.handleFunc(everybody, get, name, ui.serveAsset(name))
	}
	return nil
}

// root answers before the routes do: what is asked of the API about itself, and
// the way to the prefix.
func (t *router) root() http.Handler {
	prefix := t.s.options.RoutePrefix
	options := t.s.metrics.instrument(apiV1+"/*path", t.s.whenReady(t.s.cors(http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodOptions && strings.HasPrefix(r.URL.Path, prefix+apiV1+"/"):
			options.ServeHTTP(w, r)
		case prefix != "" && (r.URL.Path == "/" || r.URL.Path == prefix) && r.Method == http.MethodGet:
			http.Redirect(w, r, prefix+"/", http.StatusFound)
		case t.isMissing(r):
			t.ui.serveMissing(w, r, strings.TrimPrefix(r.URL.Path, prefix))
		default:
			t.mux.ServeHTTP(w, t.withoutSlash(r))
		}
	})
}

// isMissing tells whether a browser looks for a page where no route is.
func (t *router) isMissing(r *http.Request) bool {
	path, isBelow := strings.CutPrefix(r.URL.Path, t.s.options.RoutePrefix)
	if !isBelow || !wantsPage(r, path) {
		return false
	}
	_, pattern := t.mux.Handler(r)
	return pattern == ""
}
