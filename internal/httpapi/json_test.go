package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	jsoniter "github.com/json-iterator/go"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/util/jsonutil"
)

func FuzzStringEqualsUpstream(f *testing.F) {
	for _, s := range []string{"", "plain", "a\"b\\c", "<&>", "\u2028\u2029é€😀", "\xff\xc3", "\x00\x1f\x7f\b\f\n\r\t", "a\xe2\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		escaped := jsoniter.NewStream(jsoniter.ConfigCompatibleWithStandardLibrary, nil, 64)
		escaped.WriteStringWithHTMLEscaped(s)
		bare := jsoniter.NewStream(jsoniter.ConfigCompatibleWithStandardLibrary, nil, 64)
		bare.WriteString(s)
		if got := appendString(nil, s, true); !bytes.Equal(got, escaped.Buffer()) {
			t.Errorf("%q: %s, upstream %s", s, got, escaped.Buffer())
		}
		if got := appendString(nil, s, false); !bytes.Equal(got, bare.Buffer()) {
			t.Errorf("%q: %s, upstream %s", s, got, bare.Buffer())
		}
	})
}

func FuzzPointEqualsUpstream(f *testing.F) {
	for _, v := range []float64{0, math.Copysign(0, -1), 1, 1e-6, 9.9e-7, 1e20, 1e21, -1e21, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324} {
		f.Add(int64(1435781451781), math.Float64bits(v))
	}
	for _, ms := range []int64{0, 1, 10, 100, 999, 1000, -1, -999, -1500, 60_000, math.MaxInt64} {
		f.Add(ms, uint64(1))
	}
	f.Fuzz(func(t *testing.T, ms int64, bits uint64) {
		v := math.Float64frombits(bits)
		s := jsoniter.NewStream(jsoniter.ConfigCompatibleWithStandardLibrary, nil, 64)
		s.WriteArrayStart()
		jsonutil.MarshalTimestamp(ms, s)
		s.WriteMore()
		jsonutil.MarshalFloat(v, s)
		s.WriteArrayEnd()
		if got := appendPoint(nil, ms, v); !bytes.Equal(got, s.Buffer()) && ms != math.MinInt64 {
			t.Errorf("%d %v: %s, upstream %s", ms, v, got, s.Buffer())
		}
	})
}

func TestWriterPlacesCommas(t *testing.T) {
	var out bytes.Buffer
	j := &jsonWriter{}
	j.reset(&out)
	j.beginObject()
	j.key("a")
	j.beginArray()
	j.int(1)
	j.null()
	j.bool(true)
	j.float(math.NaN())
	j.float(1e-7)
	j.uint(7)
	j.beginArray()
	j.endArray()
	j.beginObject()
	j.endObject()
	j.flush() // in the middle of a list
	j.str("{")
	j.str("[")
	j.raw([]byte(`{"x":1}`))
	j.endArray()
	j.key("b")
	j.labels(labels.FromStrings("x", "<y>", "z", "{"))
	j.key("c")
	j.time(time.Unix(1, 500).UTC())
	j.key("d")
	j.strs(nil)
	j.endObject()
	j.flush()
	want := `{"a":[1,null,true,null,1e-07,7,[],{},"{","[",{"x":1}],"b":{"x":"<y>","z":"{"},"c":"1970-01-01T00:00:01.0000005Z","d":[]}`
	if out.String() != want || !json.Valid(out.Bytes()) {
		t.Errorf("%s\nwant\n%s", out.String(), want)
	}
}

type failAfter struct{ n int }

func (w *failAfter) Write(b []byte) (int, error) {
	if w.n--; w.n < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(b), nil
}

func TestWriterKeepsNothingAndStopsAtAnError(t *testing.T) {
	j := &jsonWriter{}
	j.reset(&failAfter{n: 2})
	long := strings.Repeat("x", 1000)
	j.beginArray()
	for range 1000 {
		j.str(long)
		j.flushIfFull()
		if len(j.buf) > jsonFlushBytes {
			t.Fatalf("holds %d bytes", len(j.buf))
		}
	}
	if !errors.Is(j.err, io.ErrClosedPipe) {
		t.Errorf("error %v", j.err)
	}
}
