package grafanaapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"monopod/internal/auth"
	"monopod/internal/dashboard/store"
)

// annotation is Grafana's answer about one. Times are milliseconds.
type annotation struct {
	ID           int64           `json:"id"`
	AlertID      int64           `json:"alertId"`
	AlertName    string          `json:"alertName"`
	DashboardID  int64           `json:"dashboardId"`
	DashboardUID string          `json:"dashboardUID"`
	PanelID      int64           `json:"panelId"`
	UserID       int64           `json:"userId"`
	NewState     string          `json:"newState"`
	PrevState    string          `json:"prevState"`
	Created      int64           `json:"created"`
	Updated      int64           `json:"updated"`
	Time         int64           `json:"time"`
	TimeEnd      int64           `json:"timeEnd"`
	Text         string          `json:"text"`
	Tags         []string        `json:"tags"`
	Login        string          `json:"login"`
	Email        string          `json:"email"`
	AvatarURL    string          `json:"avatarUrl"`
	Data         json.RawMessage `json:"data"`
}

func annotationOf(a store.Annotation) annotation {
	return annotation{
		ID: a.ID, DashboardID: a.DashboardID, DashboardUID: a.DashboardUID, PanelID: a.PanelID, UserID: a.UserID,
		Created: a.Created.UnixMilli(), Updated: a.Updated.UnixMilli(), Time: a.Start.UnixMilli(), TimeEnd: a.Stop.UnixMilli(),
		Text: a.Text, Tags: a.Tags, Login: a.Login, Data: a.Data,
	}
}

func (a *Dashboards) annotations(w http.ResponseWriter, r *http.Request) {
	p := r.URL.Query()
	if p.Get("type") == "alert" || number(r, "alertId", 0) != 0 || p.Get("alertUID") != "" {
		respond(w, http.StatusOK, []annotation{}) // those of alerts are not kept here
		return
	}
	limit := number(r, "limit", 100)
	if limit <= 0 {
		limit = 100
	}
	found, err := a.Store.Annotations(r.Context(), store.AnnotationSearch{
		From: moment(number(r, "from", 0)), To: moment(number(r, "to", 0)),
		DashboardID: number(r, "dashboardId", 0), DashboardUID: p.Get("dashboardUID"),
		PanelID: number(r, "panelId", 0), UserID: number(r, "userId", 0),
		Tags: nonEmpty(p["tags"]), AnyOfTags: p.Get("matchAny") == "true", Limit: int(limit),
	})
	if err != nil {
		failWith(w, err)
		return
	}
	out := make([]annotation, len(found))
	for i, f := range found {
		out[i] = annotationOf(f)
	}
	respond(w, http.StatusOK, out)
}

func moment(milliseconds int64) time.Time {
	if milliseconds == 0 {
		return time.Time{}
	}
	return time.UnixMilli(milliseconds)
}

// annotationBody is what a request says of an annotation; nil: nothing.
type annotationBody struct {
	DashboardID  int64           `json:"dashboardId"`
	DashboardUID string          `json:"dashboardUID"`
	PanelID      int64           `json:"panelId"`
	Time         int64           `json:"time"`
	TimeEnd      int64           `json:"timeEnd"`
	Text         *string         `json:"text"`
	Tags         []string        `json:"tags"`
	Data         json.RawMessage `json:"data"`
}

func (a *Dashboards) annotate(w http.ResponseWriter, r *http.Request) {
	var body annotationBody
	if !receive(w, r, &body) {
		return
	}
	if body.Text == nil || strings.TrimSpace(*body.Text) == "" {
		fail(w, http.StatusBadRequest, "Failed to save annotation: text field should not be empty")
		return
	}
	if body.Time == 0 {
		body.Time = time.Now().UnixMilli()
	}
	id, ok := a.addAnnotation(w, r, store.Annotation{
		DashboardID: body.DashboardID, DashboardUID: body.DashboardUID, PanelID: body.PanelID,
		Start: moment(body.Time), Stop: moment(body.TimeEnd), Text: *body.Text, Tags: body.Tags, Data: object(body.Data),
	})
	if ok {
		respond(w, http.StatusOK, idMessage{"Annotation added", id})
	}
}

// object is JSON that is an object; anything else is dropped.
func object(data json.RawMessage) json.RawMessage {
	if len(data) == 0 || data[0] != '{' {
		return nil
	}
	return data
}

type idMessage struct {
	Message string `json:"message"`
	ID      int64  `json:"id"`
}

func (a *Dashboards) addAnnotation(w http.ResponseWriter, r *http.Request, n store.Annotation) (int64, bool) {
	who := auth.FromContext(r.Context())
	n.UserID, n.Login = who.UserID, who.Actor()
	n, err := a.Store.Annotate(r.Context(), n)
	if err != nil {
		failWith(w, err)
		return 0, false
	}
	return n.ID, true
}

