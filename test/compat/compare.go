package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// answer is what the query API says.
type answer struct {
	Status    string `json:"status"`
	ErrorType string `json:"errorType"`
	Error     string `json:"error"`
	Data      struct {
		ResultType string          `json:"resultType"`
		Result     json.RawMessage `json:"result"`
	} `json:"data"`
}

type series struct {
	Metric     map[string]string `json:"metric"`
	Value      *point            `json:"value"`
	Values     []point           `json:"values"`
	Histogram  *histogramPoint   `json:"histogram"`
	Histograms []histogramPoint  `json:"histograms"`
}

type point struct {
	T float64
	V string
}

func (p *point) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &[]any{&p.T, &p.V}) }

type histogramPoint struct {
	T float64
	H json.RawMessage
}

func (p *histogramPoint) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &[]any{&p.T, &p.H}) }

// ask sends a query and returns the series by their labels.
func ask(ctx context.Context, server, path string, form url.Values) (map[string]series, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server+"/api/v1/"+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, "", err
	}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, "", fmt.Errorf("%s %s: status %d: %w: %.200s", path, form.Encode(), res.StatusCode, err, body)
	}
	if a.Status != "success" {
		return nil, "", fmt.Errorf("%s: %s: %s", form.Get("query"), a.ErrorType, a.Error)
	}
	if a.Data.ResultType == "scalar" || a.Data.ResultType == "string" {
		var p point
		err := json.Unmarshal(a.Data.Result, &p)
		return map[string]series{"": {Value: &p}}, a.Data.ResultType, err
	}
	var list []series
	if err := json.Unmarshal(a.Data.Result, &list); err != nil {
		return nil, "", err
	}
	out := make(map[string]series, len(list))
	for _, s := range list {
		k := key(s.Metric)
		if _, twice := out[k]; twice {
			return nil, "", fmt.Errorf("%s: series %s stands twice in the answer", form.Get("query"), k)
		}
		out[k] = s
	}
	return out, a.Data.ResultType, nil
}

func key(metric map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(metric)) {
		fmt.Fprintf(&b, "%s=%q,", name, metric[name])
	}
	return b.String()
}

// difference says how two answers differ, empty when they do not. shift is how
// far timestamps of samples may lie apart in seconds, part how far values may.
func difference(want, got map[string]series, shift, part float64) string {
	for k := range want {
		if _, ok := got[k]; !ok {
			return fmt.Sprintf("series %s is missing", k)
		}
	}
	for k := range got {
		if _, ok := want[k]; !ok {
			return fmt.Sprintf("series %s is too much", k)
		}
	}
	for k, w := range want {
		g := got[k]
		if d := pointsDiffer(w.all(), g.all(), shift, part); d != "" {
			return k + " " + d
		}
		wh, gh := w.allHistograms(), g.allHistograms()
		if len(wh) != len(gh) {
			return fmt.Sprintf("%s has %d histograms, want %d", k, len(gh), len(wh))
		}
		for i := range wh {
			if math.Abs(wh[i].T-gh[i].T) > shift {
				return fmt.Sprintf("%s histogram %d at %.3f, want %.3f", k, i, gh[i].T, wh[i].T)
			}
			if part == 0 && string(wh[i].H) != string(gh[i].H) {
				return fmt.Sprintf("%s histogram at %.3f is %s, want %s", k, wh[i].T, gh[i].H, wh[i].H)
			}
		}
	}
	return ""
}

func (s series) all() []point {
	if s.Value != nil {
		return []point{*s.Value}
	}
	return s.Values
}

func (s series) allHistograms() []histogramPoint {
	if s.Histogram != nil {
		return []histogramPoint{*s.Histogram}
	}
	return s.Histograms
}

func pointsDiffer(want, got []point, shift, part float64) string {
	if len(want) != len(got) {
		return fmt.Sprintf("has %d points, want %d: got %s, want %s", len(got), len(want), brief(got), brief(want))
	}
	for i := range want {
		if math.Abs(want[i].T-got[i].T) > shift {
			return fmt.Sprintf("point %d at %.3f, want %.3f", i, got[i].T, want[i].T)
		}
		if want[i].V == got[i].V {
			continue
		}
		a, err1 := strconv.ParseFloat(want[i].V, 64)
		b, err2 := strconv.ParseFloat(got[i].V, 64)
		if err1 != nil || err2 != nil || part == 0 || !(math.Abs(a-b) <= part*math.Max(math.Abs(a), math.Abs(b))+1e-9) {
			return fmt.Sprintf("at %.3f is %s, want %s", want[i].T, got[i].V, want[i].V)
		}
	}
	return ""
}

func brief(p []point) string {
	var b strings.Builder
	for i, x := range p {
		if i == 6 {
			b.WriteString(" …")
			break
		}
		fmt.Fprintf(&b, " %.3f:%s", x.T, x.V)
	}
	return b.String()
}

// documentsDiffer says how two JSON documents differ, the order within the list of
// data, of warnings and of infos aside: Prometheus promises none.
func documentsDiffer(want, got []byte) string {
	if bytes.Equal(want, got) || bytes.Equal(ordered(want), ordered(got)) {
		return ""
	}
	return fmt.Sprintf("got %.300s, want %.300s", got, want)
}

func ordered(document []byte) []byte {
	var fields map[string]json.RawMessage
	if json.Unmarshal(document, &fields) != nil {
		return document
	}
	for name, value := range fields {
		var list []json.RawMessage
		if json.Unmarshal(value, &list) != nil {
			continue
		}
		slices.SortFunc(list, func(a, b json.RawMessage) int { return bytes.Compare(a, b) })
		if b, err := json.Marshal(list); err == nil {
			fields[name] = b
		}
	}
	b, err := json.Marshal(fields)
	if err != nil {
		return document
	}
	return b
}
