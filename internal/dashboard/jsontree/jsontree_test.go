package jsontree

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

const odd = "\ufeff{\n \"a\" : 1.0,\n \"b\": [ {\"x\":1, \"y\" : \"\\u00e9\\/\"},{\"x\" :2} ] ,\n\n \"c\": {\"d\": null, \"e\": true},\n \"f\": [\n  1,\n  2\n ]\n}\n\n"

func parse(t *testing.T, text string) *Value {
	t.Helper()
	v, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestRewrite(t *testing.T) {
	const panels = "{\n  \"panels\": [{\n    \"id\": 1,\n    \"g\": {\"x\": 0, \"y\": 1}\n  }, {\n    \"id\": 2\n  }],\n  \"title\": \"t\"\n}\n"
	for name, c := range map[string]struct {
		source string
		change func(*Value)
		want   string
	}{
		"nothing":       {odd, func(*Value) {}, odd},
		"same meaning":  {odd, func(v *Value) { v.Get("f").SetItems(Arr(1.0, 2).Items()) }, odd},
		"one value":     {odd, func(v *Value) { v.Child("c").Set("d", "x") }, strings.Replace(odd, "null", `"x"`, 1)},
		"in an element": {odd, func(v *Value) { v.Get("b").Items()[1].Set("x", 7) }, strings.Replace(odd, `"x" :2`, `"x" :7`, 1)},
		"last key goes": {panels, func(v *Value) { v.Delete("title") }, strings.Replace(panels, ",\n  \"title\": \"t\"", "", 1)},
		"a key comes":   {panels, func(v *Value) { v.Set("new", Obj("k", Arr(1))) }, strings.Replace(panels, "\"t\"\n", "\"t\",\n  \"new\": {\n    \"k\": [\n      1\n    ]\n  }\n", 1)},
		"in one line":   {panels, func(v *Value) { v.Get("panels").Items()[0].Child("g").Set("w", Arr(1, 2)) }, strings.Replace(panels, `"y": 1`, `"y": 1, "w": [1, 2]`, 1)},
		"element goes": {panels, func(v *Value) { p := v.Get("panels"); p.SetItems(p.Items()[1:]) },
			"{\n  \"panels\": [{\n    \"id\": 2\n  }],\n  \"title\": \"t\"\n}\n"},
		"element comes": {panels, func(v *Value) { v.Get("panels").Add(Obj("id", 3)) }, strings.Replace(panels, "\"id\": 2\n  }", "\"id\": 2\n  }, {\n    \"id\": 3\n  }", 1)},
		"swapped": {panels, func(v *Value) { p := v.Get("panels").Items(); p[0], p[1] = p[1], p[0] },
			"{\n  \"panels\": [{\n    \"id\": 2\n  }, {\n    \"id\": 1,\n    \"g\": {\"x\": 0, \"y\": 1}\n  }],\n  \"title\": \"t\"\n}\n"},
		"moved deeper": {panels, func(v *Value) {
			p := v.Get("panels").Items()
			v.Get("panels").SetItems(p[:1])
			p[0].Set("panels", Arr(p[1]))
		}, "{\n  \"panels\": [{\n    \"id\": 1,\n    \"g\": {\"x\": 0, \"y\": 1},\n    \"panels\": [\n      {\n        \"id\": 2\n      }\n    ]\n  }],\n  \"title\": \"t\"\n}\n"},
		"compact":     {`{"a":1,"b":[]}`, func(v *Value) { v.Set("c", Obj("d", "e")); v.Get("b").Add(1, 2) }, `{"a":1,"b":[1,2],"c":{"d":"e"}}`},
		"first goes":  {`{"a":1, "b":2}`, func(v *Value) { v.Delete("a") }, `{ "b":2}`},
		"all go":      {`{"a":1}`, func(v *Value) { v.Delete("a") }, `{}`},
		"twice":       {`{"a":1, "b":2, "a":3}`, func(v *Value) { v.Set("b", v.Get("a")) }, `{ "b":3, "a":3}`},
		"another end": {"{\r\n\t\"a\": 1\r\n}", func(v *Value) { v.Set("b", 2) }, "{\r\n\t\"a\": 1,\r\n\t\"b\": 2\r\n}"},
	} {
		v := parse(t, c.source).Clone()
		c.change(v)
		got := string(Rewrite([]byte(c.source), v))
		if got != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, c.want)
		}
		if again := parse(t, got); !Equal(again, v) {
			t.Errorf("%s: %q means something else", name, got)
		}
	}
}

