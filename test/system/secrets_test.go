package system

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Secrets that were given to the program come out nowhere: not in an answer, not
// in the log, not in a file.
func TestSecretsStayInside(t *testing.T) {
	canaries := map[string]string{
		"the password of the first user":       "canary-admin-password",
		"the passphrase":                       "canary-passphrase",
		"the password of a scraped target":     "canary-scrape-password",
		"the password of a data source":        "canary-source-password",
		"a header of a data source":            "canary-source-header",
		"the password of a user":               "canary-user-password",
		"a wrong password":                     "canary-wrong-password",
		"the URL's password of a data source":  "canary-url-password",
		"the password of a wrong basic header": "canary-wrong-header",
	}
	t.Setenv("MONOPOD_ADMIN_PASSWORD", canaries["the password of the first user"])
	t.Setenv("MONOPOD_SECRET_KEY", canaries["the passphrase"])
	in := start(t, fmt.Sprintf(`scrape_configs:
- job_name: closed
  basic_auth: {username: u, password: %s}
  static_configs: [{targets: ["127.0.0.1:1"]}]
`, canaries["the password of a scraped target"]), "--log.level=debug")

	var answers bytes.Buffer
	var cookie *http.Cookie
	ask := func(method, path, body string, change ...func(*http.Request)) (int, string) {
		t.Helper()
		req, err := http.NewRequest(method, in.URL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth("admin", canaries["the password of the first user"])
		for _, c := range change {
			c(req)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range res.Cookies() {
			cookie = c
		}
		fmt.Fprintf(&answers, "%s %s: %d %v\n%s\n", method, path, res.StatusCode, res.Header, text)
		return res.StatusCode, string(text)
	}
	want := func(code int, method, path, body string, change ...func(*http.Request)) string {
		t.Helper()
		got, text := ask(method, path, body, change...)
		if got != code {
			t.Fatalf("%s %s: %d %s, want %d", method, path, got, text, code)
		}
		return text
	}
	want(200, "POST", "/api/admin/users", fmt.Sprintf(`{"login":"vera","password":%q}`, canaries["the password of a user"]))
	source := func(url string) string {
		return fmt.Sprintf(`{"name":"closed","type":"prometheus","access":"proxy","url":%q,"basicAuth":true,"basicAuthUser":"u",
			"jsonData":{"httpHeaderName1":"X-Key"},"secureJsonData":{"basicAuthPassword":%q,"httpHeaderValue1":%q}}`,
			url, canaries["the password of a data source"], canaries["a header of a data source"])
	}
	var made struct{ Datasource struct{ UID string } }
	if err := json.Unmarshal([]byte(want(200, "POST", "/api/datasources", source("http://127.0.0.1:1"))), &made); err != nil {
		t.Fatal(err)
	}
	uid := made.Datasource.UID
	ask("POST", "/api/monopod/v1/datasources/test", source("http://u:"+canaries["the URL's password of a data source"]+"@127.0.0.1:1"))
	ask("POST", "/api/datasources", strings.Replace(source("not a URL"), `"closed"`, `"broken"`, 1))
	ask("GET", "/api/datasources/uid/"+uid+"/health", "")
	ask("GET", "/api/datasources/proxy/uid/"+uid+"/api/v1/query?query=up", "")
	ask("POST", "/api/ds/query", fmt.Sprintf(`{"from":"now-1h","to":"now","queries":[{"refId":"A","expr":"up","datasource":{"uid":%q}}]}`, uid))
	var account struct{ ID int64 }
	if err := json.Unmarshal([]byte(want(201, "POST", "/api/serviceaccounts", `{"name":"ci","role":"Editor"}`)), &account); err != nil {
		t.Fatal(err)
	}
	var token struct{ Key string }
	if err := json.Unmarshal([]byte(want(200, "POST", fmt.Sprint("/api/serviceaccounts/", account.ID, "/tokens"), `{"name":"t"}`)), &token); err != nil {
		t.Fatal(err)
	}
	want(200, "POST", "/login", fmt.Sprintf(`{"user":"vera","password":%q}`, canaries["the password of a user"]))
	session := cookie.Value
	scan := func(where string, content []byte) {
		for name, canary := range canaries {
			if bytes.Contains(content, []byte(canary)) {
				t.Errorf("%s is in %s", name, where)
			}
		}
	}
	scan("an answer", answers.Bytes())
	answers.Reset() // the one answer that shows the token, and the one that sets the cookie
	canaries["a token"], canaries["a session"] = token.Key, session
	want(401, "POST", "/login", fmt.Sprintf(`{"user":"vera","password":%q}`, canaries["a wrong password"]))
	want(401, "GET", "/api/org", "", func(r *http.Request) { r.SetBasicAuth("admin", canaries["the password of a wrong basic header"]) })
	want(200, "GET", "/api/org", "", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token.Key) })

	for _, path := range readablePaths(t) {
		for name, value := range map[string]string{"{uid}": uid, "{id}": "1", "{name}": "closed", "{rest...}": "runtime", "{version}": "1", "{part}": "counts"} {
			path = strings.ReplaceAll(path, name, value)
		}
		ask("GET", path, "")
	}
	if err := in.Stop(patience); err != nil {
		t.Fatal(err)
	}
	scan("an answer", answers.Bytes())
	printed, err := os.ReadFile(in.Log)
	if err != nil {
		t.Fatal(err)
	}
	scan("the log", printed)
	err = filepath.WalkDir(in.data(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		scan(path, content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// readablePaths are those of the table of routes that answer GET and end by
// themselves.
func readablePaths(t *testing.T) []string {
	t.Helper()
	table, err := os.ReadFile("../../internal/app/testdata/routes.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(table)) {
		fields := strings.Fields(line)
		if len(fields) < 3 || !strings.Contains(line, "GET") || strings.Contains(fields[1], "pprof") || strings.HasSuffix(fields[1], "/events") || fields[1] == "/logout" {
			continue
		}
		out = append(out, fields[1])
	}
	if len(out) < 50 {
		t.Fatalf("only %d paths", len(out))
	}
	return out
}
