package httpapi

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	promrules "github.com/prometheus/prometheus/rules"
)

// RuleSource tells about recording and alerting rules; Prometheus's rule
// manager is one.
type RuleSource interface {
	RuleGroups() []*promrules.Group
	AlertingRules() []*promrules.AlertingRule
}

// AlertmanagerSource tells where alerts go.
type AlertmanagerSource interface {
	Alertmanagers() []*url.URL
	DroppedAlertmanagers() []*url.URL
}

// rules answers about rules and their alerts.
type rules struct {
	source RuleSource
	parser parser.Parser
}

func (x *rules) alerts(*http.Request) result {
	return ok(func(j *jsonWriter) {
		j.beginObject()
		j.key("alerts")
		j.beginArray()
		for _, rule := range x.source.AlertingRules() {
			for _, a := range activeAlerts(rule) {
				writeAlert(j, a)
				j.flushIfFull()
			}
		}
		j.endArray()
		j.endObject()
	})
}

// activeAlerts sorts a rule's alerts, which come in the order of a map.
func activeAlerts(r *promrules.AlertingRule) []*promrules.Alert {
	list := r.ActiveAlerts()
	slices.SortFunc(list, func(a, b *promrules.Alert) int { return labels.Compare(a.Labels, b.Labels) })
	return list
}

func writeAlert(j *jsonWriter, a *promrules.Alert) {
	j.beginObject()
	j.key("labels")
	j.labels(a.Labels)
	j.key("annotations")
	j.labels(a.Annotations)
	j.key("state")
	j.str(a.State.String())
	j.key("activeAt")
	j.time(a.ActiveAt)
	if !a.KeepFiringSince.IsZero() {
		j.key("keepFiringSince")
		j.time(a.KeepFiringSince)
	}
	j.key("value")
	j.str(strconv.FormatFloat(a.Value, 'e', -1, 64))
	j.endObject()
}

// ruleFilter is what a request wants to see.
type ruleFilter struct {
	rules, groups, files         []string
	matchers                     [][]*labels.Matcher
	alerting, recording, noAlert bool
	limit                        int    // groups per page; 0: all
	next                         string // token of the page's first group
}

func (x *rules) filter(r *http.Request) (ruleFilter, *result) {
	refuse := func(res result) (ruleFilter, *result) { return ruleFilter{}, &res }
	if err := r.ParseForm(); err != nil {
		return refuse(fail(errorBadData, fmt.Errorf("error parsing form values: %w", err)))
	}
	f := ruleFilter{rules: r.Form["rule_name[]"], groups: r.Form["rule_group[]"], files: r.Form["file[]"]}
	var err error
	if f.matchers, err = matcherSets(x.parser, r.Form["match[]"]); err != nil {
		return refuse(fail(errorBadData, err))
	}
	query := r.URL.Query()
	switch kind := strings.ToLower(query.Get("type")); kind {
	case "":
		f.alerting, f.recording = true, true
	case "alert":
		f.alerting = true
	case "record":
		f.recording = true
	default:
		return refuse(badParameter("type", fmt.Errorf("not supported value %q", kind)))
	}
	if s := strings.ToLower(query.Get("exclude_alerts")); s != "" {
		if f.noAlert, err = strconv.ParseBool(s); err != nil {
			return refuse(badParameter("exclude_alerts", fmt.Errorf("error converting exclude_alerts: %w", err)))
		}
	}
	limit := query.Get("group_limit")
	f.next = query.Get("group_next_token")
	if limit == "" {
		if f.next != "" {
			return refuse(badParameter("group_next_token", errors.New("group_limit needs to be present in order to paginate over the groups")))
		}
		return f, nil
	}
	n, err := strconv.ParseInt(limit, 10, 32)
	if err != nil {
		return refuse(badParameter("group_limit", fmt.Errorf("group_limit needs to be a valid number: %w", err)))
	}
	if n <= 0 {
		return refuse(badParameter("group_limit", errors.New("group_limit needs to be greater than 0")))
	}
	f.limit = int(n)
	return f, nil
}

func wants(list []string, name string) bool { return len(list) == 0 || slices.Contains(list, name) }

// selected is the rules of a group that the filter lets through.
func (f *ruleFilter) selected(g *promrules.Group) []promrules.Rule {
	var out []promrules.Rule
	for _, rule := range g.Rules(f.matchers...) {
		if !wants(f.rules, rule.Name()) {
			continue
		}
		switch rule.(type) {
		case *promrules.AlertingRule:
			if f.alerting {
				out = append(out, rule)
			}
		case *promrules.RecordingRule:
			if f.recording {
				out = append(out, rule)
			}
		}
	}
	return out
}

