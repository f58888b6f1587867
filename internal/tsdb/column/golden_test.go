package column

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The golden file holds an encoding of each kind, dumped by a reader of its own
// that follows the drawing in the package comment.
func TestGolden(t *testing.T) {
	nan := staleNaN
	var out strings.Builder
	for _, c := range []struct {
		name   string
		values []float64
	}{
		{"a small constant", []float64{1, 1, 1}},
		{"a constant integer", []float64{1e6, 1e6}},
		{"a constant decimal", []float64{894.13, 894.13}},
		{"a constant of no domain", []float64{nan, nan, nan}},
		{"any bits: raw", []float64{math.Float64frombits(0x0123456789abcdef), math.Float64frombits(0xfedcba9876543210)}},
		{"a counter: deltas", []float64{1000, 1010, 1021, 1030, 1042}},
		{"a counter that speeds up: deltas of deltas", []float64{0, 1, 4, 9, 16, 25, 36, 49, 64, 82}},
		{"pages: shifted", []float64{4096 * 7, 4096 * 12, 4096 * 2, 4096 * 9}},
		{"decimals", []float64{0.25, 0.5, 10.75, 3.01}},
		{"bits, shifted", []float64{math.Pi, math.Float64frombits(math.Float64bits(math.Pi) ^ 1<<40), math.Float64frombits(math.Float64bits(math.Pi) ^ 3<<40)}},
		{"a counter with a reset: patches", []float64{100000, 100001, 100003, 100004, 100005, 100006, 100008, 100009, 100010, 1, 2, 4, 5, 6, 7, 8, 10, 11, 12, 14}},
		{"runs", append(repeat(5, 12), append(repeat(8, 30), repeat(7.5, 9)...)...)},
		{"exceptions", []float64{.1, .2, .3, nan, .5, .6, .7, .8, .9, 1, 1.1, 1.2, 1.3, 1.4, nan, 1.6}},
		{"milliseconds times 0.001: corrected", scaled(0.001, 914063, 914074, 914081, 914098, 914108, 914117, 914121, 914137, 914142, 914156)},
		{"shares of a whole: multiples", series(24, func(i int) float64 { return math.Round(7019782349*(1+float64(i*i*7%41)/20000)) / 1e3 })},
	} {
		b := checkFloats(t, c.values)
		d := dump{b: b}
		d.column(len(c.values), true)
		fmt.Fprintf(&out, "%s\n%v\n%s\n", c.name, c.values, d.finish(t))
	}
	for _, c := range []struct {
		name  string
		times []int64
	}{
		{"timestamps, every 15 s", []int64{1795353167123, 1795353182123, 1795353197123, 1795353212123}},
		{"timestamps with a pause", []int64{1e12, 1e12 + 15e3, 1e12 + 30e3, 1e12 + 45e3, 1e12 + 60e3, 1e12 + 660e3, 1e12 + 675e3, 1e12 + 690e3, 1e12 + 705e3, 1e12 + 720e3, 1e12 + 735e3}},
		{"integers too wide to pack: raw", []int64{0, math.MaxInt64, math.MinInt64}},
	} {
		b := checkTimes(t, c.times)
		d := dump{b: b}
		d.column(len(c.times), false)
		fmt.Fprintf(&out, "%s\n%v\n%s\n", c.name, c.times, d.finish(t))
	}

	const file = "testdata/golden.txt"
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("the format changed; if so it is meant, raise its version and run with -update. Got:\n%s", out.String())
	}
}

// scaled multiplies at run time, where products are rounded.
func scaled(by float64, v ...float64) []float64 {
	return series(len(v), func(i int) float64 { return v[i] * by })
}

func repeat(v float64, n int) []float64 { return series(n, func(int) float64 { return v }) }

// dump writes a line for each part of an encoding.
type dump struct {
	b     []byte
	at    int
	depth int
	out   strings.Builder
}

func (d *dump) part(n int, format string, a ...any) {
	fmt.Fprintf(&d.out, "  %02x  %-26x %s%s\n", d.at, d.b[d.at:d.at+n], strings.Repeat("  ", d.depth), fmt.Sprintf(format, a...))
	d.at += n
}

func (d *dump) varint(name string) {
	v, n := binary.Varint(d.b[d.at:])
	d.part(n, "%s %d", name, v)
}

func (d *dump) count(name string) int {
	v, n := binary.Uvarint(d.b[d.at:])
	d.part(n, "%d %s", v, name)
	return int(v)
}

func (d *dump) list(name string, n int) {
	d.part(0, "%s:", name)
	d.depth++
	d.column(n, false)
	d.depth--
}

func (d *dump) column(n int, floats bool) {
	tag := d.b[d.at]
	switch {
	case tag < 0x80:
		d.part(1, "all are %d", int(tag)-16)
	case tag == 0x80:
		d.part(1, "all are the integer")
		d.varint("")
	case tag == 0x81:
		d.part(1, "all are the decimal")
		d.part(1, "exponent %d", d.b[d.at])
		d.varint("integer")
	case tag == 0x82:
		d.part(1, "all have the bits")
		d.part(8, "")
	case tag == 0x83:
		d.part(1, "raw")
		for range n {
			d.part(8, "")
		}
	case tag == 0x84:
		d.part(1, "runs")
		k := d.count("runs")
		d.list("lengths minus 1", k)
		d.part(0, "values:")
		d.depth++
		d.column(k, floats)
		d.depth--
	case tag == 0x85:
		d.part(1, "exceptions")
		k := d.count("exceptions")
		d.list("gaps", k)
		d.list("bits", k)
		d.column(n, floats)
	case tag == 0x86:
		d.part(1, "corrected")
		d.list("corrections", n)
		d.column(n, floats)
	case tag == 0x87:
		d.part(1, "multiples")
		d.part(1, "of integers / 10^%d", d.b[d.at])
		for _, name := range []string{"step", "phase"} {
			d.part(8, "%s %v", name, math.Float64frombits(binary.LittleEndian.Uint64(d.b[d.at:])))
		}
		d.list("corrections", n)
		d.list("multiples", n)
	default:
		d.packed(n, tag)
	}
}

func (d *dump) packed(n int, tag byte) {
	domain := fmt.Sprintf("integers / 10^%d", tag&31)
	if tag&31 == 23 {
		domain = "bits"
	}
	d.part(1, "packed %s", domain)
	transform, width := int(d.b[d.at]>>6), int(d.b[d.at]&63)
	d.part(1, "transform: %s, width %d", [...]string{"none", "delta", "delta of delta"}[transform], width)
	if tag&0xe0 != 0xc0 {
		d.part(1, "shift %d", d.b[d.at])
	}
	if transform > 0 {
		d.varint("first")
		n--
	}
	if transform == 2 {
		d.varint("first delta")
		n--
	}
	d.varint("reference")
	if tag&0xe0 == 0xa0 {
		k := d.count("patches")
		d.list("gaps", k)
		d.list("offsets", k)
	}
	d.part((n*width+7)/8, "%d times %d bits", n, width)
}

func (d *dump) finish(t *testing.T) string {
	t.Helper()
	if d.at != len(d.b) {
		t.Errorf("the drawing explains %d of %d bytes:\n%s", d.at, len(d.b), d.out.String())
	}
	return d.out.String()
}
