package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"monopod": func() {
			os.Exit(Main(context.Background(), os.Args[1:], Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
		},
	})
}

// Scripts run the command line as a user does. Beside testscript's commands:
//
//	exits CODE COMMAND...   the command ends with this exit code
//	api                     a server at $API answers METHOD /path with the file
//	                        answers/path; requests are appended to requests.txt
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"api":   serveAnswers,
		},
		RequireExplicitExec: true,
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func serveAnswers(ts *testscript.TestScript, _ bool, _ []string) {
	var mu sync.Mutex
	answers, log := ts.MkAbs("answers"), ts.MkAbs("requests.txt")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if err := r.ParseForm(); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		line := fmt.Sprintf("%s %s %s X-Test=%s User-Agent=%s\n", r.Method, r.URL.Path, r.Form.Encode(), r.Header.Get("X-Test"), r.UserAgent())
		f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer f.Close()
		fmt.Fprint(f, line)
		body, err := os.ReadFile(filepath.Join(answers, filepath.FromSlash(r.URL.Path)))
		if err != nil {
			http.Error(w, "nothing here", http.StatusNotFound)
			return
		}
		text := string(body)
		if strings.HasPrefix(text, `{"status":"error"`) {
			w.WriteHeader(http.StatusBadRequest)
		}
		fmt.Fprint(w, text)
	}))
	ts.Defer(s.Close)
	ts.Setenv("API", s.URL)
}
