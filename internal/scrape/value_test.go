package scrape

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

func TestParseValue(t *testing.T) {
	for _, text := range []string{
		"0", "-0", "+0", "1", "-1", "+1", "12.5", ".5", "5.", "1e3", "1E-3", "1.5e+06", "1e22", "1e23", "1e-22", "1e-23",
		"9007199254740991", "9007199254740992", "9007199254740993", "18446744073709551615", "18446744073709551616",
		"123456789012345678901234567890", "0.1", "0.30000000000000004", "1.7976931348623157e+308", "5e-324", "4.9e-324",
		"NaN", "nan", "Inf", "+Inf", "-Inf", "infinity", "1e308", "2.2250738585072014e-308", "00012", "0e0", "1e0000000001",
	} {
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		for _, tail := range []string{"\n", " 123\n", "\t\n"} {
			got, end, ok := parseValue([]byte("x "+text+tail), 2)
			if !ok || end != 2+len(text) {
				t.Errorf("%q: end %d, ok %v", text+tail, end, ok)
			}
			if math.Float64bits(got) != math.Float64bits(want) && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Errorf("%q: got %v, want %v", text, got, want)
			}
		}
	}
	for _, text := range []string{"", "-", "e5", "1e", "1e+", "0x1p3", "1_000", "1e400", "1{", "--1", "1.2.3", "one", "1e5x", ".", "-."} {
		if v, _, ok := parseValue([]byte("x "+text+"\n"), 2); ok {
			t.Errorf("%q was taken as %v", text, v)
		}
	}
	if _, _, ok := parseValue([]byte("1"), 0); ok {
		t.Error("a value without an end was taken")
	}
}

func TestParseValueRandom(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 50_000 {
		v := math.Float64frombits(r.Uint64())
		if r.IntN(2) == 0 {
			v = math.Round(r.NormFloat64()*1e9) / pow10[r.IntN(10)]
		}
		if math.IsNaN(v) {
			continue
		}
		text := strconv.FormatFloat(v, "eEfgG"[r.IntN(5)], -1, 64)
		got, end, ok := parseValue([]byte(text+"\n"), 0)
		if !ok || end != len(text) || math.Float64bits(got) != math.Float64bits(v) {
			t.Fatalf("%s: got %v, ok %v", text, got, ok)
		}
	}
}

func TestParseStamp(t *testing.T) {
	for _, c := range []struct {
		in      string
		t       int64
		stamped bool
		next    int
		ok      bool
	}{
		{"\n", 0, false, 1, true},
		{"  \t\n", 0, false, 4, true},
		{" 1700000000000\nx", 1700000000000, true, 15, true},
		{"\t5  \n", 5, true, 5, true},
		{" -5\n", 0, false, 0, false},
		{" 5x\n", 0, false, 0, false},
		{" 9999999999999999999\n", 0, false, 0, false},
		{" 5", 0, false, 0, false},
	} {
		got, stamped, next, ok := parseStamp([]byte(c.in), 0)
		if ok != c.ok || ok && (got != c.t || stamped != c.stamped || next != c.next) {
			t.Errorf("%q: got %d %v %d %v", c.in, got, stamped, next, ok)
		}
	}
}

func TestScanKey(t *testing.T) {
	for in, want := range map[string]string{
		"up 1\n":                           "up",
		"a:b_c9{x=\"y\"} 1\n":              `a:b_c9{x="y"}`,
		`a{x="} \" {"} 1` + "\n":           `a{x="} \" {"}`,
		`{"quoted name","x"="y"} 1` + "\n": `{"quoted name","x"="y"}`,
		"up\t1\n":                          "up",
		"up{} 1\n":                         "up{}",
	} {
		end, ok := scanKey([]byte(in), 0)
		if !ok || in[:end] != want {
			t.Errorf("%q: got %q, %v", in, in[:min(end, len(in))], ok)
		}
	}
	for _, in := range []string{"up\n", "up", "a{x=\"\n\"} 1", "a{x=\"y\" 1\n", `a{x="y`, "a{{ 1", " a 1\n", "a{x=\"y\"}1\n", `a{"\`, strings.Repeat("a", 10)} {
		if end, ok := scanKey([]byte(in), 0); ok {
			t.Errorf("%q was taken to end at %d", in, end)
		}
	}
}
