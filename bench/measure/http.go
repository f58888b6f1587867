package measure

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Fetch returns the body of an answer with status 2xx.
func Fetch(ctx context.Context, method, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = fmt.Errorf("%s: %s: %.500s", url, res.Status, body)
	}
	return body, err
}

// Answer is what a query gave, in short.
type Answer struct {
	Series, Points int
	Sum            float64 // of all values that are no NaN
	Received       time.Time
}

// Instant asks a query at a time, in milliseconds.
func Instant(ctx context.Context, root, expr string, at int64) (Answer, error) {
	v := url.Values{"query": {expr}, "nocache": {"1"}, "time": {seconds(at)}}
	return ask(ctx, root+"/api/v1/query?"+v.Encode())
}

// Range asks a query from start to end, in milliseconds.
func Range(ctx context.Context, root, expr string, start, end int64, step time.Duration) (Answer, error) {
	v := url.Values{"query": {expr}, "nocache": {"1"}, "step": {seconds(step.Milliseconds())}, "start": {seconds(start)}, "end": {seconds(end)}}
	return ask(ctx, root+"/api/v1/query_range?"+v.Encode())
}

func seconds(millis int64) string {
	return strconv.FormatFloat(float64(millis)/1000, 'f', -1, 64)
}

func ask(ctx context.Context, url string) (Answer, error) {
	body, err := Fetch(ctx, http.MethodGet, url)
	a := Answer{Received: time.Now()}
	if err != nil {
		return a, err
	}
	var r struct {
		Data struct {
			Result []struct {
				Value  [2]any
				Values [][2]any
			}
		}
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return a, fmt.Errorf("%w: %.200s", err, body)
	}
	a.Series = len(r.Data.Result)
	for _, s := range r.Data.Result {
		if s.Value[1] != nil {
			s.Values = append(s.Values, s.Value)
		}
		a.Points += len(s.Values)
		for _, v := range s.Values {
			text, _ := v[1].(string)
			f, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return a, fmt.Errorf("value %v: %w", v[1], err)
			}
			if f == f {
				a.Sum += f
			}
		}
	}
	return a, nil
}

// Metrics is what a program says of itself at /metrics, by the series as they
// stand there.
func Metrics(ctx context.Context, root string) (map[string]float64, error) {
	body, err := Fetch(ctx, http.MethodGet, root+"/metrics")
	if err != nil {
		return nil, err
	}
	out := map[string]float64{}
	for l := range strings.Lines(string(body)) {
		if l[0] == '#' {
			continue
		}
		end := strings.LastIndexByte(strings.TrimSpace(l), ' ')
		if end < 0 {
			continue
		}
		if v, err := strconv.ParseFloat(strings.TrimSpace(l[end:]), 64); err == nil {
			out[l[:end]] = v
		}
	}
	return out, nil
}

// Profiles keeps in dir where CPU and memory of a Go program go, over 20 s.
func Profiles(ctx context.Context, root, dir, label string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, path := range map[string]string{"cpu": "/debug/pprof/profile?seconds=20", "heap": "/debug/pprof/heap"} {
		body, err := Fetch(ctx, http.MethodGet, root+path)
		if err != nil {
			return fmt.Errorf("take a profile of %s: %w", label, err)
		}
		if err := os.WriteFile(filepath.Join(dir, label+"-"+name+".pprof"), body, 0o644); err != nil {
			return err
		}
	}
	return nil
}
