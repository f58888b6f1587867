package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// status returns the body and the code of an answer, whatever it is.
func status(ctx context.Context, url string) (string, int) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err.Error(), 0
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err.Error(), 0
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err.Error(), 0
	}
	return string(body), res.StatusCode
}

// get returns the body of a good answer.
func get(ctx context.Context, url string) ([]byte, error) {
	body, code := status(ctx, url)
	if code != http.StatusOK {
		return nil, fmt.Errorf("%s: status %d: %.200s", url, code, body)
	}
	return []byte(body), nil
}
