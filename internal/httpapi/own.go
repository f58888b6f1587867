package httpapi

import (
	"net/http"
	"time"
)

// own answers Monopod's own routes, which the UI reads.
type own struct {
	*status
	targets *targets     // nil: nothing is scraped
	memory  MemorySource // nil: not known
	state   func() State
	dataDir string
	prefix  string
	// What users may do over HTTP.
	lifecycle, admin bool
}

// reloadView is a Reload as our own routes and events show it.
type reloadView struct {
	Successful bool       `json:"successful"`
	Error      string     `json:"error"`
	Cause      string     `json:"cause"`
	Attempt    *time.Time `json:"attempt"`
	Success    *time.Time `json:"success"`
}

func reloadDocument(r Reload) reloadView {
	v := reloadView{Successful: r.Successful, Error: r.Error, Cause: r.Cause}
	if !r.Attempt.IsZero() {
		v.Attempt = &r.Attempt
	}
	if !r.Success.IsZero() {
		v.Success = &r.Success
	}
	return v
}

// overview answers the state of the program in one document, also while it
// starts. What is not known yet is null.
func (o *own) overview(*http.Request) result {
	return ok(func(j *jsonWriter) {
		j.beginObject()
		j.key("state")
		j.str(o.state().String())
		j.key("version")
		j.str(o.build.Monopod)
		j.key("prometheusVersion")
		j.str(o.build.Version)
		j.key("revision")
		j.str(o.build.Revision)
		j.key("goVersion")
		j.str(o.build.GoVersion)
		j.key("startTime")
		j.time(o.birth)
		j.key("uptimeSeconds")
		j.float(o.now().Sub(o.birth).Seconds())
		j.key("routePrefix")
		j.str(o.prefix)
		j.key("lifecycleEnabled")
		j.bool(o.lifecycle)
		j.key("adminEnabled")
		j.bool(o.admin)
		j.key("config")
		o.writeReload(j)
		j.key("storage")
		o.writeStorage(j)
		j.key("targets")
		o.writeTargetCounts(j)
		j.key("memory")
		o.writeMemory(j)
		j.key("heldBack")
		o.writeHeldBack(j)
		j.endObject()
	})
}

func (o *own) writeReload(j *jsonWriter) {
	if o.config == nil {
		j.null()
		return
	}
	r := reloadDocument(o.config.LastReload())
	j.beginObject()
	j.key("successful")
	j.bool(r.Successful)
	j.key("error")
	j.str(r.Error)
	j.key("cause")
	j.str(r.Cause)
	for _, t := range []struct {
		name string
		at   *time.Time
	}{{"attempt", r.Attempt}, {"success", r.Success}} {
		j.key(t.name)
		if t.at == nil {
			j.null()
		} else {
			j.time(t.at.UTC())
		}
	}
	j.endObject()
}

func (o *own) writeStorage(j *jsonWriter) {
	if o.storage == nil {
		j.null()
		return
	}
	j.beginObject()
	j.key("path")
	j.str(o.dataDir)
	j.key("replay")
	if replay, err := o.storage.Replay(); err != nil {
		j.null()
	} else {
		j.beginObject()
		j.key("done")
		j.bool(replay.Done)
		j.key("min")
		j.int(int64(replay.Min))
		j.key("max")
		j.int(int64(replay.Max))
		j.key("current")
		j.int(int64(replay.Current))
		j.endObject()
	}
	if o.state() == Starting {
		for _, name := range []string{"retention", "head", "usage", "blocks"} {
			j.key(name)
			j.null()
		}
		j.endObject()
		return
	}
	j.key("retention")
	j.str(o.storage.Retention())
	j.key("head")
	if s, err := o.storage.Stats("", 1); err != nil {
		j.null()
	} else {
		writeHead(j, s)
	}
	j.key("usage")
	if u, err := o.storage.Usage(); err != nil {
		j.null()
	} else {
		writeUsage(j, u)
	}
	j.key("blocks")
	if blocks, err := o.storage.Blocks(); err != nil {
		j.null()
	} else {
		j.int(int64(len(blocks)))
	}
	j.endObject()
}

func writeUsage(j *jsonWriter, u StorageUsage) {
	j.beginObject()
	j.key("logBytes")
	j.int(u.LogBytes)
	j.key("headBytes")
	j.int(u.HeadBytes)
	j.key("blockBytes")
	j.int(u.BlockBytes)
	j.key("freeBytes")
	j.int(u.FreeBytes)
	j.key("samplesAppended")
	j.uint(u.SamplesAppended)
	j.key("oldestTime")
	j.int(u.OldestTime)
	j.endObject()
}

func (o *own) writeTargetCounts(j *jsonWriter) {
	if o.targets == nil {
		j.null()
		return
	}
	counts := map[string]int64{}
	eachTarget(o.targets.source.ActiveTargets(), "", func(_ string, t Target) { counts[t.Health]++ })
	j.beginObject()
	for _, h := range []string{"up", "down", "unknown"} {
		j.key(h)
		j.int(counts[h])
	}
	dropped := int64(0)
	for _, n := range o.targets.source.DroppedCounts() {
		dropped += int64(n)
	}
	j.key("dropped")
	j.int(dropped)
	j.endObject()
}

// discovery answers, by pool, what was found and what relabelling made of it,
// and what the last scrape of it brought.
func (o *own) discovery(r *http.Request) result {
	only, showActive, showDropped := wanted(r)
	return ok(func(j *jsonWriter) {
		active, dropped := o.targets.source.ActiveTargets(), o.targets.source.DroppedTargets()
		counts := o.targets.source.DroppedCounts()
		j.beginObject()
		j.key("pools")
		j.beginArray()
		for _, pool := range sortedPools(o.targets.source.ScrapePools()) {
			if only != "" && pool != only {
				continue
			}
			j.beginObject()
			j.key("scrapePool")
			j.str(pool)
			j.key("active")
			j.beginArray()
			if showActive {
				for _, t := range active[pool] {
					o.writeDiscovered(j, pool, t)
					j.flushIfFull()
				}
			}
			j.endArray()
			j.key("dropped")
			j.beginArray()
			if showDropped {
				for _, t := range dropped[pool] {
					j.beginObject()
					j.key("discoveredLabels")
					j.labels(t.DiscoveredLabels)
					j.key("reason")
					j.str(t.Reason)
					j.endObject()
					j.flushIfFull()
				}
			}
			j.endArray()
			j.key("droppedCount")
			j.int(int64(counts[pool]))
			j.endObject()
		}
		j.endArray()
		j.endObject()
	})
}

func (o *own) writeDiscovered(j *jsonWriter, pool string, t Target) {
	j.beginObject()
	o.targets.writeTargetMembers(j, pool, t)
	j.key("errorKind")
	j.str(t.ErrorKind)
	j.key("samplesScraped")
	j.int(int64(t.Samples))
	j.key("samplesKept")
	j.int(int64(t.Kept))
	j.key("seriesAdded")
	j.int(int64(t.SeriesAdded))
	j.key("bodyBytes")
	j.int(t.BodyBytes)
	writeRefusal(j, t)
	j.endObject()
}
