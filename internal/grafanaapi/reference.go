package grafanaapi

import (
	"fmt"
	"slices"
	"strings"

	"monopod/internal/auth"
)

// Reference is docs/reference/grafana-api.md: every route with the least role that
// may use it, also those about provisioning.
func Reference(provisioning []auth.Route) string {
	var b strings.Builder
	b.WriteString(referenceHead)
	section := func(title string, routes []auth.Route) {
		fmt.Fprintf(&b, "\n## %s\n\n| Route | Methods | Role | What |\n|---|---|---|---|\n", title)
		slices.SortStableFunc(routes, func(x, y auth.Route) int { return strings.Compare(x.Path, y.Path) })
		for _, r := range routes {
			fmt.Fprintf(&b, "| `%s` | %s | %v | %s |\n", r.Path, r.Methods, r.Role, what(r))
		}
	}
	section("Dashboards, folders, annotations", NewDashboards(DashboardsOptions{}).Routes())
	section("Data sources and queries", NewDataSources(DataSourcesOptions{}).Routes())
	section("Provisioning", provisioning)
	section("People", NewPeople(PeopleOptions{}).Routes())
	section("The program", NewServer(ServerOptions{}).Routes())
	return b.String()
}

const referenceHead = `# Grafana's HTTP API, and our own beside it

Written by ` + "`make docs`" + ` from the routing tables. What Prometheus's API has stands in [http-api.md](http-api.md).

Shapes, codes and messages are those of Grafana's documentation, version 12; what could not be done is answered as
` + "`{\"message\": \"…\", \"status\": \"…\"}`" + `. Everybody may use a route who has the role or a higher one: Viewer, Editor, Admin; None is
everybody in the network. Whoever has not logged in is a Viewer, unless ` + "`--auth.anonymous`" + ` says otherwise. Log in with basic auth,
` + "`Authorization: Bearer TOKEN`" + `, or ` + "`POST /login`" + `.

Grafana's routes hand out dashboards as they are stored, with ` + "`id`, `uid` and `version`" + ` set; those under ` + "`/api/monopod/v1/`" + ` as they are
drawn: schema version 42. Addresses in answers (` + "`url`" + `) begin below ` + "`--web.route-prefix`" + `.

` + "`GET /api/monopod/v1/events`" + ` is a stream of server-sent events: ` + "`dashboard-changed` `{uid, title, version, change, by}`, `folders-changed`" + `,
` + "`datasources-changed`, `config-reload`, `target-health-changed`" + `.
`

// what says what a route is for.
func what(r auth.Route) string {
	if text, ok := purposes[r.Methods+" "+r.Path]; ok {
		return text
	}
	return purposes[r.Path]
}

