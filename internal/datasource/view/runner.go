package view

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"monopod/internal/datasource"
	"monopod/internal/datasource/expr"
	"monopod/internal/frame"
)

const (
	// maxQueries of one request; a dashboard has a few hundred.
	maxQueries = 2000
	// slack is by how much an answer may exceed the points that were asked for
	// before it is thinned out. Steps are rounded to nice ones.
	slack = 2
)

// Runner answers views.
type Runner struct {
	sources *datasource.Sources
	cache   *cache
}

// New returns a runner over the sources.
func New(sources *datasource.Sources) *Runner {
	return &Runner{sources: sources, cache: newCache()}
}

// ErrRequest is in the error where a request cannot be answered at all.
var ErrRequest = errors.New("the view cannot be asked for")

// job is a query to a source, with all keys that it answers.
type job struct {
	source   datasource.Source
	notice   string
	query    datasource.Query
	identity string
	answers  []frame.Answer
	done     chan struct{}
	result   expr.Result
}

// panel is what expressions compute with.
type panel struct {
	nodes  []expr.Node
	keys   map[string]frame.Answer // by refId of the node
	inputs map[string]*job         // by refId
	tables int
	env    expr.Environment
}

// plan is a request taken apart.
type plan struct {
	jobs   []*job
	panels []*panel
	failed []frame.Message
}

// Run answers the request: it calls send once for each answer, one at a time, and
// returns when all are sent, when send fails, or when the context ends.
func (r *Runner) Run(ctx context.Context, request Request, send func(frame.Message) error) error {
	p, err := r.plan(ctx, &request)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	deliver := func(m frame.Message) {
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() == nil {
			if err := send(m); err != nil {
				cancel(err)
			}
		}
	}
	for _, m := range p.failed {
		deliver(m)
	}
	var all sync.WaitGroup
	slots := make(chan struct{}, max(4, 2*runtime.GOMAXPROCS(0)))
	for _, j := range p.jobs {
		all.Go(func() {
			defer close(j.done)
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				j.result.Err = ctx.Err()
				return
			}
			m := r.run(ctx, j)
			<-slots
			if len(m.Answers) > 0 {
				deliver(m)
			}
		})
	}
	for _, n := range p.panels {
		if len(n.nodes) > 0 {
			all.Go(func() { n.evaluate(ctx, deliver) })
		}
	}
	all.Wait()
	return context.Cause(ctx)
}

// plan resolves sources and finds queries that are the same.
func (r *Runner) plan(ctx context.Context, request *Request) (*plan, error) {
	if len(request.Queries) > maxQueries {
		return nil, fmt.Errorf("%w: it has %d queries, more than %d", ErrRequest, len(request.Queries), maxQueries)
	}
	p := &plan{}
	byIdentity := map[string]*job{}
	byPanel := map[string]*panel{}
	location := request.location()
	for i := range request.Queries {
		q := &request.Queries[i]
		var h head
		if err := json.Unmarshal(q.Target, &h); err != nil {
			p.fail(frame.Answer{Key: q.Key}, &datasource.Error{Reason: datasource.BadQuery, Message: "the query is no JSON object", Err: err})
			continue
		}
		if q.DataSource == (datasource.Reference{}) && h.DataSource != nil {
			q.DataSource = *h.DataSource
		}
		from, to := request.From, request.To
		if q.From != nil && q.To != nil {
			from, to = *q.From, *q.To
		}
		query := datasource.Query{
			RefID: h.RefID, Target: q.Target, From: time.UnixMilli(from), To: time.UnixMilli(to), MaxDataPoints: q.MaxDataPoints,
			Interval: time.Duration(q.IntervalMs * float64(time.Millisecond)), Location: location, Shaped: !request.Plain,
		}
		answer := frame.Answer{Key: q.Key, RefID: h.RefID}
		n := byPanel[q.panel()]
		if n == nil {
			n = &panel{keys: map[string]frame.Answer{}, inputs: map[string]*job{}}
			byPanel[q.panel()] = n
			p.panels = append(p.panels, n)
		}
		if q.DataSource.IsExpression() {
			n.nodes = append(n.nodes, expr.Node{RefID: h.RefID, Target: q.Target})
			n.keys[h.RefID] = answer
			n.env = expr.Environment{From: query.From, To: query.To, Interval: query.Interval, MaxDataPoints: query.MaxDataPoints}
			continue
		}
		j, err := r.job(ctx, q.DataSource, query)
		if err != nil {
			p.fail(answer, err)
			failed := &job{done: make(chan struct{}), result: expr.Result{Err: err}}
			close(failed.done)
			n.inputs[h.RefID] = failed
			continue
		}
		if old := byIdentity[j.identity+j.notice]; old != nil {
			j, answer.Shared = old, true
		} else {
			byIdentity[j.identity+j.notice] = j
			p.jobs = append(p.jobs, j)
		}
		n.inputs[h.RefID] = j
		if h.Format == "table" && query.Shaped && datasource.CanonicalType(j.source.Type) == datasource.TypePrometheus {
			n.tables++
		}
		j.answers = append(j.answers, answer)
	}
	p.nameValues()
	return p, nil
}

// panel is the group of a query: what it says, or the key before its last slash.
func (q *Query) panel() string {
	if q.Panel != "" {
		return q.Panel.String()
	}
	if i := strings.LastIndexByte(q.Key, '/'); i >= 0 {
		return q.Key[:i]
	}
	return ""
}

// nameValues tells the values of several tables in a panel apart, as Grafana does.
func (p *plan) nameValues() {
	for _, n := range p.panels {
		if n.tables < 2 {
			continue
		}
		for refID, j := range n.inputs {
			var h head
			if json.Unmarshal(j.query.Target, &h) != nil || h.Format != "table" {
				continue
			}
			for i := range j.answers {
				if j.answers[i].RefID == refID {
					j.answers[i].Rename = map[string]string{"Value": "Value #" + refID}
				}
			}
		}
	}
}

