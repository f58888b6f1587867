package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"math"
	"strings"
	"time"
)

// expose writes all series as they are after so many seconds.
func expose(all []series, seconds float64) []byte {
	var b bytes.Buffer
	last := ""
	for _, s := range all {
		if s.name != last {
			kind := "gauge"
			if s.counter {
				kind = "counter"
			}
			fmt.Fprintf(&b, "# TYPE %s %s\n", s.name, kind)
			last = s.name
		}
		fmt.Fprintf(&b, "%s{%s} %g\n", s.name, strings.TrimPrefix(s.labels, ","), s.value(seconds))
	}
	return b.Bytes()
}

// value has the size that the name lets expect, differs by entity and moves
// slowly.
func (s series) value(seconds float64) float64 {
	h := fnv.New32a()
	h.Write([]byte(s.name)) //nolint:errcheck // never fails
	phase := float64(h.Sum32()%628)/100 + float64(s.entity)
	wave := 1 + 0.4*math.Sin(seconds/40+phase)
	size := s.size()
	if s.counter {
		// The integral of a rate that swings.
		return size * (seconds + 16*math.Cos(phase) - 16*math.Cos(seconds/40+phase)) * float64(s.entity+1) * s.bucket
	}
	switch {
	case s.name == "up", strings.HasSuffix(s.name, "_info"), strings.HasSuffix(s.name, "_up"):
		return 1
	case strings.Contains(s.name, "start_time"), strings.Contains(s.name, "boot_time"), strings.Contains(s.name, "timestamp"), strings.HasSuffix(s.name, "time_seconds"):
		return float64(time.Now().Unix() - 3*86400 - int64(s.entity)*3600)
	}
	return math.Round(size*wave*float64(s.entity+1)*1000) / 1000
}

func (s series) size() float64 {
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(s.name, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("bytes") && s.counter:
		return 2e5
	case has("bytes"):
		return 4e9
	case has("ratio", "percent"):
		return 0.4
	case has("seconds"):
		return 0.2
	case s.counter:
		return 12
	}
	return 7
}