// purposes are by path, or by methods and path.
var purposes = map[string]string{
	"/api/search":         "folders and dashboards by `query`, `tag`, `type`, `folderUIDs`, `dashboardUIDs`, `starred`, `sort`, `limit`, `page`",
	"/api/search/sorting": "orders that a search knows",

	"/api/dashboards/db":                             "store a dashboard; 412 where somebody else has changed it",
	"/api/gnet/dashboards/{id}":                      "a dashboard that stands on grafana.com, fetched by the server",
	"/api/dashboards/import":                         "store a dashboard that was exported for others, with its `inputs` filled in",
	"/api/dashboards/home":                           "what whoever asks sees first; `uid` says which",
	"/api/dashboards/tags":                           "tags and how many dashboards have them",
	"/api/dashboards/calculate-diff":                 "lines in which two versions differ, as HTML",
	"GET /api/dashboards/uid/{uid}":                  "a dashboard as it is stored",
	"DELETE /api/dashboards/uid/{uid}":               "delete it with its versions, stars and annotations",
	"/api/dashboards/uid/{uid}/versions":             "its history, `limit`, `start`",
	"/api/dashboards/uid/{uid}/versions/{version}":   "one version with its JSON",
	"/api/dashboards/uid/{uid}/restore":              "make an old `version` the newest",
	"/api/dashboards/uid/{uid}/permissions":          "what the roles may",
	"/api/dashboards/id/{id}/versions":               "the older form: the list alone",
	"/api/dashboards/id/{id}/versions/{version}":     "one version with its JSON",
	"/api/dashboards/id/{id}/restore":                "make an old `version` the newest",
	"/api/dashboards/id/{id}/permissions":            "what the roles may",
	"GET /api/folders":                               "folders in `parentUid`, `limit`, `page`",
	"POST /api/folders":                              "make a folder",
	"GET /api/folders/{uid}":                         "one folder with those around it",
	"PUT /api/folders/{uid}":                         "its title and description",
	"DELETE /api/folders/{uid}":                      "delete it with all that is in it",
	"/api/folders/{uid}/move":                        "put it into `parentUid`",
	"/api/folders/{uid}/{part}":                      "`counts`, `parents`, `permissions`; and `/api/folders/id/{id}`",
	"/api/user/stars":                                "uids of the dashboards that whoever asks has starred",
	"/api/user/stars/dashboard/uid/{uid}":            "star a dashboard, or take the star away",
	"GET /api/annotations":                           "annotations by `from`, `to`, `dashboardUID`, `panelId`, `tags`, `matchAny`, `limit`",
	"POST /api/annotations":                          "make one; without a dashboard it is of all",
	"/api/annotations/graphite":                      "make one in the form of Graphite",
	"/api/annotations/mass-delete":                   "delete those of a panel",
	"/api/annotations/tags":                          "tags and how many annotations have them",
	"GET /api/annotations/{id}":                      "one annotation",
	"PUT /api/annotations/{id}":                      "replace it",
	"PATCH /api/annotations/{id}":                    "change parts of it",
	"DELETE /api/annotations/{id}":                   "delete it",
	"/api/library-elements":                          "an empty list",
	"/api/monopod/v1/dashboards":                     "store what was edited: `dashboard`, `baseVersion`, `folderUid`, `message`, `overwrite`; only what changed changes in the JSON",
	"/api/monopod/v1/dashboards/migrate":             "a dashboard as it would be drawn, with verdicts and inputs; nothing is stored",
	"/api/monopod/v1/dashboards/{uid}":               "a dashboard as it is drawn, with verdicts",
	"/api/monopod/v1/dashboards/{uid}/diff":          "what changed between the versions `from` and `to`",
	"/api/monopod/v1/dashboards/{uid}/source":        "the stored JSON byte for byte",
	"/api/monopod/v1/datasources":                    "data sources without their settings",
	"/api/monopod/v1/datasources/test":               "try settings that are not stored",
	"/api/monopod/v1/view":                           "all queries of a dashboard view, answered in one stream as they are ready",
	"/api/monopod/v1/variable":                       "values of a variable",
	"/api/ds/query":                                  "queries, answered as frames",
	"GET /api/datasources":                           "all data sources",
	"POST /api/datasources":                          "add one",
	"/api/datasources/id/{name}":                     "the id of a name",
	"GET /api/datasources/{id}":                      "one data source, never its secrets",
	"PUT /api/datasources/{id}":                      "change it; secrets that are left out stay",
	"DELETE /api/datasources/{id}":                   "delete it",
	"GET /api/datasources/uid/{uid}":                 "one data source, never its secrets",
	"PUT /api/datasources/uid/{uid}":                 "change it; secrets that are left out stay",
	"DELETE /api/datasources/uid/{uid}":              "delete it",
	"GET /api/datasources/name/{name}":               "one data source, never its secrets",
	"DELETE /api/datasources/name/{name}":            "delete it",
	"/api/datasources/uid/{uid}/health":              "whether it answers",
	"/api/datasources/uid/{uid}/resources/{rest...}": "the source's own API, as far as queries need it",
	"/api/datasources/{id}/{rest...}":                "the same by id",
	"/api/datasources/proxy/{id}/{rest...}":          "the source's own API",
	"/api/datasources/proxy/uid/{uid}/{rest...}":     "the source's own API",

	"/api/admin/provisioning/dashboards/reload":  "read the files of provisioning again",
	"/api/admin/provisioning/datasources/reload": "read the files of provisioning again",

	"/login":                            "begin a session: `user`, `password`",
	"/logout":                           "end it",
	"/api/login/ping":                   "whether the session lives",
	"/api/monopod/v1/me":                "who asks, preferences and settings of the UI",
	"GET /api/user":                     "who asks",
	"PUT /api/user":                     "the own name, login and mail address",
	"/api/user/password":                "the own password",
	"/api/user/orgs":                    "the one organisation",
	"/api/user/using/{org}":             "choose it",
	"/api/user/auth-tokens":             "the own sessions",
	"/api/user/revoke-auth-token":       "end one",
	"GET /api/user/preferences":         "theme, time zone, week start, language, home dashboard",
	"PUT PATCH /api/user/preferences":   "choose them",
	"GET /api/org":                      "the one organisation",
	"PUT /api/org":                      "its name",
	"GET /api/org/preferences":          "preferences of who has chosen none",
	"PUT PATCH /api/org/preferences":    "choose them",
	"/api/org/users":                    "users and roles",
	"/api/org/users/lookup":             "users to choose from",
	"PATCH /api/org/users/{id}":         "the role of one",
	"DELETE /api/org/users/{id}":        "take one out",
	"/api/orgs":                         "the one organisation",
	"/api/orgs/1":                       "the one organisation",
	"/api/orgs/name/{name}":             "the one organisation",
	"/api/orgs/1/users":                 "users and roles",
	"/api/orgs/1/users/{id}":            "the role of one",
	"/api/users":                        "users",
	"/api/users/search":                 "users by `query`",
	"/api/users/lookup":                 "one by `loginOrEmail`",
	"GET /api/users/{id}":               "one user",
	"PUT /api/users/{id}":               "name, login and mail address of one",
	"/api/users/{id}/orgs":              "the one organisation",
	"/api/admin/users":                  "add a user",
	"/api/admin/users/{id}":             "delete a user",
	"/api/admin/users/{id}/password":    "set a password",
	"/api/admin/users/{id}/permissions": "make somebody an Admin, or end that",
	"/api/admin/users/{id}/disable":     "keep somebody out",
	"/api/admin/users/{id}/enable":      "let somebody in again",
	"/api/admin/users/{id}/logout":      "end the sessions of one",
	"/api/admin/users/{id}/auth-tokens": "sessions of one",

	"/api/admin/users/{id}/revoke-auth-token":  "end one session",
	"/api/serviceaccounts/search":              "accounts of programs",
	"/api/serviceaccounts":                     "add one",
	"GET /api/serviceaccounts/{id}":            "one account",
	"PATCH /api/serviceaccounts/{id}":          "its name, role, whether it is disabled",
	"DELETE /api/serviceaccounts/{id}":         "delete it with its tokens",
	"GET /api/serviceaccounts/{id}/tokens":     "its tokens, never their text",
	"POST /api/serviceaccounts/{id}/tokens":    "a new token; the text is answered this once",
	"/api/serviceaccounts/{id}/tokens/{token}": "delete a token",
	"GET /api/auth/keys":                       "tokens in the older form",
	"POST /api/auth/keys":                      "a new one",
	"DELETE /api/auth/keys/{id}":               "delete one",
	"/api/health":                              "whether the program and its state are well",
	"/api/frontend/settings":                   "versions and what is switched on",
}