// ruleToken names a group in a page's address.
func ruleToken(g *promrules.Group) string {
	sum := sha256.Sum256([]byte(g.File() + ";" + g.Name()))
	return hex.EncodeToString(sum[:])
}

func (x *rules) list(r *http.Request) result {
	f, refused := x.filter(r)
	if refused != nil {
		return *refused
	}
	type page struct {
		group *promrules.Group
		rules []promrules.Rule
	}
	var (
		pages   []page
		further string
		started = f.next == ""
	)
	for _, g := range x.source.RuleGroups() {
		if !started && f.next != ruleToken(g) {
			continue
		}
		started = true
		if !wants(f.groups, g.Name()) || !wants(f.files, g.File()) {
			continue
		}
		selected := f.selected(g)
		if len(selected) == 0 {
			continue
		}
		if f.limit > 0 && len(pages) == f.limit {
			further = ruleToken(g)
			break
		}
		pages = append(pages, page{g, selected})
	}
	if !started {
		return badParameter("group_next_token", fmt.Errorf("invalid group_next_token '%v'. were rule groups changed?", f.next))
	}
	return ok(func(j *jsonWriter) {
		j.beginObject()
		j.key("groups")
		j.beginArray()
		for _, p := range pages {
			writeRuleGroup(j, p.group, p.rules, f.noAlert)
		}
		j.endArray()
		if further != "" {
			j.key("groupNextToken")
			j.str(further)
		}
		j.endObject()
	})
}

func writeRuleGroup(j *jsonWriter, g *promrules.Group, list []promrules.Rule, noAlerts bool) {
	j.beginObject()
	j.key("name")
	j.str(g.Name())
	j.key("file")
	j.str(g.File())
	j.key("rules")
	j.beginArray()
	for _, rule := range list {
		if a, ok := rule.(*promrules.AlertingRule); ok {
			writeAlertingRule(j, a, noAlerts)
		} else {
			j.beginObject()
			writeRuleMembers(j, rule)
			j.key("type")
			j.str("recording")
			j.endObject()
		}
		j.flushIfFull()
	}
	j.endArray()
	j.key("interval")
	j.float(g.Interval().Seconds())
	j.key("limit")
	j.int(int64(g.Limit()))
	j.key("evaluationTime")
	j.float(g.GetEvaluationTime().Seconds())
	j.key("lastEvaluation")
	j.time(g.GetLastEvaluation())
	j.endObject()
}

func writeAlertingRule(j *jsonWriter, a *promrules.AlertingRule, noAlerts bool) {
	j.beginObject()
	j.key("state")
	j.str(a.State().String())
	j.key("name")
	j.str(a.Name())
	j.key("query")
	j.str(a.Query().String())
	j.key("duration")
	j.float(a.HoldDuration().Seconds())
	j.key("keepFiringFor")
	j.float(a.KeepFiringFor().Seconds())
	j.key("labels")
	j.labels(a.Labels())
	j.key("annotations")
	j.labels(a.Annotations())
	j.key("alerts")
	if noAlerts {
		j.null()
	} else {
		j.beginArray()
		for _, x := range activeAlerts(a) {
			writeAlert(j, x)
		}
		j.endArray()
	}
	writeRuleHealth(j, a)
	j.key("type")
	j.str("alerting")
	j.endObject()
}

func writeRuleMembers(j *jsonWriter, r promrules.Rule) {
	j.key("name")
	j.str(r.Name())
	j.key("query")
	j.str(r.Query().String())
	j.key("labels")
	j.labels(r.Labels())
	writeRuleHealth(j, r)
}

func writeRuleHealth(j *jsonWriter, r promrules.Rule) {
	j.key("health")
	j.str(string(r.Health()))
	if err := r.LastError(); err != nil && err.Error() != "" {
		j.key("lastError")
		j.str(err.Error())
	}
	j.key("evaluationTime")
	j.float(r.GetEvaluationDuration().Seconds())
	j.key("lastEvaluation")
	j.time(r.GetEvaluationTimestamp())
}

// alertmanagers answers where alerts go.
type alertmanagers struct{ source AlertmanagerSource }

func (a *alertmanagers) list(*http.Request) result {
	return ok(func(j *jsonWriter) {
		j.beginObject()
		j.key("activeAlertmanagers")
		writeURLs(j, a.source.Alertmanagers())
		j.key("droppedAlertmanagers")
		writeURLs(j, a.source.DroppedAlertmanagers())
		j.endObject()
	})
}

func writeURLs(j *jsonWriter, urls []*url.URL) {
	j.beginArray()
	for _, u := range urls {
		j.beginObject()
		j.key("url")
		j.str(u.String())
		j.endObject()
	}
	j.endArray()
}
