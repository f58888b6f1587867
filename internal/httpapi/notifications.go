package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/prometheus/util/notifications"
)

// NotificationSource tells what a user should know of the server's state;
// Prometheus's notifications are one.
type NotificationSource interface {
	Get() []notifications.Notification
	// Sub returns a channel of changes, what ends it, and false when there are too
	// many listeners.
	Sub() (<-chan notifications.Notification, func(), bool)
}

type notificationRoutes struct {
	source NotificationSource
	// done ends the streams when the server stops.
	done <-chan struct{}
}

func (n *notificationRoutes) list(*http.Request) result {
	list := n.source.Get()
	return ok(func(j *jsonWriter) {
		if list == nil {
			j.null()
			return
		}
		j.beginArray()
		for _, x := range list {
			j.beginObject()
			j.key("text")
			j.str(x.Text)
			j.key("date")
			j.time(x.Date)
			j.key("active")
			j.bool(x.Active)
			j.endObject()
		}
		j.endArray()
	})
}

func (n *notificationRoutes) live(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	changes, stop, ok := n.source.Sub()
	if !ok {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	defer stop()
	control := http.NewResponseController(w)
	endless(control)
	if control.Flush() != nil {
		return
	}
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		var err error
		select {
		case x := <-changes:
			body, _ := json.Marshal(x) // text, time and bool
			_, err = fmt.Fprintf(w, "data: %s\n\n", body)
		case <-alive.C:
			_, err = w.Write([]byte(": \n\n"))
		case <-r.Context().Done():
			return
		case <-n.done:
			return
		}
		if err != nil || control.Flush() != nil {
			return
		}
	}
}
