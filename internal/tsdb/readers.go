package tsdb

import (
	"errors"
	"io"
	"sync"
)

// readers closes files when nobody reads them any more. A file that is taken out
// of use is retired, and closed when all who had begun to read by then are done.
type readers struct {
	mu struct {
		sync.Mutex
		eras []*era // oldest first; the last one is the current
	}
	// failed hears of files that could not be closed.
	failed func(error)
}

// era is the readers that began between two retirements.
type era struct {
	reading int
	retired []io.Closer
}

// begin notes a reader; it calls done once.
func (r *readers) begin() (done func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.mu.eras) == 0 {
		r.mu.eras = append(r.mu.eras, &era{})
	}
	e := r.mu.eras[len(r.mu.eras)-1]
	e.reading++
	return sync.OnceFunc(func() {
		r.mu.Lock()
		e.reading--
		free := r.freeLocked()
		r.mu.Unlock()
		r.close(free)
	})
}

// retire takes files out of use: nobody finds them who begins from now on.
func (r *readers) retire(files ...io.Closer) {
	r.mu.Lock()
	if len(r.mu.eras) == 0 {
		r.mu.eras = append(r.mu.eras, &era{})
	}
	e := r.mu.eras[len(r.mu.eras)-1]
	e.retired = append(e.retired, files...)
	r.mu.eras = append(r.mu.eras, &era{})
	free := r.freeLocked()
	r.mu.Unlock()
	r.close(free)
}

// freeLocked takes out the files that no reader can have. The current era has
// retired none yet.
func (r *readers) freeLocked() (free []io.Closer) {
	for len(r.mu.eras) > 1 && r.mu.eras[0].reading == 0 {
		free = append(free, r.mu.eras[0].retired...)
		r.mu.eras = r.mu.eras[1:]
	}
	return free
}

func (r *readers) close(files []io.Closer) {
	var errs []error
	for _, f := range files {
		errs = append(errs, f.Close())
	}
	if err := errors.Join(errs...); err != nil && r.failed != nil {
		r.failed(err)
	}
}
