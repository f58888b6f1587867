package remote

import (
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// FuzzSnappy unpacks bodies that are anything: never more than the bytes can stand
// for is made room for.
func FuzzSnappy(f *testing.F) {
	f.Add(snappy.Encode(nil, []byte(strings.Repeat("monopod ", 40))))
	f.Add(binary.AppendUvarint(nil, 1<<31))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		b := &buffers{raw: raw}
		if bad := b.unsnappy(); bad != nil && bad.code != http.StatusBadRequest && bad.code != http.StatusRequestEntityTooLarge {
			t.Fatalf("status %d", bad.code)
		}
		if cap(b.plain) > snappyRatio*len(raw)+64 {
			t.Fatalf("room for %d bytes of a body of %d", cap(b.plain), len(raw))
		}
	})
}

// FuzzReadRequest answers remote reads that are anything.
func FuzzReadRequest(f *testing.F) {
	f.Add(marshal(f, readRequest(prompb.ReadRequest_SAMPLES, byName("m"))))
	f.Add(marshal(f, readRequest(prompb.ReadRequest_STREAMED_XOR_CHUNKS, byName("m"))))
	f.Fuzz(func(t *testing.T, message []byte) {
		r := newRig(t)
		w := post(r.reader(), snappy.Encode(nil, message))
		if w.Code >= http.StatusInternalServerError {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
	})
}

// FuzzOTLP takes exports that are anything.
func FuzzOTLP(f *testing.F) {
	request, list := telemetry()
	gauge(list, "g", 0, 1)
	sum(list, "s", pmetric.AggregationTemporalityCumulative, 0, 2)
	b, err := request.MarshalProto()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b, false)
	if b, err = request.MarshalJSON(); err != nil {
		f.Fatal(err)
	}
	f.Add(b, true)
	f.Fuzz(func(t *testing.T, message []byte, json bool) {
		h := newRig(t).otlp()
		req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(message)))
		req.Header.Set("Content-Type", "application/x-protobuf")
		if json {
			req.Header.Set("Content-Type", "application/json")
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code >= http.StatusInternalServerError {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
	})
}
