package cells

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/tsdbutil"
)

func random(rng *rand.Rand, n int) (times []int64, s Samples) {
	t := int64(1_700_000_000_000)
	mode := rng.IntN(4)
	for i := range n {
		t += 1 + rng.Int64N(30_000)
		times = append(times, t)
		switch k := rng.IntN(10); {
		case mode == 0 || k < 4 && mode < 3:
			s.AppendFloat(t, float64(rng.IntN(100))/4)
		case k == 4:
			s.AppendFloat(t, math.Float64frombits(value.StaleNaN))
		case k == 5:
			s.AppendFloat(t, math.Float64frombits(rng.Uint64()))
		case k == 6 && mode > 1:
			s.AppendHist(t, Hist{Int: tsdbutil.GenerateTestHistogram(int64(i))})
		case k == 7 && mode > 1:
			s.AppendHist(t, Hist{Float: tsdbutil.GenerateTestFloatHistogram(rng.Int64N(9))})
		case k == 8 && mode > 1:
			s.AppendHist(t, Hist{Int: &histogram.Histogram{Sum: math.Float64frombits(value.StaleNaN)}})
		}
	}
	if s.Len() > 0 && rng.IntN(3) == 0 {
		s.SetStart(0)
		for i := range s.S {
			if rng.IntN(4) > 0 {
				s.S[i] = times[0] - rng.Int64N(3)*1000
			}
		}
	}
	return times, s
}

func TestRoundTrip(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	var e Encoder
	var got Samples
	for range 500 {
		times, want := random(rng, 1+rng.IntN(80))
		b, err := e.Append([]byte("before"), times, &want)
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, "behind"...)
		got.Reset()
		n, err := Decode(&got, b[6:], times)
		if err != nil {
			t.Fatal(err)
		}
		if n != len(b)-12 {
			t.Fatalf("%d bytes read of %d", n, len(b)-12)
		}
		same(t, &got, &want)
		for cut := range len(b) - 12 {
			got.Reset()
			if _, err := Decode(&got, b[6:6+cut], times); err == nil && got.Len() != want.Len() {
				t.Fatalf("%d of %d bytes are decoded to %d samples", cut, n, got.Len())
			}
		}
	}
}

func same(t *testing.T, got, want *Samples) {
	t.Helper()
	for i := range want.T {
		if g, w := got.Start(i), want.Start(i); i < got.Len() && g != w {
			t.Fatalf("start of sample %d is %d, want %d", i, g, w)
		}
	}
	if got.Len() != want.Len() {
		t.Fatalf("%d samples, want %d", got.Len(), want.Len())
	}
	for i := range want.T {
		if got.T[i] != want.T[i] || got.Kind(i) != want.Kind(i) {
			t.Fatalf("sample %d: %d %s, want %d %s", i, got.T[i], got.Kind(i), want.T[i], want.Kind(i))
		}
		equal := true
		switch want.Kind(i) {
		case chunkenc.ValFloat:
			equal = math.Float64bits(got.V[i]) == math.Float64bits(want.V[i])
		case chunkenc.ValHistogram:
			equal = got.H[i].Int.Equals(want.H[i].Int)
		case chunkenc.ValFloatHistogram:
			equal = got.H[i].Float.Equals(want.H[i].Float)
		}
		if !equal {
			t.Fatalf("sample %d: %v %v, want %v %v", i, got.V[i], got.H, want.V[i], want.H)
		}
	}
}

// TestDecodeMakesNoRoomForWhatIsNotThere: a span of 2³² buckets in a few bytes.
func TestDecodeMakesNoRoomForWhatIsNotThere(t *testing.T) {
	piece := []byte{0, 1, 0, 0} // one sample, no flags, zero threshold
	var bits []byte
	put := func(s string) {
		for _, c := range s {
			bits = append(bits, byte(c-'0'))
		}
	}
	put("0" + "10" + "001" + "11111110" + fmt.Sprintf("%056b", uint32(math.MaxUint32)) + "0" + "0") // schema 0, one span, offset 0, no negative ones
	for len(bits)%8 != 0 {
		bits = append(bits, 0)
	}
	for i := 0; i < len(bits); i += 8 {
		var b byte
		for _, bit := range bits[i : i+8] {
			b = b<<1 | bit
		}
		piece = append(piece, b)
	}
	piece = append(piece, make([]byte, 64)...)
	src := append([]byte{1, byte(chunkenc.EncHistogram), byte(len(piece))}, piece...)
	if _, _, err := decodeHistograms(src, 1); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "4294967295 buckets") {
		t.Errorf("got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	var e Encoder
	rng := rand.New(rand.NewPCG(1, 1))
	for range 8 {
		times, s := random(rng, 12)
		b, err := e.Append(nil, times, &s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		times := []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
		var s Samples
		if n, err := Decode(&s, b, times); err == nil && (n > len(b) || s.Len() > len(times)) {
			t.Fatalf("%d samples from %d of %d bytes", s.Len(), n, len(b))
		} else if err != nil && s.Len() != 0 {
			t.Fatalf("%d samples with %v", s.Len(), err)
		}
	})
}
