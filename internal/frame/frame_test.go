package frame

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// example has every type of column and every way to write one.
func example() Message {
	times := []float64{1700000000000, 1700000015000, 1700000030000}
	table := &Frame{Name: "table", RefID: "B", Meta: &Meta{Type: "table", Notices: []Notice{{"warning", "two & three < four"}}}, Fields: []Field{
		{Name: "when", Type: Time, Numbers: []float64{1, 2, 5}},
		{Name: "name", Type: String, Strings: []string{"이름", "", "<b>"}, Nulls: []bool{false, true, false}},
		{Name: "ok", Type: Boolean, Values: []any{true, nil, false}},
		{Name: "any", Type: Other, Values: []any{json.RawMessage(`{"a":[1]}`), "text", nil}},
		{Name: "n", Type: Number, Numbers: []float64{math.Inf(1), math.NaN(), Null()}, Config: &Config{Unit: "bytes"}},
	}}
	many := &Frame{RefID: "C", Fields: []Field{{Name: "level", Type: String}}}
	for i := range 64 {
		many.Fields[0].Strings = append(many.Fields[0].Strings, []string{"info", "warn", "오류"}[i%3])
	}
	many.Fields[0].Nulls = make([]bool, 64)
	many.Fields[0].Nulls[5] = true
	return Message{
		Answers: []Answer{{Key: "1/A", RefID: "A"}, {Key: "2/X", RefID: "X", Shared: true, Rename: map[string]string{"Value": "Value #X"}}},
		Frames: []*Frame{
			{Name: "first", RefID: "A", Meta: &Meta{Type: "timeseries-multi", StepMilliseconds: 15000, ExecutedQuery: "up"}, Fields: []Field{
				{Name: "Time", Type: Time, Numbers: times},
				{Name: "Value", Type: Number, Labels: map[string]string{"job": "a"}, Numbers: []float64{1.5, Null(), -0.25}, Config: &Config{DisplayNameFromDS: "a"}},
			}},
			{RefID: "A", Fields: []Field{
				{Name: "Time", Type: Time, Numbers: times}, {Name: "Value", Type: Number, Labels: map[string]string{"job": "b"}, Numbers: []float64{1, 2, 3}},
			}},
			table, many, {RefID: "A", Fields: []Field{}},
		},
		Cost: Cost{Milliseconds: 12.5, Samples: 6},
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

const goldenPath = "testdata/view.hex"

// TestMessageGolden holds the bytes that ui/src/api/view.test.ts reads, too.
func TestMessageGolden(t *testing.T) {
	stream, err := AppendMessage(nil, example())
	if err != nil {
		t.Fatal(err)
	}
	stream, err = AppendMessage(stream, Message{Answers: []Answer{{Key: "3/A", RefID: "A"}}, Error: &Failure{"nothing listens there", "down"}})
	if err != nil {
		t.Fatal(err)
	}
	dump := hex.Dump(stream)
	if *update {
		if err := os.WriteFile(goldenPath, []byte(dump), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(goldenPath)
	if err != nil {
		t.Fatal(err)
	}
	if dump != string(golden) {
		t.Errorf("the form of messages changed, and browsers that are open read the old one; if so it is meant, give it a new magic and run with -update. Got:\n%s", dump)
	}
}

func TestMessageLayout(t *testing.T) {
	for n := range 20 {
		m := example()
		m.Answers[0].Key = strings.Repeat("k", n)
		b, err := AppendMessage([]byte("before"), m)
		if err != nil {
			t.Fatal(err)
		}
		b = b[len("before"):]
		h, c := binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])
		if h%8 != 0 || c%8 != 0 || int(16+h+c) != len(b) {
			t.Fatalf("key of %d bytes: header %d, columns %d, message %d", n, h, c, len(b))
		}
		var header messageHeader
		if err := json.Unmarshal(b[16:16+h], &header); err != nil {
			t.Fatal(err)
		}
		if header.Cost.Bytes != len(b) {
			t.Errorf("the cost says %d bytes of %d", header.Cost.Bytes, len(b))
		}
		first, second := header.Frames[0].Fields, header.Frames[1].Fields
		if *first[0].Start != 1700000000000 || *first[0].Step != 15000 || first[0].At != nil {
			t.Error("even times are not written as start and step")
		}
		at := 16 + int(h) + *second[1].At
		if got := math.Float64frombits(binary.LittleEndian.Uint64(b[at+8:])); got != 2 {
			t.Errorf("the second value of b is %v", got)
		}
	}
}

func TestSharedColumnsAreWrittenOnce(t *testing.T) {
	odd := []float64{1, 2, 4}
	var frames []*Frame
	for range 10 {
		frames = append(frames, &Frame{Fields: []Field{{Type: Time, Numbers: odd}}})
	}
	b, err := AppendMessage(nil, Message{Frames: frames})
	if err != nil {
		t.Fatal(err)
	}
	if c := binary.LittleEndian.Uint32(b[8:]); c != 24 {
		t.Errorf("%d bytes of columns for one column of three", c)
	}
}

func TestUnequalColumnsAreRefused(t *testing.T) {
	f := &Frame{Fields: []Field{{Type: Number, Numbers: []float64{1}}, {Type: String}}}
	if _, err := AppendMessage(nil, Message{Frames: []*Frame{f}}); err == nil {
		t.Error("written as a message")
	}
	if _, err := json.Marshal(f); err == nil {
		t.Error("written as JSON")
	}
}

func TestJSON(t *testing.T) {
	text, err := json.Marshal(example().Frames[2])
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"schema":{"name":"table","refId":"B","meta":{"type":"table","notices":[{"severity":"warning","text":"two \u0026 three \u003c four"}]},"fields":[` +
		`{"name":"when","type":"time","typeInfo":{"frame":"time.Time","nullable":true}},` +
		`{"name":"name","type":"string","typeInfo":{"frame":"string","nullable":true}},` +
		`{"name":"ok","type":"boolean","typeInfo":{"frame":"bool","nullable":true}},` +
		`{"name":"any","type":"other","typeInfo":{"frame":"json.RawMessage","nullable":true}},` +
		`{"name":"n","type":"number","typeInfo":{"frame":"float64","nullable":true},"config":{"unit":"bytes"}}]},` +
		`"data":{"values":[[1,2,5],["이름",null,"\u003cb\u003e"],[true,null,false],[{"a":[1]},"text",null],[null,null,null]],` +
		`"entities":[null,null,null,null,{"NaN":[1],"Inf":[0]}]}}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	for _, f := range example().Frames {
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		var back Frame
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(&back)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, again) {
			t.Errorf("there and back:\n%s\n%s", text, again)
		}
	}
}

