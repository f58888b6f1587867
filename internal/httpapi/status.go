package httpapi

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"google.golang.org/protobuf/encoding/protojson"
)

// StorageSource tells about the storage. All methods may be called from many
// goroutines, Replay before storage is open.
type StorageSource interface {
	// Stats counts what is in the head; the lists have at most limit entries, the
	// largest first. byLabel is the label whose values SeriesByMetric counts.
	Stats(byLabel string, limit int) (StorageStats, error)
	// Replay tells how far the start is.
	Replay() (Replay, error)
	// Blocks are the blocks on disk.
	Blocks() ([]Block, error)
	// Retention says how long samples are kept, such as "15d or 10GB".
	Retention() string
	// Corruptions is how many damaged places the log had since the start.
	Corruptions() int64
	// Usage says what storage takes.
	Usage() (StorageUsage, error)
}

// StorageStats is what the head holds. Times are milliseconds since 1970.
type StorageStats struct {
	Series           uint64
	LabelPairs       int
	Chunks           int64
	MinTime, MaxTime int64

	SeriesByMetric    []Count
	ValuesByLabel     []Count
	BytesByLabel      []Count
	SeriesByLabelPair []Count
}

// Count is one line of a top list.
type Count struct {
	Name  string
	Value uint64
}

// Replay is the part of the log that is read again at the start, in segments.
type Replay struct {
	Min, Max, Current int
	Done              bool
}

// Block is an immutable time range on disk. Times are milliseconds since 1970.
type Block struct {
	ULID             string
	MinTime, MaxTime int64
	Stats            BlockStats
	Level            int
	Sources          []string
	Version          int
	SizeBytes        int64
}

// BlockStats counts what a block holds.
type BlockStats struct {
	Samples, FloatSamples, HistogramSamples, Series, Chunks, Tombstones uint64
}

// StorageUsage is what storage takes.
type StorageUsage struct {
	LogBytes, HeadBytes, BlockBytes int64 // on disk
	FreeBytes                       int64 // left on the file system
	SamplesAppended                 uint64
	OldestTime                      int64 // milliseconds since 1970; 0: nothing stored
}

// status answers about the program and its storage.
type status struct {
	config   ConfigSource
	flags    map[string]string
	build    Build
	storage  StorageSource
	gatherer prometheus.Gatherer
	features func() map[string]map[string]bool
	own      map[string]bool // features of the category "api"
	now      func() time.Time
	birth    time.Time
	cwd      string
}

func (s *status) configuration(*http.Request) result {
	return ok(func(j *jsonWriter) {
		j.beginObject()
		j.key("yaml")
		j.str(s.config.YAML())
		j.endObject()
	})
}

func (s *status) flagValues(*http.Request) result {
	return ok(func(j *jsonWriter) {
		j.beginObject()
		for _, name := range slices.Sorted(maps.Keys(s.flags)) {
			j.str(name)
			j.buf = append(j.buf, ':')
			j.str(s.flags[name])
		}
		j.endObject()
	})
}

func (s *status) buildInfo(*http.Request) result { return ok(s.writeBuild) }

func (s *status) writeBuild(j *jsonWriter) {
	j.beginObject()
	for _, m := range [][2]string{
		{"version", s.build.Version}, {"revision", s.build.Revision}, {"branch", s.build.Branch},
		{"buildUser", s.build.User}, {"buildDate", s.build.Date}, {"goVersion", s.build.GoVersion},
	} {
		j.key(m[0])
		j.str(m[1])
	}
	j.endObject()
}

func (s *status) runtimeInfo(*http.Request) result {
	host, err := os.Hostname()
	if err != nil {
		return fail(errorInternal, fmt.Errorf("error getting hostname: %w", err))
	}
	reload := s.config.LastReload()
	return ok(func(j *jsonWriter) {
		j.beginObject()
		j.key("startTime")
		j.time(s.birth)
		j.key("CWD")
		j.str(s.cwd)
		j.key("hostname")
		j.str(host)
		j.key("serverTime")
		j.time(s.now().UTC())
		j.key("reloadConfigSuccess")
		j.bool(reload.Successful)
		j.key("lastConfigTime")
		j.time(reload.Success.UTC().Truncate(time.Second))
		j.key("corruptionCount")
		j.int(s.storage.Corruptions())
		j.key("goroutineCount")
		j.int(int64(runtime.NumGoroutine()))
		j.key("GOMAXPROCS")
		j.int(int64(runtime.GOMAXPROCS(0)))
		j.key("GOMEMLIMIT")
		j.int(debug.SetMemoryLimit(-1))
		j.key("GOGC")
		j.str(os.Getenv("GOGC"))
		j.key("GODEBUG")
		j.str(os.Getenv("GODEBUG"))
		j.key("storageRetention")
		j.str(s.storage.Retention())
		j.endObject()
	})
}

func (s *status) tsdb(r *http.Request) result {
	const most = 10000
	limit := 10
	if v := r.FormValue("limit"); v != "" {
		var err error
		if limit, err = strconv.Atoi(v); err != nil || limit < 1 {
			return fail(errorBadData, errors.New("limit must be a positive number"))
		}
		if limit > most {
			return fail(errorBadData, fmt.Errorf("limit must not exceed %d", most))
		}
	}
	stats, err := s.storage.Stats(model.MetricNameLabel, limit)
	if err != nil {
		return fail(errorInternal, err)
	}
	return ok(func(j *jsonWriter) {
		j.beginObject()
		j.key("headStats")
		writeHead(j, stats)
		for _, list := range []struct {
			name   string
			counts []Count
		}{
			{"seriesCountByMetricName", stats.SeriesByMetric},
			{"labelValueCountByLabelName", stats.ValuesByLabel},
			{"memoryInBytesByLabelName", stats.BytesByLabel},
			{"seriesCountByLabelValuePair", stats.SeriesByLabelPair},
		} {
			j.key(list.name)
			j.beginArray()
			for _, c := range list.counts {
				j.beginObject()
				j.key("name")
				j.str(c.Name)
				j.key("value")
				j.uint(c.Value)
				j.endObject()
			}
			j.endArray()
		}
		j.endObject()
	})
}

