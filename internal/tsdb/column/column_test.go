package column

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

var staleNaN = math.Float64frombits(0x7ff0000000000002)

// extremes are the values whose bits are easily lost.
var extremes = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.1, -0.1, 1e-9, 894.13, math.Pi,
	math.NaN(), staleNaN, math.Float64frombits(0xfff8dead0000beef), math.Inf(1), math.Inf(-1),
	math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, math.MaxFloat64, -math.MaxFloat64,
	math.Float64frombits(0x000fffffffffffff), math.Float64frombits(0x0010000000000000),
	1 << 53, 1<<53 + 2, 1<<53 - 1, -(1 << 53), 9007199254740993, 1 << 62, 1 << 63, -(1 << 63), 1 << 64, 18446744073709549568,
	1e15, 1e16, 1e17, 1e22, 1e23, 123456789.123456, 0.30000000000000004, 4.35, 2.675, 1.005, 5e-324, 1e308,
	4503599627370496.5, 9007199254740991.5, 0.000001, 1.7976931348623157e308,
}

func checkFloats(t *testing.T, values []float64) []byte {
	t.Helper()
	prefix := []byte("before")
	b := Append(prefix, values)
	if string(b[:len(prefix)]) != "before" {
		t.Fatal("Append changed what was there")
	}
	b = b[len(prefix):]
	if max := 1 + 8*len(values); len(b) > max {
		t.Fatalf("%d values take %d bytes, more than raw", len(values), len(b))
	}
	for _, tail := range []string{"", "x", "more than eight bytes"} {
		src := append(append([]byte(nil), b...), tail...)
		got, read, err := Decode([]float64{7}, src, len(values))
		if err != nil {
			t.Fatalf("decode: %v\nvalues %v\nbytes %x", err, values, b)
		}
		if read != len(b) {
			t.Fatalf("read %d of %d bytes\nvalues %v\nbytes %x", read, len(b), values, b)
		}
		if len(got) != 1+len(values) || got[0] != 7 {
			t.Fatalf("decoded %d values behind %v", len(got)-1, got[0])
		}
		for i, v := range got[1:] {
			if math.Float64bits(v) != math.Float64bits(values[i]) {
				t.Fatalf("value %d: got %v (%#x), want %v (%#x)\nbytes %x",
					i, v, math.Float64bits(v), values[i], math.Float64bits(values[i]), b)
			}
		}
	}
	return b
}

func checkTimes(t *testing.T, times []int64) []byte {
	t.Helper()
	b := AppendTimestamps(nil, times)
	for _, tail := range []string{"", "x", "more than eight bytes"} {
		got, read, err := DecodeTimestamps([]int64{7}, append(append([]byte(nil), b...), tail...), len(times))
		if err != nil {
			t.Fatalf("decode: %v\ntimes %v\nbytes %x", err, times, b)
		}
		if read != len(b) || len(got) != 1+len(times) || got[0] != 7 {
			t.Fatalf("read %d of %d bytes, %d of %d times", read, len(b), len(got)-1, len(times))
		}
		for i, v := range got[1:] {
			if v != times[i] {
				t.Fatalf("time %d: got %d, want %d\nbytes %x", i, v, times[i], b)
			}
		}
	}
	return b
}

func TestExtremeValues(t *testing.T) {
	for _, v := range extremes {
		for _, n := range []int{1, 2, 3, 8, 17, 120} {
			values := make([]float64, n)
			for i := range values {
				values[i] = v
			}
			if b := checkFloats(t, values); len(b) > 13 {
				t.Errorf("%d times %v take %d bytes", n, v, len(b))
			}
		}
		for _, w := range extremes {
			checkFloats(t, []float64{v, w})
			checkFloats(t, []float64{v, w, v})
			checkFloats(t, []float64{1, 2, 3, 4, 5, 6, 7, v, 8, 9, 10, 11, 12, 13, 14, 15, w, 16, 17, 18, 19, 20, 21, 22})
			checkFloats(t, []float64{v, .1, .2, .3, .4, .5, .6, .7, .8, .9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, w})
		}
	}
	checkFloats(t, extremes)
	checkFloats(t, nil)
}

