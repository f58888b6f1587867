package scrape

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

const openBody = "# TYPE a counter\n# HELP a Help.\na_total{x=\"1\"} 1.0\na_created{x=\"1\"} 1.7e+09\na_total{x=\"2\"} 2\n" +
	"# TYPE h_seconds histogram\n# UNIT h_seconds seconds\nh_seconds_bucket{le=\"1.0\"} 1 # {trace=\"t\"} 0.5\nh_seconds_bucket{le=\"+Inf\"} 2 # {trace=\"u\"} 0.5 1700000000.125\nh_seconds_sum 3\nh_seconds_count 2\nz 9\n# EOF\n"

var openJobs = []string{
	"", "honor_timestamps: false\n", "track_timestamps_staleness: true\n", "sample_limit: 6\n", "honor_labels: true\n",
	"convert_classic_histograms_to_nhcb: true\n",
	"metric_relabel_configs:\n- source_labels: [x]\n  regex: '2'\n  action: drop\n- source_labels: [le]\n  regex: '1.0'\n  target_label: instance\n  replacement: other\n",
}

func TestOpenMetricsWalkEqualsParse(t *testing.T) {
	for name, bodies := range map[string][]string{
		"values":            {openBody, strings.ReplaceAll(openBody, " 2\n", " 7.25\n"), openBody},
		"exemplars":         {openBody, strings.ReplaceAll(openBody, "trace=\"t\"} 0.5", "trace=\"v\",y=\"\\\"\"} 0.75"), strings.ReplaceAll(openBody, " # {trace=\"t\"} 0.5", ""), openBody},
		"new exemplar":      {openBody, strings.Replace(openBody, "z 9\n", "z 9 # {} 1\n", 1), openBody},
		"bad exemplar":      {openBody, strings.Replace(openBody, "trace=\"t\"", "trace=t", 1), openBody},
		"not an exemplar":   {openBody, strings.Replace(openBody, "1 # {t", "8 # \xc3{t", 1), strings.Replace(openBody, "z 9\n", "z 9 # \xc3{} 1 2\n", 1), strings.Replace(openBody, "z 9\n", "z 9 # \n", 1), strings.Replace(openBody, "z 9\n", "z 9 #{} 1\n", 1), strings.Replace(openBody, "z 9\n", "z 9 #  {} 1\n", 1), strings.Replace(openBody, "z 9\n", "z 9 1 # \xc3{} 1\n", 1), strings.Replace(openBody, "{trace=\"t\"} 0.5", "\xc3{} 1 2", 1), strings.Replace(openBody, "\"t\"", "\"\xc3\"", 1), strings.Replace(openBody, "\"t\"", "\"\u00e9\"", 1), openBody},
		"timestamps":        {openBody, strings.ReplaceAll(openBody, " 2\n", " 2 1700000000.5\n"), strings.ReplaceAll(openBody, " 2\n", " 2 1700000001\n"), openBody},
		"bad timestamps":    {openBody, strings.ReplaceAll(openBody, " 2\n", " 2 NaN\n"), strings.ReplaceAll(openBody, " 2\n", " 2 1 1\n"), strings.ReplaceAll(openBody, " 2\n", " 2 0x1\n")},
		"stamped exemplars": {openBody, strings.ReplaceAll(openBody, "1 # {t", "1 1700000000 # {t"), strings.ReplaceAll(openBody, "1 # {t", "1 1700000001 # {t")},
		"no end":            {openBody, strings.TrimSuffix(openBody, "# EOF\n"), openBody},
		"end without line":  {strings.TrimSuffix(openBody, "\n"), strings.TrimSuffix(openBody, "\n"), openBody, strings.TrimSuffix(openBody, "\n")},
		"after the end":     {openBody, openBody + "a 1\n", openBody + "\n", openBody},
		"end in the middle": {openBody, strings.Replace(openBody, "z 9\n", "# EOF\nz 9\n", 1), openBody},
		"blanks":            {openBody, strings.Replace(openBody, "z 9\n", "z  9\n", 1), strings.Replace(openBody, "z 9\n", "z 9 \n", 1), strings.Replace(openBody, "z 9\n", "z 9\t\n", 1), strings.Replace(openBody, "z 9\n", "z\t9\n", 1), openBody},
		"blank lines":       {openBody, strings.Replace(openBody, "z 9\n", "\nz 9\n", 1), openBody},
		"line gone":         {openBody, strings.Replace(openBody, "a_total{x=\"2\"} 2\n", "", 1), openBody},
		"order":             {openBody, strings.Replace(openBody, "z 9\n", "", 1), "z 9\n" + strings.Replace(openBody, "z 9\n", "", 1), openBody},
		"type changes":      {openBody, strings.Replace(openBody, "TYPE a counter", "TYPE a gauge", 1), openBody},
		"duplicate":         {openBody, strings.Replace(openBody, "z 9\n", "z 9\nz 10\n", 1), strings.Replace(openBody, "z 9\n", "z 9\nz 11\n", 1), openBody},
		"special values":    {openBody, strings.Replace(openBody, "z 9", "z NaN", 1), strings.Replace(openBody, "z 9", "z +Inf", 1), strings.Replace(openBody, "z 9", "z 1_0", 1), strings.Replace(openBody, "z 9", "z -0", 1)},
		"quoted names":      {"{\"a b\",x=\"1\"} 1\n# EOF\n", "{\"a b\",x=\"1\"} 2\n# EOF\n", "{\"a\nb\",x=\"1\"} 2\n# EOF\n", "{\"a\nb\",x=\"1\"} 3\n# EOF\n"},
		"only the end":      {"# EOF\n", "# EOF\n", "# EOF", "", openBody},
	} {
		for i, job := range openJobs {
			t.Run(fmt.Sprint(name, i), func(t *testing.T) { bothIn(t, openMetrics, job, bodies) })
		}
	}
}

