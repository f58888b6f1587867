package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// seriesName is what tells the series of one job apart; i is -1 where it has no
// such label.
type seriesName struct {
	name string
	i    int
}

func (n seriesName) String() string {
	if n.i < 0 {
		return n.name
	}
	return fmt.Sprintf(`%s{i="%d"}`, n.name, n.i)
}

// point is one sample as it was read.
type point struct {
	t int64 // milliseconds
	v float64
}

// reading is what the program answered, by job.
type reading map[string]map[seriesName][]point

// chunkMillis is the time that one query reads.
const chunkMillis = 240_000

// read reads all samples in (from, to].
func read(ctx context.Context, server string, from, to int64) (reading, error) {
	out := reading{}
	for from < to {
		end := min(to, from+chunkMillis)
		if err := out.add(ctx, server, from, end); err != nil {
			return nil, err
		}
		from = end
	}
	return out, nil
}

func (r reading) add(ctx context.Context, server string, from, to int64) error {
	form := url.Values{
		"query": {fmt.Sprintf(`{__name__=~"crash_.+|up",job=~".+"}[%dms]`, to-from)},
		"time":  {strconv.FormatFloat(float64(to)/1000, 'f', 3, 64)},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/api/v1/query?"+form.Encode(), nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var a struct {
		Error string
		Data  struct {
			Result []struct {
				Metric struct {
					Name string `json:"__name__"`
					Job  string
					I    string
				}
				Values [][2]any
			}
		}
	}
	d := json.NewDecoder(res.Body)
	d.UseNumber()
	if err := d.Decode(&a); err != nil {
		return fmt.Errorf("query, status %s: %w", res.Status, err)
	}
	if a.Error != "" {
		return fmt.Errorf("query: %s", a.Error)
	}
	once := map[string]map[seriesName]bool{}
	for _, s := range a.Data.Result {
		name := seriesName{s.Metric.Name, -1}
		if s.Metric.I != "" {
			if name.i, err = strconv.Atoi(s.Metric.I); err != nil {
				return fmt.Errorf("invented: a series %s with i=%q", s.Metric.Name, s.Metric.I)
			}
		}
		job := s.Metric.Job
		if r[job] == nil {
			r[job] = map[seriesName][]point{}
		}
		if once[job] == nil {
			once[job] = map[seriesName]bool{}
		}
		if once[job][name] {
			return fmt.Errorf("duplicate: one answer has %v of %s twice", name, job)
		}
		once[job][name] = true
		for _, v := range s.Values {
			p, err := parsePoint(v)
			if err != nil {
				return fmt.Errorf("query: %v of %s: %w", name, job, err)
			}
			r[job][name] = append(r[job][name], p)
		}
	}
	return nil
}

// parsePoint reads [seconds.milliseconds, "value"].
func parsePoint(v [2]any) (point, error) {
	number, ok := v[0].(json.Number)
	text, ok2 := v[1].(string)
	if !ok || !ok2 {
		return point{}, fmt.Errorf("%v is no sample", v)
	}
	seconds, fraction, _ := strings.Cut(number.String(), ".")
	t, err := strconv.ParseInt(seconds+(fraction + "000")[:3], 10, 64)
	if err != nil {
		return point{}, err
	}
	f, err := strconv.ParseFloat(text, 64)
	return point{t, f}, err
}

// samples counts what was read of the fleet.
func (r reading) samples() int {
	n := 0
	for _, series := range r {
		for name, points := range series {
			if name.name != "up" {
				n += len(points)
			}
		}
	}
	return n
}