func (p *plan) fail(a frame.Answer, err error) {
	p.failed = append(p.failed, frame.Message{Answers: []frame.Answer{a}, Error: failure(err)})
}

func failure(err error) *frame.Failure {
	return &frame.Failure{Message: err.Error(), Kind: string(datasource.ReasonOf(err))}
}

// job finds the source of a query and what makes it the same as another.
func (r *Runner) job(ctx context.Context, ref datasource.Reference, q datasource.Query) (*job, error) {
	source, notice, err := r.sources.Resolve(ctx, ref)
	if err != nil {
		return nil, err
	}
	j := &job{source: source, notice: notice, query: q, done: make(chan struct{})}
	connection, err := r.sources.Connect(ctx, source)
	if err != nil {
		return nil, err
	}
	key := ""
	if k, ok := connection.(datasource.Keyer); ok {
		key = k.Key(q)
	}
	if key == "" {
		key = fmt.Sprintf("%s %d %d %d %d %t %s", canonical(q.Target), q.From.UnixMilli(), q.To.UnixMilli(), q.Interval, q.MaxDataPoints, q.Shaped, q.Zone())
	}
	j.identity = source.UID + " " + strconv.Itoa(source.Version) + " " + key
	return j, nil
}

// canonical writes a target so that equal ones have equal texts: keys in order,
// without what does not change its answer.
func canonical(target json.RawMessage) string {
	var object map[string]any
	d := json.NewDecoder(bytes.NewReader(target))
	d.UseNumber()
	if d.Decode(&object) != nil {
		return string(target)
	}
	for _, name := range []string{"refId", "key", "hide", "datasource"} {
		delete(object, name)
	}
	text, err := json.Marshal(object)
	if err != nil {
		return string(target)
	}
	return string(text)
}

// run asks the source, and makes the message of what it says.
func (r *Runner) run(ctx context.Context, j *job) frame.Message {
	began := time.Now()
	f, shared, err := r.Ask(ctx, j.source, j.query, j.identity)
	m := frame.Message{Answers: slices.Clone(j.answers)}
	m.Cost.Milliseconds = milliseconds(time.Since(began))
	if err != nil {
		j.result.Err = err
		m.Error = failure(err)
		return m
	}
	frames := f.Frames
	j.result.Frames = frames
	if j.notice != "" && len(frames) > 0 {
		frames = slices.Clone(frames)
		frames[0] = noted(frames[0], j.notice)
	}
	if shared {
		for i := range m.Answers {
			m.Answers[i].Shared = true
		}
	}
	m.Cost.Samples = f.Samples
	m.Frames = frames
	if j.query.Shaped {
		m.Frames = thin(frames, j.query.MaxDataPoints)
	}
	return m
}

// Ask answers one query from its source, or from what was asked a moment ago.
func (r *Runner) Ask(ctx context.Context, source datasource.Source, q datasource.Query, identity string) (a datasource.Answer, shared bool, err error) {
	f, shared, err := r.cache.do(ctx, identity, func(ctx context.Context) (datasource.Answer, error) {
		connection, err := r.sources.Connect(ctx, source)
		if err != nil {
			return datasource.Answer{}, err
		}
		return guarded(ctx, source, connection, q)
	})
	if err != nil {
		return datasource.Answer{}, shared, err
	}
	return f.answer, shared, nil
}

// guarded makes an error of a panic: the job has a goroutine of its own, where it
// would end the program.
func guarded(ctx context.Context, source datasource.Source, c datasource.Connection, q datasource.Query) (a datasource.Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			a, err = datasource.Answer{}, &datasource.Error{
				Reason: datasource.Internal, Source: source.Name, Message: fmt.Sprintf("the query failed within Monopod: %v", p), Hint: "please report it with the query",
			}
		}
	}()
	return c.Query(ctx, q)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// noted returns the frame with one notice more.
func noted(f *frame.Frame, text string) *frame.Frame {
	out, meta := *f, frame.Meta{}
	if f.Meta != nil {
		meta = *f.Meta
	}
	meta.Notices = append(slices.Clip(meta.Notices), frame.Notice{Severity: "info", Text: text})
	out.Meta = &meta
	return &out
}

// thin reduces graphs that have many more points than pixels.
func thin(frames []*frame.Frame, points int) []*frame.Frame {
	if points <= 0 {
		return frames
	}
	out := slices.Clone(frames)
	for i, f := range frames {
		isGraph := f.Meta != nil && strings.HasPrefix(f.Meta.Type, "timeseries-")
		if isGraph && f.Len() > slack*points {
			out[i] = frame.Decimate(f, points)
		}
	}
	return out
}

// evaluate computes a panel's expressions once what they need is there.
func (n *panel) evaluate(ctx context.Context, deliver func(frame.Message)) {
	inputs := map[string]expr.Result{}
	for refID, j := range n.inputs {
		select {
		case <-j.done:
			inputs[refID] = j.result
		case <-ctx.Done():
			return
		}
	}
	began := time.Now()
	results := expr.Evaluate(ctx, n.nodes, inputs, n.env)
	took := milliseconds(time.Since(began))
	for _, node := range n.nodes {
		m := frame.Message{Answers: []frame.Answer{n.keys[node.RefID]}, Cost: frame.Cost{Milliseconds: took}}
		if result := results[node.RefID]; result.Err != nil {
			m.Error = failure(result.Err)
		} else {
			m.Frames = result.Frames
		}
		deliver(m)
	}
}
