package httpapi

import (
	"cmp"
	"net/url"
	"slices"
	"time"
)

// MemorySource tells how much memory the program may use, and what it gives up
// for want of it. It may be called from many goroutines.
type MemorySource interface {
	Memory() Memory
}

// Memory is the budget and what is in force.
type Memory struct {
	LimitBytes int64
	// Source is where the limit comes from: "flag", "GOMEMLIMIT", "cgroup", "machine".
	Source string
	// GoalBytes is the part of the limit that the Go runtime stays within.
	GoalBytes int64
	// HeldBytes is what no collection of garbage gives back, MappedBytes what the
	// kernel gave to the program.
	HeldBytes, MappedBytes int64
	// Pressure is HeldBytes in relation to GoalBytes.
	Pressure float64
	// Level is the highest step of shedding in force: "normal", "caches", "series",
	// "sampling".
	Level string
	// Degraded: memory has been short since the start.
	Degraded bool
	// CacheShare is the part of their share that caches may use.
	CacheShare float64
	Parts      []MemoryPart

	Series, MaxSeries, MaxSeriesPerTarget int

	// EverythingRefused: no target may begin series.
	EverythingRefused bool
	// Refused are the targets that may begin no series, the culprit first.
	Refused   []RefusedTarget
	Stretched []StretchedJob
}

// MemoryPart is a use of memory with a share of its own. UsedBytes is negative
// where it is not known.
type MemoryPart struct {
	Name                   string // "head", "caches", "queries", "bodies"
	BudgetBytes, UsedBytes int64
}

// RefusedTarget is a target that may begin no series for want of memory. Cause is
// "new" where it began most series lately, "series" where it has most.
type RefusedTarget struct {
	Pool              string
	URL               *url.URL
	Cause             string
	Series, NewSeries int
	Since             time.Time
}

// StretchedJob is a job that is scraped once in so many intervals.
type StretchedJob struct {
	Pool   string
	Factor int
	Since  time.Time
}

func (o *own) writeMemory(j *jsonWriter) {
	if o.memory == nil {
		j.null()
		return
	}
	m := o.memory.Memory()
	j.beginObject()
	j.key("limitBytes")
	j.int(m.LimitBytes)
	j.key("source")
	j.str(m.Source)
	j.key("goalBytes")
	j.int(m.GoalBytes)
	j.key("heldBytes")
	j.int(m.HeldBytes)
	j.key("mappedBytes")
	j.int(m.MappedBytes)
	j.key("pressure")
	j.float(m.Pressure)
	j.key("level")
	j.str(m.Level)
	j.key("degraded")
	j.bool(m.Degraded)
	j.key("cacheShare")
	j.float(m.CacheShare)
	j.key("parts")
	j.beginArray()
	for _, p := range m.Parts {
		j.beginObject()
		j.key("name")
		j.str(p.Name)
		j.key("budgetBytes")
		j.int(p.BudgetBytes)
		j.key("usedBytes")
		if p.UsedBytes < 0 {
			j.null()
		} else {
			j.int(p.UsedBytes)
		}
		j.endObject()
	}
	j.endArray()
	j.key("series")
	j.int(int64(m.Series))
	j.key("maxSeries")
	j.int(int64(m.MaxSeries))
	j.key("maxSeriesPerTarget")
	j.int(int64(m.MaxSeriesPerTarget))
	j.key("everythingRefused")
	j.bool(m.EverythingRefused)
	j.key("refused")
	j.beginArray()
	for _, r := range m.Refused {
		j.beginObject()
		j.key("scrapePool")
		j.str(r.Pool)
		j.key("scrapeUrl")
		j.str(r.URL.String())
		j.key("cause")
		j.str(r.Cause)
		j.key("series")
		j.int(int64(r.Series))
		j.key("newSeries")
		j.int(int64(r.NewSeries))
		j.key("since")
		j.time(r.Since.UTC())
		j.endObject()
	}
	j.endArray()
	j.key("stretched")
	j.beginArray()
	for _, s := range m.Stretched {
		j.beginObject()
		j.key("scrapePool")
		j.str(s.Pool)
		j.key("factor")
		j.int(int64(s.Factor))
		j.key("since")
		j.time(s.Since.UTC())
		j.endObject()
	}
	j.endArray()
	j.endObject()
}

// mostHeldBack is how many targets are named of those whose series are left out.
const mostHeldBack = 10

type heldBackTarget struct {
	pool string
	Target
}

// heldBack are the targets of whose last scrape series were left out, the one
// with most of them first.
func (o *own) heldBack() []heldBackTarget {
	var list []heldBackTarget
	eachTarget(o.targets.source.ActiveTargets(), "", func(pool string, t Target) {
		if t.SeriesRefused > 0 {
			list = append(list, heldBackTarget{pool, t})
		}
	})
	slices.SortStableFunc(list, func(x, y heldBackTarget) int {
		return cmp.Or(y.SeriesRefused-x.SeriesRefused, cmp.Compare(x.URL.String(), y.URL.String()))
	})
	return list
}

// writeHeldBack writes how many targets there are of which series are left out,
// and which of them lose most.
func (o *own) writeHeldBack(j *jsonWriter) {
	if o.targets == nil {
		j.null()
		return
	}
	list := o.heldBack()
	j.beginObject()
	j.key("count")
	j.int(int64(len(list)))
	j.key("targets")
	j.beginArray()
	for _, t := range list[:min(len(list), mostHeldBack)] {
		j.beginObject()
		j.key("scrapePool")
		j.str(t.pool)
		j.key("scrapeUrl")
		j.str(t.URL.String())
		writeRefusal(j, t.Target)
		j.endObject()
	}
	j.endArray()
	j.endObject()
}

// writeRefusal writes the members that say what was left out of the last scrape.
func writeRefusal(j *jsonWriter, t Target) {
	j.key("series")
	j.int(int64(t.Series))
	j.key("seriesRefused")
	j.int(int64(t.SeriesRefused))
	j.key("refusedReason")
	j.str(t.RefusedReason)
	j.key("refusedSince")
	if t.SeriesRefused == 0 {
		j.null()
	} else {
		j.time(t.RefusedSince.UTC())
	}
}