func TestOpenMetricsWalkEqualsParseRandom(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 5))
	for i := range 300 {
		body := openBody
		var bodies []string
		for range 8 {
			bodies = append(bodies, body)
			if r.IntN(3) == 0 {
				body = openBody
			}
			if r.IntN(2) == 0 {
				lines := strings.SplitAfter(body, "\n")
				if k := r.IntN(len(lines)); strings.Contains(lines[k], " ") && lines[k][0] != '#' {
					series, _, _ := strings.Cut(lines[k], " ")
					lines[k] = series + fmt.Sprintf(" %d%s%s\n", r.IntN(9), []string{"", "", " 1700000000.25", " 17e8"}[r.IntN(4)], []string{"", "", " # {a=\"b\"} 1", " # {} 1 2"}[r.IntN(4)])
				}
				body = strings.Join(lines, "")
			} else if next := mutate(r, body); len(next) < 3000 {
				// Timestamps are in seconds.
				for k := range 5 {
					next = strings.ReplaceAll(next, fmt.Sprintf(" 170000000%d000", k), fmt.Sprintf(" 170000000%d", k))
				}
				body = next
			}
		}
		bothIn(t, openMetrics, openJobs[i%len(openJobs)], bodies)
	}
}

func FuzzOpenMetricsWalkEqualsParse(f *testing.F) {
	f.Add(openBody, strings.ReplaceAll(openBody, " 2\n", " 3\n"))
	f.Add("a 1 1.5 # {x=\"y\"} 2 3\n# EOF\n", "a 2 2.5 # {x=\"z\"} 2 4\n# EOF")
	f.Add(openBody, strings.Replace(openBody, "1 # {trace=\"t\"} 0.5", "8 # \xc3{} 1 2", 1))
	f.Fuzz(func(t *testing.T, one, two string) {
		bothIn(t, openMetrics, "track_timestamps_staleness: true\n", []string{one, two, one})
	})
}

// TestOpenMetricsIsWalked: values, exemplars and timestamps may change.
func TestOpenMetricsIsWalked(t *testing.T) {
	f := newFeeder(t, "")
	for i := range 4 {
		body := fmt.Sprintf("# TYPE a counter\na_total %d # {t=\"%d\"} 1\nb %d %d.5\nc %d\n# EOF\n", i, i, i, 1700000000+i, i)
		p := f.in.begin(f.t+int64(i), time.UnixMilli(f.t))
		if err := f.in.openReport(); err != nil {
			t.Fatal(err)
		}
		if r := p.read([]byte(body), openMetrics); r.err != nil || (p.lines.skeleton == 3) != (i > 0) || p.lines.skeleton+p.lines.parsed != 3 {
			t.Errorf("body %d: %v, lines %+v", i, r.err, p.lines)
		}
		if n := len(p.batch.Exemplars); n != 1 {
			t.Errorf("body %d: %d exemplars", i, n)
		}
		p.free()
	}
}
