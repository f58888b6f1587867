package datasource

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Reference is how a query names its source.
type Reference struct {
	Type string `json:"type,omitempty"`
	UID  string `json:"uid,omitempty"`
}

// UnmarshalJSON also takes null and, as old dashboards have it, a bare name.
func (r *Reference) UnmarshalJSON(text []byte) error {
	*r = Reference{}
	text = bytes.TrimSpace(text)
	if len(text) == 0 || text[0] != '{' {
		return json.Unmarshal(text, &r.UID) // null leaves it empty
	}
	var object struct {
		Type *string `json:"type"`
		UID  *string `json:"uid"`
	}
	if err := json.Unmarshal(text, &object); err != nil {
		return err
	}
	if object.Type != nil {
		r.Type = *object.Type
	}
	if object.UID != nil {
		r.UID = *object.UID
	}
	return nil
}

// IsExpression tells whether the query computes from others.
func (r Reference) IsExpression() bool {
	return r.UID == ExpressionUID || r.Type == ExpressionUID || r.UID == "-100"
}

// Resolve finds the source that a reference means. The notice is not empty where
// it took another source than the one that was named:
//
//   - nothing named: the default source, or that of the type if the default is of
//     another one;
//   - a uid or name that exists: that one;
//   - one that does not exist, of a type that sources have: the default or the
//     first of the type, with a notice. Dashboards made elsewhere say {"type":
//     "prometheus", "uid": "P1809F7CD0C75ACF3"} and mean "the Prometheus".
func (s *Sources) Resolve(ctx context.Context, r Reference) (source Source, notice string, err error) {
	switch r.UID {
	case GrafanaUID, grafanaName:
		return Source{UID: GrafanaUID, Name: grafanaName, Type: TypeGrafana}, "", nil
	case mixedUID, "default":
		r.UID = ""
	case dashboardUID:
		return Source{}, "", &Error{Reason: Refused, Source: dashboardUID, Message: "the answers of other panels are taken by the browser, not asked for here"}
	}
	if r.Type == "" && strings.HasPrefix(r.UID, "$") {
		return Source{}, "", &Error{Reason: Missing, Message: fmt.Sprintf("the variable %s has no value", r.UID), Hint: "choose a data source at the top of the dashboard"}
	}
	list, err := s.List(ctx)
	if err != nil {
		return Source{}, "", err
	}
	if r.UID != "" {
		for _, is := range []func(Source) bool{
			func(d Source) bool { return d.UID == r.UID },
			func(d Source) bool { return d.Name == r.UID },
			func(d Source) bool { return strings.EqualFold(d.Name, r.UID) },
		} {
			if i := slices.IndexFunc(list, is); i >= 0 {
				return list[i], "", nil
			}
		}
	}
	kind := CanonicalType(r.Type)
	if r.UID == "" && kind == TypeGrafana {
		return Source{UID: GrafanaUID, Name: grafanaName, Type: TypeGrafana}, "", nil
	}
	if kind == "" && (r.UID == "" || strings.HasPrefix(strings.ToLower(r.UID), "prometheus")) {
		if r.UID != "" {
			kind = TypePrometheus
		} else {
			i := slices.IndexFunc(list, func(d Source) bool { return d.IsDefault })
			return list[i], "", nil
		}
	}
	candidate := -1
	for i, d := range list {
		if CanonicalType(d.Type) == kind && (candidate < 0 || d.IsDefault) {
			candidate = i
		}
	}
	if candidate < 0 {
		if kind == "" {
			return Source{}, "", &Error{Reason: Missing, Message: fmt.Sprintf("there is no data source %q", r.UID), Hint: "choose another in the panel, or add it under Data sources"}
		}
		return Source{}, "", &Error{Reason: Missing, Message: fmt.Sprintf("there is no data source %q of type %s", r.UID, r.Type), Hint: "add one under Data sources"}
	}
	if r.UID != "" {
		notice = fmt.Sprintf("There is no data source %q; %s answered in its place.", r.UID, list[candidate].Name)
	}
	return list[candidate], notice, nil
}
