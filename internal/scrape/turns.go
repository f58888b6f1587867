package scrape

import "runtime"

// turns bounds how many bodies are read at once. A pass needs several times the
// memory of its body, and more of them than there are processors to read them make
// nothing faster. Twice as many may: some wait for the log.
type turns chan struct{}

func newTurns() turns { return make(turns, 2*runtime.GOMAXPROCS(0)) }

// take waits for a turn, and back gives it back.
func (t turns) take() { t <- struct{}{} }
func (t turns) back() { <-t }