func TestExtremeTimes(t *testing.T) {
	ends := []int64{0, 1, -1, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, 1 << 62, -1 << 62, 1<<56 - 1, 1 << 56, 1 << 57}
	for _, a := range ends {
		checkTimes(t, []int64{a})
		for _, b := range ends {
			checkTimes(t, []int64{a, b})
			checkTimes(t, []int64{a, b, a, b, a})
			checkTimes(t, []int64{0, 0, 0, 0, 0, 0, 0, a, 0, 0, 0, 0, 0, 0, 0, 0, b, 0, 0, 0, 0, 0, 0, 0})
			checkTimes(t, []int64{a, 1000, 2000, 3000, 4000, 5001, 6000, 7000, 8000, 9000, 10000, b})
		}
	}
	checkTimes(t, ends)
	checkTimes(t, nil)
}

// generators make columns as targets have them, and some that none has.
var generators = []struct {
	name string
	// bitsPerValue is what 240 values may take at most, on average.
	bitsPerValue float64
	make         func(rng *rand.Rand, n int) []float64
}{
	{"constant", 0.1, func(rng *rand.Rand, n int) []float64 { return series(n, func(int) float64 { return 42 }) }},
	{"counter at rest", 0.8, func(rng *rand.Rand, n int) []float64 {
		v := float64(rng.IntN(1e6))
		return series(n, func(int) float64 {
			if rng.IntN(20) == 0 {
				v++
			}
			return v
		})
	}},
	{"steady counter", 0.6, func(rng *rand.Rand, n int) []float64 {
		v := 1e9
		return series(n, func(int) float64 { v += 10; return v })
	}},
	{"steady counter, at times more", 1.1, func(rng *rand.Rand, n int) []float64 {
		v := 1e9
		return series(n, func(int) float64 {
			v += 10
			if rng.IntN(30) == 0 {
				v += float64(rng.IntN(50))
			}
			return v
		})
	}},
	{"busy counter", 8, func(rng *rand.Rand, n int) []float64 {
		v := 1e6
		return series(n, func(int) float64 { v += float64(100 + rng.IntN(100)); return v })
	}},
	{"counter with reset", 5.5, func(rng *rand.Rand, n int) []float64 {
		v := 1e6
		return series(n, func(i int) float64 {
			if i == n/2 {
				v = 0
			}
			v += float64(rng.IntN(16))
			return v
		})
	}},
	{"seconds of CPU", 7, func(rng *rand.Rand, n int) []float64 {
		v := 12345.67
		return series(n, func(int) float64 { v = math.Round(v*100+float64(rng.IntN(64))) / 100; return v })
	}},
	{"memory in pages", 10, func(rng *rand.Rand, n int) []float64 {
		v := 100000
		return series(n, func(int) float64 { v += rng.IntN(200) - 100; return float64(v) * 4096 })
	}},
	{"up and down", 1.2, func(rng *rand.Rand, n int) []float64 {
		return series(n, func(int) float64 { return float64(rng.IntN(2)) })
	}},
	{"decimal gauge", 11, func(rng *rand.Rand, n int) []float64 {
		return series(n, func(int) float64 { return float64(rng.IntN(1000)) / 1000 })
	}},
	{"milliseconds times 0.001", 12, func(rng *rand.Rand, n int) []float64 {
		v := 914062.0
		return series(n, func(int) float64 { v += float64(rng.IntN(200)); return v * 0.001 })
	}},
	{"microseconds by 1000 by 1000", 18, func(rng *rand.Rand, n int) []float64 {
		v := 848486030.0
		return series(n, func(int) float64 { v += float64(rng.IntN(9000)); return v / 1000 / 1000 })
	}},
	{"sum of durations", 28, func(rng *rand.Rand, n int) []float64 {
		v := 8484.860
		return series(n, func(int) float64 { v += float64(rng.IntN(1e6)) / 1e9; return v })
	}},
	{"share of a whole, ten digits", 13, func(rng *rand.Rand, n int) []float64 {
		return series(n, func(int) float64 {
			return math.Round(7019782349*(1+float64(rng.IntN(2001)-1000)/20000)) / 1e3
		})
	}},
	{"hundreds", 8, func(rng *rand.Rand, n int) []float64 {
		return series(n, func(int) float64 { return float64(100*rng.IntN(100) + 7) })
	}},
	{"with gaps of NaN", 3, func(rng *rand.Rand, n int) []float64 {
		return series(n, func(int) float64 {
			if rng.IntN(50) == 0 {
				return staleNaN
			}
			return float64(rng.IntN(4)) / 10
		})
	}},
	{"a ratio", 58, func(rng *rand.Rand, n int) []float64 {
		return series(n, func(int) float64 { return (1 + rng.Float64()) / 3 })
	}},
	{"any bits", 65, func(rng *rand.Rand, n int) []float64 {
		return series(n, func(int) float64 { return math.Float64frombits(rng.Uint64()) })
	}},
	{"extremes", 65, func(rng *rand.Rand, n int) []float64 {
		return series(n, func(int) float64 { return extremes[rng.IntN(len(extremes))] })
	}},
	{"mixed", 65, func(rng *rand.Rand, n int) []float64 {
		v, step := 0.0, 0.0
		return series(n, func(int) float64 {
			switch rng.IntN(40) {
			case 0:
				v = extremes[rng.IntN(len(extremes))]
			case 1:
				v = math.Trunc(rng.NormFloat64() * math.Pow(10, float64(rng.IntN(16))))
			case 2:
				step = float64(rng.IntN(20) - 5)
			case 3:
				step = 0
			case 4:
				v = math.Round(rng.NormFloat64()*1e6) / 1e3
			}
			v += step
			return v
		})
	}},
}

