package events

import "testing"

func TestHub(t *testing.T) {
	var h Hub
	h.Publish("nobody listens", nil)
	first, end := h.Subscribe(1)
	second, _ := h.Subscribe(4)
	h.Publish("a", 1)
	h.Publish("b", 2) // one subscriber is full
	if e := <-first; e != (Event{"a", 1}) {
		t.Errorf("first got %v", e)
	}
	if a, b := <-second, <-second; a.Name != "a" || b.Name != "b" {
		t.Errorf("second got %v, %v", a, b)
	}
	end()
	h.Publish("c", 3)
	if len(first) != 0 || len(second) != 1 {
		t.Errorf("after the end of one: %d and %d events", len(first), len(second))
	}
	(*Hub)(nil).Publish("d", 4)
}
