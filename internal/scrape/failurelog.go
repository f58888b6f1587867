package scrape

import (
	"fmt"
	"log/slog"
	"os"
	"sync"
)

// failureLog is a scrape_failure_log_file: a JSON line for each scrape that
// failed. Pools that name the same file share one.
type failureLog struct {
	mu struct {
		sync.Mutex
		file *os.File // nil when closed
	}
	logger *slog.Logger
}

func openFailureLog(path string) (*failureLog, error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, fmt.Errorf("scrape_failure_log_file: %w", err)
	}
	l := &failureLog{logger: slog.New(slog.NewJSONHandler(f, nil))}
	l.mu.file = f
	return l, nil
}

func (l *failureLog) write(job, target string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mu.file != nil {
		l.logger.Error(err.Error(), "job_name", job, "target", target)
	}
}

func (l *failureLog) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mu.file != nil {
		l.mu.file.Close()
		l.mu.file = nil
	}
}