func series(n int, next func(i int) float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = next(i)
	}
	return v
}

func newSeed(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

func TestRandomColumns(t *testing.T) {
	rng := newSeed(t)
	for _, g := range generators {
		t.Run(g.name, func(t *testing.T) {
			for range 300 {
				n := 1 + rng.IntN(40)
				if rng.IntN(5) == 0 {
					n = 1 + rng.IntN(2000)
				}
				values := g.make(rng, n)
				checkFloats(t, values)
				times := make([]int64, n)
				for i, v := range values {
					times[i] = bitsOf(v)
				}
				checkTimes(t, times)
			}
		})
	}
}

func TestDensity(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for _, g := range generators {
		size, count := 0, 0
		for range 20 {
			size += len(checkFloats(t, g.make(rng, 240)))
			count += 240
		}
		per := float64(size) * 8 / float64(count)
		t.Logf("%-32s %6.2f bits a value", g.name, per)
		if per > g.bitsPerValue {
			t.Errorf("%s: %.2f bits a value, want at most %.2f", g.name, per, g.bitsPerValue)
		}
	}
}

func TestTimestampDensity(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for _, c := range []struct {
		name  string
		at    func(i int) int64
		bytes int
	}{
		{"regular", func(i int) int64 { return 1795353167123 + int64(i)*15000 }, 11},
		{"one late", func(i int) int64 {
			if i == 100 {
				return 1795353167123 + int64(i)*15000 + 37
			}
			return 1795353167123 + int64(i)*15000
		}, 25},
		{"jitter of 2 ms", func(i int) int64 { return 1795353167123 + int64(i)*15000 + rng.Int64N(3) }, 12 + 240*3/8},
		{"one gap", func(i int) int64 { return 1795353167123 + int64(i)*15000 + int64(i/120)*600000 }, 22},
	} {
		times := make([]int64, 240)
		for i := range times {
			times[i] = c.at(i)
		}
		if b := checkTimes(t, times); len(b) > c.bytes {
			t.Errorf("%s: %d bytes, want at most %d: %x", c.name, len(b), c.bytes, b)
		}
	}
}

func TestRefusesWrongCounts(t *testing.T) {
	for _, n := range []int{-1, MaxValues + 1, math.MaxInt} {
		if _, _, err := Decode(nil, []byte{0x11}, n); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%d values: error %v", n, err)
		}
		if _, _, err := DecodeTimestamps(nil, []byte{0x11}, n); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%d times: error %v", n, err)
		}
	}
}

