package expr

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"monopod/internal/frame"
)

func evalText(t *testing.T, text string, sets map[string][]value) []value {
	t.Helper()
	f, err := parseFormula(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	out, err := f.root.eval(sets)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}

func TestMath(t *testing.T) {
	for text, want := range map[string]float64{
		"1 + 2 * 3": 7, "(1+2)*3": 9, "10 - 4 - 3": 3, "2 ** 3 ** 2": 64, "2^10": 1024, "7 % 4": 3, "-2 + 5": 3, "- -2": 2,
		"1 < 2": 1, "2 <= 1": 0, "1 == 1 && 2 != 2": 0, "0 || 3": 1, "!0": 1, "!7": 0, "abs(-3)": 3, "floor(1.7) + ceil(1.2) + round(2.5)": 6,
		"is_nan(nan())": 1, "is_nan(null())": 0, "is_null(null())": 1, "is_inf(inf())": 1, "is_inf(infn())": 1, "is_number(4)": 1, "is_number(inf())": 0,
		"1e3 + 0x10": 1016, ".5 * 4": 2, "log(1)": 0, "1/0 > 5": 1,
	} {
		if got := evalText(t, text, nil)[0].points[0]; got != want {
			t.Errorf("%s = %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"null() + 1", "null() > 1", "abs(null())", "-null()"} {
		if got := evalText(t, text, nil)[0].points[0]; !frame.IsNull(got) {
			t.Errorf("%s = %v, want null", text, got)
		}
	}
	if got := evalText(t, "nan() > 1", nil)[0].points[0]; !math.IsNaN(got) || frame.IsNull(got) {
		t.Errorf("nan() > 1 is %v", got)
	}
}

func TestMathErrors(t *testing.T) {
	for text, want := range map[string]string{
		"": "something is missing", "1 +": "character 4", "$": "letter is missing", "${A": `"}"`, "foo(1)": "no function", "(1": `")"`,
		"1 2": "does not belong", "1x": "no number", "abs 1": `"("`, strings.Repeat("(", 500) + "1": "too deeply", "A + 1": "$A",
	} {
		if _, err := parseFormula(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", text, err, want)
		}
	}
}

func FuzzFormula(f *testing.F) {
	for _, text := range []string{"$A + ${B} * -2 ** 3", "is_nan(null()) && !1e5", "((((", "$A > 0x1f || nan()"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parseFormula(text)
		if err != nil {
			return
		}
		if _, err := p.root.eval(map[string][]value{"A": {number(1, nil)}}); err != nil {
			t.Fatal(err)
		}
	})
}

func labels(pairs ...string) map[string]string {
	out := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

func TestJoin(t *testing.T) {
	host := func(name string, points ...float64) value {
		return value{labels("host", name), []float64{1, 2, 3}[:len(points)], points}
	}
	sets := map[string][]value{
		"A": {host("a", 1, 2, 3), host("b", 10, 20, 30)},
		"B": {host("b", 1, 1), host("c", 5, 5)},
		"D": {{labels("host", "a", "disk", "x"), []float64{2, 3, 4}, []float64{100, 200, 300}}},
		"N": {number(2, nil)},
		"X": {number(7, labels("other", "thing"))},
	}
	for text, want := range map[string]string{
		"$A + $B": `{host="b"} [1 2] [11 21]`,
		"$A * $N": `{host="a"} [1 2 3] [2 4 6]; {host="b"} [1 2 3] [20 40 60]`,
		"$N - $A": `{host="a"} [1 2 3] [1 0 -1]; {host="b"} [1 2 3] [-8 -18 -28]`,
		"$A + $D": `{disk="x", host="a"} [2 3] [102 203]`,
		"$D + $X": `{disk="x", host="a"} [2 3 4] [107 207 307]`,
		"$A + $X": ``,
	} {
		var parts []string
		for _, v := range evalText(t, text, sets) {
			parts = append(parts, fmt.Sprintf("{%s} %v %v", frame.LabelText(v.labels), v.times, v.points))
		}
		if got := strings.Join(parts, "; "); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func input(points ...float64) Result {
	f := &frame.Frame{Fields: []frame.Field{{Type: frame.Time}, {Name: "Value", Type: frame.Number, Labels: labels("job", "j"), Numbers: points}}}
	for i := range points {
		f.Fields[0].Numbers = append(f.Fields[0].Numbers, float64(i*10_000))
	}
	return Result{Frames: []*frame.Frame{f}}
}

func evaluate(t *testing.T, inputs map[string]Result, nodes ...string) map[string]Result {
	t.Helper()
	var list []Node
	for _, text := range nodes {
		var head struct{ RefID string }
		if err := json.Unmarshal([]byte(text), &head); err != nil {
			t.Fatal(err)
		}
		list = append(list, Node{head.RefID, json.RawMessage(text)})
	}
	return Evaluate(context.Background(), list, inputs, Environment{From: time.UnixMilli(0), To: time.UnixMilli(40_000)})
}

func TestEvaluate(t *testing.T) {
	null, nan := frame.Null(), math.NaN()
	inputs := map[string]Result{
		"A": input(1, 5, 3), "G": input(1, null, nan, 4), "E": {Frames: []*frame.Frame{}}, "Bad": {Err: fmt.Errorf("broken")},
	}
	for node, want := range map[string]string{
		`{"refId":"R","type":"reduce","expression":"$A","reducer":"max"}`:                                                                                     "[5]",
		`{"refId":"R","type":"reduce","expression":"A","reducer":"mean"}`:                                                                                     "[3]",
		`{"refId":"R","type":"reduce","expression":"G","reducer":"sum"}`:                                                                                      "[NaN]",
		`{"refId":"R","type":"reduce","expression":"G","reducer":"sum","settings":{"mode":"dropNN"}}`:                                                         "[5]",
		`{"refId":"R","type":"reduce","expression":"G","reducer":"count","settings":{"mode":"replaceNN","replaceWithValue":9}}`:                               "[4]",
		`{"refId":"R","type":"reduce","expression":"G","reducer":"sum","settings":{"mode":"replaceNN","replaceWithValue":10}}`:                                "[25]",
		`{"refId":"R","type":"reduce","expression":"A","reducer":"median"}`:                                                                                   "[3]",
		`{"refId":"R","type":"reduce","expression":"A","reducer":"last"}`:                                                                                     "[3]",
		`{"refId":"R","type":"reduce","expression":"E","reducer":"last"}`:                                                                                     "",
		`{"refId":"R","type":"threshold","expression":"A","conditions":[{"evaluator":{"type":"gt","params":[2]}}]}`:                                           "[0 1 1]",
		`{"refId":"R","type":"threshold","expression":"A","conditions":[{"evaluator":{"type":"within_range","params":[5,2]}}]}`:                               "[0 0 1]",
		`{"refId":"R","type":"resample","expression":"A","window":"20s","downsampler":"max","upsampler":"pad"}`:                                               "[1 5 3]",
		`{"refId":"R","type":"resample","expression":"A","window":"5s","downsampler":"sum","upsampler":"backfilling"}`:                                        "[1 5 5 3 3 NaN NaN NaN NaN]",
		`{"refId":"R","type":"math","expression":"$A / 2 > 1"}`:                                                                                               "[0 1 1]",
		`{"refId":"R","type":"classic_conditions","conditions":[{"evaluator":{"type":"gt","params":[4]},"query":{"params":["A"]},"reducer":{"type":"max"}}]}`: "[1]",
		`{"refId":"R","type":"classic_conditions","conditions":[{"evaluator":{"type":"gt","params":[4]},"query":{"params":["A"]},"reducer":{"type":"max"}},` +
			`{"evaluator":{"type":"lt","params":[0]},"operator":{"type":"and"},"query":{"params":["A"]},"reducer":{"type":"avg"}}]}`: "[0]",
		`{"refId":"R","type":"classic_conditions","conditions":[{"evaluator":{"type":"no_value","params":[]},"query":{"params":["E"]},"reducer":{"type":"avg"}}]}`: "[1]",
		`{"refId":"R","type":"classic_conditions","conditions":[{"evaluator":{"type":"gt","params":[4]},"query":{"params":["E"]},"reducer":{"type":"avg"}}]}`:      "[NaN]",
	} {
		r := evaluate(t, inputs, node)["R"]
		if r.Err != nil {
			t.Errorf("%s: %v", node, r.Err)
			continue
		}
		got := ""
		for _, f := range r.Frames {
			got += fmt.Sprint(f.First(frame.Number).Numbers)
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", node, got, want)
		}
	}
}

func TestEvaluateChainsAndFailures(t *testing.T) {
	r := evaluate(t, map[string]Result{"A": input(1, 2, 3), "Bad": {Err: fmt.Errorf("broken")}},
		`{"refId":"D","type":"math","expression":"$C * 10"}`,
		`{"refId":"C","type":"reduce","expression":"A","reducer":"last"}`,
		`{"refId":"X","type":"math","expression":"$Y"}`,
		`{"refId":"Y","type":"math","expression":"$X"}`,
		`{"refId":"F","type":"math","expression":"$Bad + 1"}`,
		`{"refId":"M","type":"math","expression":"$Nowhere"}`,
		`{"refId":"S","type":"sql","expression":"SELECT"}`,
	)
	if r["D"].Err != nil || r["D"].Frames[0].Fields[0].Numbers[0] != 30 {
		t.Errorf("a chain in the wrong order: %+v", r["D"])
	}
	if f := r["D"].Frames[0]; f.RefID != "D" || f.Fields[0].Labels["job"] != "j" {
		t.Errorf("the labels are lost: %+v", f)
	}
	for refID, want := range map[string]string{"X": "circle", "Y": "circle", "F": "broken", "M": "no query Nowhere", "S": `"sql"`} {
		if err := r[refID].Err; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", refID, err, want)
		}
	}
}

func TestTablesBecomeNumbersWithLabels(t *testing.T) {
	table := &frame.Frame{Fields: []frame.Field{
		{Name: "host", Type: frame.String, Strings: []string{"a", "b"}}, {Name: "n", Type: frame.Number, Numbers: []float64{1, 2}},
	}}
	r := evaluate(t, map[string]Result{"A": {Frames: []*frame.Frame{table}}}, `{"refId":"B","type":"math","expression":"$A + 1"}`)["B"]
	if len(r.Frames) != 2 || r.Frames[1].Fields[0].Labels["host"] != "b" || r.Frames[1].Fields[0].Numbers[0] != 3 {
		t.Errorf("%+v", r)
	}
}