// annotateGraphite takes the form that tools for Graphite send.
func (a *Dashboards) annotateGraphite(w http.ResponseWriter, r *http.Request) {
	var body struct {
		What string          `json:"what"`
		When int64           `json:"when"` // seconds
		Data string          `json:"data"`
		Tags json.RawMessage `json:"tags"` // a list, or words in one string
	}
	if !receive(w, r, &body) {
		return
	}
	if body.What == "" {
		fail(w, http.StatusBadRequest, "Failed to save Graphite annotation: what field should not be empty")
		return
	}
	var tags []string
	if len(body.Tags) > 0 && json.Unmarshal(body.Tags, &tags) != nil {
		var words string
		if json.Unmarshal(body.Tags, &words) != nil {
			fail(w, http.StatusBadRequest, "Failed to save Graphite annotation: unsupported tags format")
			return
		}
		tags = strings.Fields(words)
	}
	if body.When == 0 {
		body.When = time.Now().Unix()
	}
	text := body.What
	if body.Data != "" {
		text += "\n" + body.Data
	}
	if id, ok := a.addAnnotation(w, r, store.Annotation{Start: time.Unix(body.When, 0), Text: text, Tags: tags}); ok {
		respond(w, http.StatusOK, idMessage{"Graphite annotation added", id})
	}
}

func (a *Dashboards) findAnnotation(w http.ResponseWriter, r *http.Request) (store.Annotation, bool) {
	id, ok := pathNumber(w, r, "id")
	if !ok {
		return store.Annotation{}, false
	}
	n, err := a.Store.Annotation(r.Context(), id)
	if err != nil {
		failWith(w, err)
		return n, false
	}
	return n, true
}

func (a *Dashboards) annotation(w http.ResponseWriter, r *http.Request) {
	if n, ok := a.findAnnotation(w, r); ok {
		respond(w, http.StatusOK, annotationOf(n))
	}
}

func (a *Dashboards) putAnnotation(w http.ResponseWriter, r *http.Request) {
	a.changeAnnotation(w, r, "Annotation updated", func(n *store.Annotation, body annotationBody) {
		n.Text, n.Tags = "", body.Tags
		if body.Text != nil {
			n.Text = *body.Text
		}
	})
}

func (a *Dashboards) patchAnnotation(w http.ResponseWriter, r *http.Request) {
	a.changeAnnotation(w, r, "Annotation patched", func(n *store.Annotation, body annotationBody) {
		if body.Text != nil && *body.Text != "" {
			n.Text = *body.Text
		}
		if body.Tags != nil {
			n.Tags = body.Tags
		}
	})
}

func (a *Dashboards) changeAnnotation(w http.ResponseWriter, r *http.Request, text string, change func(*store.Annotation, annotationBody)) {
	n, ok := a.findAnnotation(w, r)
	if !ok {
		return
	}
	var body annotationBody
	if !receive(w, r, &body) {
		return
	}
	change(&n, body)
	if body.Time != 0 {
		// Moving a moment moves its end with it.
		if n.Stop.Equal(n.Start) {
			n.Stop = time.Time{}
		}
		n.Start = moment(body.Time)
	}
	if body.TimeEnd != 0 {
		n.Stop = moment(body.TimeEnd)
	}
	if data := object(body.Data); data != nil {
		n.Data = data
	}
	if err := a.Store.ChangeAnnotation(r.Context(), n); err != nil {
		failWith(w, err)
		return
	}
	respond(w, http.StatusOK, message{Message: text})
}

func (a *Dashboards) deleteAnnotation(w http.ResponseWriter, r *http.Request) {
	n, ok := a.findAnnotation(w, r)
	if !ok {
		return
	}
	a.dropAnnotations(w, r.Context(), store.AnnotationSearch{ID: n.ID}, "Annotation deleted")
}

func (a *Dashboards) deleteAnnotations(w http.ResponseWriter, r *http.Request) {
	var body struct {
		DashboardID  int64  `json:"dashboardId"`
		DashboardUID string `json:"dashboardUID"`
		PanelID      int64  `json:"panelId"`
		AnnotationID int64  `json:"annotationId"`
	}
	if !receive(w, r, &body) {
		return
	}
	named := body.DashboardID != 0 || body.DashboardUID != ""
	if (named && body.PanelID == 0) || (!named && body.AnnotationID == 0) {
		fail(w, http.StatusBadRequest, "bad request data: DashboardID and PanelID, or AnnotationID, have to be set")
		return
	}
	q := store.AnnotationSearch{DashboardID: body.DashboardID, DashboardUID: body.DashboardUID, PanelID: body.PanelID}
	if body.AnnotationID != 0 {
		q = store.AnnotationSearch{ID: body.AnnotationID}
	}
	a.dropAnnotations(w, r.Context(), q, "Annotations deleted")
}

func (a *Dashboards) dropAnnotations(w http.ResponseWriter, ctx context.Context, q store.AnnotationSearch, text string) {
	if _, err := a.Store.DeleteAnnotations(ctx, q); err != nil {
		failWith(w, err)
		return
	}
	respond(w, http.StatusOK, message{Message: text})
}

func (a *Dashboards) annotationTags(w http.ResponseWriter, r *http.Request) {
	limit := number(r, "limit", 100)
	if limit <= 0 {
		limit = 100
	}
	found, err := a.Store.AnnotationTags(r.Context(), r.URL.Query().Get("tag"), int(limit))
	if err != nil {
		failWith(w, err)
		return
	}
	type count struct {
		Tag   string `json:"tag"`
		Count int    `json:"count"`
	}
	tags := make([]count, len(found))
	for i, t := range found {
		tags[i] = count{t.Tag, t.Count}
	}
	respond(w, http.StatusOK, map[string]any{"result": map[string]any{"tags": tags}})
}