func FuzzUnmarshalJSON(f *testing.F) {
	for _, e := range example().Frames {
		text, err := json.Marshal(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"schema":{"fields":[{"type":"number"}]},"data":{"values":[[1]],"entities":[{"NaN":[7]}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var a Frame
		if json.Unmarshal(text, &a) != nil {
			return
		}
		written, err := json.Marshal(&a)
		if err != nil {
			t.Fatalf("%s was read and cannot be written: %v", text, err)
		}
		var b Frame
		if err := json.Unmarshal(written, &b); err != nil {
			t.Fatalf("%s was written and cannot be read: %v", written, err)
		}
		if _, err := AppendMessage(nil, Message{Frames: []*Frame{&a}}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestDecimateKeepsExtremes(t *testing.T) {
	const rows, points = 10_000, 200
	f := &Frame{Fields: []Field{{Name: "t", Type: Time}, {Name: "v", Type: Number}}}
	for i := range rows {
		f.Fields[0].Numbers = append(f.Fields[0].Numbers, float64(i*1000))
		f.Fields[1].Numbers = append(f.Fields[1].Numbers, math.Sin(float64(i)))
	}
	f.Fields[1].Numbers[4321], f.Fields[1].Numbers[7777] = 1e6, -1e6
	two := &Frame{Fields: append(slices.Clone(f.Fields), Field{Name: "w", Type: Number, Numbers: slices.Repeat([]float64{7}, rows)})}
	for name, in := range map[string]*Frame{"one number": f, "two numbers": two} {
		out := Decimate(in, points)
		if err := out.Check(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if out.Len() > points || out.Len() < points/2 {
			t.Errorf("%s: %d rows for %d points", name, out.Len(), points)
		}
		v := out.Fields[1].Numbers
		if slices.Max(v) != 1e6 || slices.Min(v) != -1e6 {
			t.Errorf("%s: the extremes are lost: %v to %v", name, slices.Min(v), slices.Max(v))
		}
		if !slices.IsSorted(out.Fields[0].Numbers) {
			t.Errorf("%s: the times are out of order", name)
		}
		if in.Len() != rows {
			t.Errorf("%s: the frame itself was changed", name)
		}
	}
	for name, in := range map[string]*Frame{
		"short":   {Fields: []Field{{Type: Time, Numbers: []float64{1, 2}}, {Type: Number, Numbers: []float64{1, 2}}}},
		"strings": {Fields: []Field{{Type: Time, Numbers: f.Fields[0].Numbers}, {Type: String, Strings: make([]string, rows)}}},
	} {
		if Decimate(in, points) != in {
			t.Errorf("%s: was changed", name)
		}
	}
}

func TestDecimateKeepsGaps(t *testing.T) {
	f := &Frame{Fields: []Field{{Type: Time}, {Type: Number}}}
	for i := range 1000 {
		v := float64(i)
		if i >= 400 && i < 600 {
			v = Null()
		}
		f.Fields[0].Numbers = append(f.Fields[0].Numbers, float64(i))
		f.Fields[1].Numbers = append(f.Fields[1].Numbers, v)
	}
	out := Decimate(f, 100)
	gaps := 0
	for _, v := range out.Fields[1].Numbers {
		if IsNull(v) {
			gaps++
		}
	}
	if gaps < 10 {
		t.Errorf("%d of 100 points are gaps where a fifth of the time is one", gaps)
	}
}

func TestSortByTime(t *testing.T) {
	f := &Frame{Fields: []Field{
		{Type: Time, Numbers: []float64{3, 1, 2}}, {Type: String, Strings: []string{"c", "a", ""}, Nulls: []bool{false, false, true}},
	}}
	out := f.SortByTime()
	if !reflect.DeepEqual(out.Fields[0].Numbers, []float64{1, 2, 3}) || out.Fields[1].At(1) != nil || out.Fields[1].At(2) != "c" {
		t.Errorf("%+v", out.Fields)
	}
}