// Whatever is changed, the text that is written means what was made.
func TestRewriteAtRandom(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		source := parse(t, odd).Clone()
		for range 1 + r.IntN(4) {
			var all []*Value
			source.Walk(func(v *Value) { all = append(all, v) })
			v := all[r.IntN(len(all))]
			switch {
			case v.Kind() == Object && r.IntN(2) == 0:
				v.Set(fmt.Sprint("k", r.IntN(4)), Obj("z", r.IntN(9)))
			case v.Kind() == Object && len(v.Keys()) > 0:
				v.Delete(v.Keys()[r.IntN(len(v.Keys()))])
			case v.Kind() == Array:
				items := append([]*Value{Of("new")}, v.Items()...)
				r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
				v.SetItems(items[r.IntN(2):])
			default:
				v.Become(r.IntN(100))
			}
		}
		text := Rewrite([]byte(odd), source)
		got, err := Parse(text)
		if err != nil || !Equal(got, source) {
			t.Fatalf("seed %d: %v\n%s\nwant %s", seed, err, text, source.Bytes())
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                  "line 1, column 1: the text ends where a value should be; it was cut off",
		"{\n \"é\": tru}":   `line 2, column 7: a value should be here, and there is 't'`,
		"{\"a\": 1,}":       `line 1, column 9: a key in double quotes should be here, and there is '}'`,
		"[1 2]":             `line 1, column 4: a comma or the end of the array (]) should be here, and there is '2'`,
		"[1,\n\"abc":        `line 2, column 1: the string that begins here does not end; the text was cut off`,
		"{\"a\" 1}":         `line 1, column 6: a colon should be behind the key "a", and there is '1'`,
		"1 1":               `line 1, column 3: there is '1' behind the end of the value`,
		"-":                 `line 1, column 2: a digit should be here, and there is the end of the text`,
		"\"a\nb\"":          `line 1, column 3: a string has the control character '\n'; write it as an escape`,
		`"\x"`:              `line 1, column 2: a string has an escape that JSON does not know`,
		`"\u12"`:            `line 1, column 2: four hexadecimal digits should be behind \u`,
		"{\"a\": {\"b\": 1": `line 1, column 14: a comma or the end of the object (}) should be here, and there is the end of the text`,
	} {
		_, err := Parse([]byte(text))
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
	if _, err := Parse([]byte(strings.Repeat("[", 300))); !errors.Is(err, ErrTooDeep) {
		t.Errorf("300 deep: %v", err)
	}
	if _, err := Parse(make([]byte, MaxBytes+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
}

// Parse takes what encoding/json takes, and it means the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{odd[3:], `"\ud83d\ude00\ud800x"`, `[-0.5e+3,1E9,0]`, `{"a":1,"a":{"b":[]}}`, "[1,]", "01", "\"\xff\""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := Parse(text)
		if strings.HasPrefix(string(text), bom) || errors.Is(err, ErrTooDeep) {
			return
		}
		if valid := json.Valid(text); valid != (err == nil) {
			t.Fatalf("%q: %v, and encoding/json finds it valid: %t", text, err, valid)
		}
		if err != nil {
			return
		}
		if again := Rewrite(text, v.Clone()); string(again) != string(text) {
			t.Fatalf("%q became %q", text, again)
		}
		again, err := Parse(v.Bytes())
		if err != nil || !Equal(again, v) {
			t.Fatalf("%q is written as %q: %v", text, v.Bytes(), err)
		}
		if v.Kind() == String {
			var s string
			if err := json.Unmarshal(text, &s); err != nil || s != v.Text() {
				t.Fatalf("%q reads as %q, and encoding/json reads %q", text, v.Text(), s)
			}
		}
	})
}