func writeHead(j *jsonWriter, s StorageStats) {
	j.beginObject()
	j.key("numSeries")
	j.uint(s.Series)
	j.key("numLabelPairs")
	j.int(int64(s.LabelPairs))
	j.key("chunkCount")
	j.int(s.Chunks)
	j.key("minTime")
	j.int(s.MinTime)
	j.key("maxTime")
	j.int(s.MaxTime)
	j.endObject()
}

func (s *status) blocks(*http.Request) result {
	blocks, err := s.storage.Blocks()
	if err != nil {
		return fail(errorInternal, fmt.Errorf("error getting block metadata: %w", err))
	}
	return ok(func(j *jsonWriter) {
		j.beginObject()
		j.key("blocks")
		if blocks == nil {
			j.null()
		} else {
			j.beginArray()
			for _, b := range blocks {
				writeBlock(j, b)
				j.flushIfFull()
			}
			j.endArray()
		}
		j.endObject()
	})
}

func writeBlock(j *jsonWriter, b Block) {
	j.beginObject()
	j.key("ulid")
	j.str(b.ULID)
	j.key("minTime")
	j.int(b.MinTime)
	j.key("maxTime")
	j.int(b.MaxTime)
	j.key("stats")
	j.beginObject()
	for _, c := range []Count{
		{"numSamples", b.Stats.Samples}, {"numFloatSamples", b.Stats.FloatSamples},
		{"numHistogramSamples", b.Stats.HistogramSamples}, {"numSeries", b.Stats.Series},
		{"numChunks", b.Stats.Chunks}, {"numTombstones", b.Stats.Tombstones},
	} {
		if c.Value != 0 {
			j.key(c.Name)
			j.uint(c.Value)
		}
	}
	j.endObject()
	j.key("compaction")
	j.beginObject()
	j.key("level")
	j.int(int64(b.Level))
	if len(b.Sources) > 0 {
		j.key("sources")
		j.strs(b.Sources)
	}
	j.endObject()
	j.key("version")
	j.int(int64(b.Version))
	j.endObject()
}

// walReplay answers while the program starts.
func (s *status) walReplay(*http.Request) result {
	replay, err := s.storage.Replay()
	if err != nil {
		return fail(errorInternal, err)
	}
	return ok(func(j *jsonWriter) { writeReplay(j, replay) })
}

func writeReplay(j *jsonWriter, r Replay) {
	j.beginObject()
	j.key("min")
	j.int(int64(r.Min))
	j.key("max")
	j.int(int64(r.Max))
	j.key("current")
	j.int(int64(r.Current))
	j.endObject()
}

// featureFlags keeps operators such as >= readable, as upstream does.
func (s *status) featureFlags(*http.Request) result {
	all := map[string]map[string]bool{"api": maps.Clone(s.own)}
	if s.features != nil {
		for category, flags := range s.features() {
			if all[category] == nil {
				all[category] = map[string]bool{}
			}
			maps.Copy(all[category], flags)
		}
	}
	return ok(func(j *jsonWriter) {
		j.beginObject()
		for _, category := range slices.Sorted(maps.Keys(all)) {
			j.comma()
			j.buf = appendString(j.buf, category, false)
			j.buf = append(j.buf, ':')
			j.beginObject()
			for _, name := range slices.Sorted(maps.Keys(all[category])) {
				j.comma()
				j.buf = appendString(j.buf, name, false)
				j.buf = append(j.buf, ':')
				j.bool(all[category][name])
			}
			j.endObject()
		}
		j.endObject()
	})
}

// ownFeatures is what this server can do, under the names that clients of
// Prometheus look for.
func ownFeatures(o *Options) map[string]bool {
	return map[string]bool{
		"lifecycle": o.EnableLifecycle, "admin": o.EnableAdminAPI,
		"label_values_match": true, "query_warnings": true, "query_stats": true,
		"time_range_series": true, "time_range_labels": true,
		"exclude_alerts":        o.Rules != nil,
		"remote_write_receiver": o.RemoteWrite != nil, "otlp_write_receiver": o.OTLP != nil,
	}
}

// selfMetrics answers the program's own metrics as JSON.
func (s *status) selfMetrics(r *http.Request) result {
	var names *regexp.Regexp
	if pattern := r.FormValue("metric_name_pattern"); pattern != "" {
		var err error
		if names, err = regexp.Compile("^(?:" + pattern + ")$"); err != nil {
			return fail(errorBadData, fmt.Errorf("invalid metric_name_pattern: %w", err))
		}
	}
	families, err := s.gatherer.Gather()
	if err != nil {
		return fail(errorInternal, fmt.Errorf("error gathering self metrics: %w", err))
	}
	var out [][]byte
	for _, f := range families {
		if names != nil && !names.MatchString(f.GetName()) {
			continue
		}
		b, err := protojson.Marshal(f)
		if err != nil {
			return fail(errorInternal, fmt.Errorf("error marshaling metric family %q: %w", f.GetName(), err))
		}
		out = append(out, b)
	}
	return ok(func(j *jsonWriter) {
		j.beginArray()
		for _, b := range out {
			j.raw(b)
			j.flushIfFull()
		}
		j.endArray()
	})
}