// Every prefix of an encoding is refused, and dst comes back as it was.
func TestRefusesCutEncodings(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	for _, g := range generators {
		b := Append(nil, g.make(rng, 100))
		for cut := range b {
			got, read, err := Decode([]float64{7}, b[:cut], 100)
			if !errors.Is(err, ErrCorrupt) || read != 0 || len(got) != 1 {
				t.Fatalf("%s cut at %d of %d: %d values, read %d, error %v", g.name, cut, len(b), len(got), read, err)
			}
		}
	}
}

// A flipped bit gives other values or an error: never a panic, a read outside,
// or another number of values.
func TestFlippedBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 18))
	for _, g := range generators {
		b := Append(nil, g.make(rng, 100))
		for bit := range 8 * len(b) {
			b[bit/8] ^= 1 << (bit % 8)
			got, read, err := Decode(nil, b, 100)
			if err == nil && (len(got) != 100 || read > len(b)) || err != nil && !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%s, bit %d: %d values, read %d of %d, error %v", g.name, bit, len(got), read, len(b), err)
			}
			b[bit/8] ^= 1 << (bit % 8)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 20))
	for _, g := range generators {
		values := g.make(rng, 120)
		b := Append(make([]byte, 0, 2000), values)
		out := make([]float64, 0, 120)
		if n := testing.AllocsPerRun(100, func() { b = Append(b[:0], values) }); n >= 1 && poolKeeps {
			t.Errorf("%s: %v allocations to encode", g.name, n)
		}
		if n := testing.AllocsPerRun(100, func() { out, _, _ = Decode(out[:0], b, 120) }); n >= 1 && poolKeeps {
			t.Errorf("%s: %v allocations to decode", g.name, n)
		}
	}
}

func FuzzDecode(f *testing.F) {
	rng := rand.New(rand.NewPCG(21, 22))
	for _, g := range generators {
		f.Add(Append(nil, g.make(rng, 30)), 30)
	}
	f.Fuzz(func(t *testing.T, src []byte, n int) {
		got, read, err := Decode(nil, src, n)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) || len(got) != 0 || read != 0 {
				t.Fatalf("%d values, read %d, error %v", len(got), read, err)
			}
			return
		}
		if len(got) != n || read > len(src) {
			t.Fatalf("%d of %d values, read %d of %d", len(got), n, read, len(src))
		}
		if n < 4000 {
			checkFloats(t, got)
		}
	})
}

func FuzzDecodeTimestamps(f *testing.F) {
	f.Add(AppendTimestamps(nil, []int64{1795353167123, 1795353182123, 1795353197123, 1795353212125}), 4)
	f.Add(AppendTimestamps(nil, []int64{1, 1, 1, 1, 1, 1, 1, 1, 900, 900, 900, 900, 900, 900, 3, 3, 3, 3, 3}), 19)
	f.Fuzz(func(t *testing.T, src []byte, n int) {
		got, read, err := DecodeTimestamps(nil, src, n)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) || len(got) != 0 || read != 0 {
				t.Fatalf("%d times, read %d, error %v", len(got), read, err)
			}
			return
		}
		if len(got) != n || read > len(src) {
			t.Fatalf("%d of %d times, read %d of %d", len(got), n, read, len(src))
		}
		if n < 4000 {
			checkTimes(t, got)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	benchmark(b, func(b *testing.B, values []float64) {
		dst := make([]byte, 0, 9*len(values))
		for b.Loop() {
			dst = Append(dst[:0], values)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	benchmark(b, func(b *testing.B, values []float64) {
		src := Append(nil, values)
		dst := make([]float64, 0, len(values))
		for b.Loop() {
			var err error
			if dst, _, err = Decode(dst[:0], src, len(values)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(8*len(src))/float64(len(values)), "bits/value")
	})
}

func benchmark(b *testing.B, run func(b *testing.B, values []float64)) {
	for _, n := range []int{24, 480} {
		for _, g := range generators {
			b.Run(fmt.Sprintf("%s/%d", g.name, n), func(b *testing.B) {
				run(b, g.make(rand.New(rand.NewPCG(1, 2)), n))
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/value")
			})
		}
	}
}
