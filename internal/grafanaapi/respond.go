package grafanaapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// message is the frame of an answer without data.
type message struct {
	Message string `json:"message"`
	Status  string `json:"status,omitempty"`
}

// respond writes a value as JSON. HTML in strings stays as it is: the content
// type says that this is none.
func respond(w http.ResponseWriter, code int, value any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		http.Error(w, "write the answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = w.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// fail answers that something could not be done, and why.
func fail(w http.ResponseWriter, code int, format string, a ...any) {
	respond(w, code, message{Message: fmt.Sprintf(format, a...)})
}

// readBody reads the body. Where it returns false it has answered.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(r.Body)
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		fail(w, http.StatusRequestEntityTooLarge, "The body is larger than %d MB", large.Limit>>20)
		return nil, false
	}
	if err != nil {
		fail(w, http.StatusBadRequest, "The body ended early: %v", err)
		return nil, false
	}
	return body, true
}

// receive reads the body into a value. Where it returns false it has answered.
func receive(w http.ResponseWriter, r *http.Request, value any) bool {
	body, ok := readBody(w, r)
	if !ok {
		return false
	}
	if err := decode(body, value); err != nil {
		fail(w, http.StatusBadRequest, "bad request data: %v", err)
		return false
	}
	return true
}

// decode reads JSON, and says where it is wrong.
func decode(body []byte, value any) error {
	err := json.Unmarshal(body, value)
	if wrong := (*json.SyntaxError)(nil); errors.As(err, &wrong) {
		line, column := place(body, wrong.Offset)
		if len(bytes.TrimSpace(body)) == 0 {
			return errors.New("the body is empty; it should be JSON")
		}
		return fmt.Errorf("line %d, column %d: %w", line, column, err)
	}
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		if wrong.Field == "" {
			return fmt.Errorf("the body is of the type %s; it should be an object", wrong.Value)
		}
		line, column := place(body, wrong.Offset)
		return fmt.Errorf("line %d, column %d: %s is of the type %s, which does not fit", line, column, wrong.Field, wrong.Value)
	}
	return err
}

// place turns an offset, of the byte after the one that is meant, into a line and
// a column from 1.
func place(text []byte, offset int64) (line, column int) {
	before := text[:max(0, min(offset-1, int64(len(text))))]
	return 1 + bytes.Count(before, []byte("\n")), len(before) - bytes.LastIndexByte(before, '\n')
}

// number reads a query parameter; what is none is the fallback, as in Grafana.
func number(r *http.Request, name string, fallback int64) int64 {
	n, err := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
	if err != nil {
		return fallback
	}
	return n
}
