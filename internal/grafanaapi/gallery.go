package grafanaapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// grafanaCom is where people publish their dashboards.
const grafanaCom = "https://grafana.com"

// galleryTimeout bounds what a person waits for where there is no way out.
const galleryTimeout = 15 * time.Second

// published hands out a dashboard that stands on grafana.com, as it is there. Nothing
// of the request goes along but the number.
func (a *Dashboards) published(w http.ResponseWriter, r *http.Request) {
	id, ok := pathNumber(w, r, "id")
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), galleryTimeout)
	defer cancel()
	base := a.Gallery
	if base == "" {
		base = grafanaCom
	}
	body, status, err := fetchPublished(ctx, fmt.Sprintf("%s/api/dashboards/%d", base, id))
	switch {
	case err != nil:
		fail(w, http.StatusBadGateway, "dashboard %d cannot be fetched from grafana.com: %v; download its JSON where there is a network, and import that", id, err)
	case status == http.StatusNotFound:
		fail(w, http.StatusNotFound, "grafana.com has no dashboard %d", id)
	case status != http.StatusOK:
		fail(w, http.StatusBadGateway, "grafana.com answered %d %s about dashboard %d", status, http.StatusText(status), id)
	default:
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		_, _ = w.Write(body)
	}
}

func fetchPublished(ctx context.Context, address string) (body []byte, status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Accept", "application/json")
	client := http.Client{CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if next.URL.Host != via[0].URL.Host || len(via) > 5 {
			return errors.New("the answer leads elsewhere")
		}
		return nil
	}}
	response, err := client.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, maxDashboardBytes+1))
	if err == nil && len(body) > maxDashboardBytes {
		err = fmt.Errorf("it has more than %d MiB", maxDashboardBytes>>20)
	}
	return body, response.StatusCode, err
}
