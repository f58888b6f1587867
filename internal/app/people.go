package app

import (
	"context"
	"os"
	"sync"
	"time"

	"go.yaml.in/yaml/v2"

	"monopod/internal/auth"
	"monopod/internal/grafanaapi"
)

// newAuth opens users, tokens and sessions.
func (p *program) newAuth(ctx context.Context) (*auth.Service, error) {
	o := auth.Options{
		DB: p.state.db, Logger: p.component("auth"),
		Anonymous:  p.People.Anonymous,
		AdminLogin: p.People.AdminLogin, AdminPassword: p.People.AdminPassword,
		CookiePath: p.routePrefix() + "/",
		Defaults:   p.People.Defaults,
	}
	if u := p.Web.ExternalURL; u != nil && u.Host != "" {
		o.TrustedOrigins = []string{u.Scheme + "://" + u.Host}
	}
	if p.Web.ConfigFile != "" {
		o.IsOthersPassword = (&webUsers{path: p.Web.ConfigFile}).any
	}
	return auth.New(ctx, o)
}

// peopleRoutes are about users, tokens, sessions and preferences.
func (p *program) peopleRoutes(context.Context) ([]auth.Route, error) {
	return grafanaapi.NewPeople(grafanaapi.PeopleOptions{
		Auth: p.auth, Logger: p.component("auth"), Prefix: p.routePrefix(),
		Settings: map[string]any{"version": p.build.Version},
	}).Routes(), nil
}

// webUsers tells whether web.config.yml has users, whose passwords are checked
// before a request gets here. The file may change while the program runs.
type webUsers struct {
	path string

	mu struct {
		sync.Mutex
		modified time.Time
		size     int64
		has      bool
	}
}

func (u *webUsers) any() bool {
	info, err := os.Stat(u.path)
	if err != nil {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if info.ModTime().Equal(u.mu.modified) && info.Size() == u.mu.size {
		return u.mu.has
	}
	content, err := os.ReadFile(u.path)
	if err != nil {
		return false
	}
	var c struct {
		Users map[string]string `yaml:"basic_auth_users"`
	}
	err = yaml.Unmarshal(content, &c)
	u.mu.modified, u.mu.size, u.mu.has = info.ModTime(), info.Size(), err == nil && len(c.Users) > 0
	return u.mu.has
}
