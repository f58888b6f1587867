package cli

import (
	"cmp"
	"fmt"
	"os"
	"strings"

	"monopod/internal/app"
)

// people reads what is said about users. Passwords stand in the environment, in
// Grafana's variables or in Monopod's, or in the file that Grafana's variable with
// __FILE names: a flag is seen by everybody who may list processes.
func (f *serveFlags) people() (o app.PeopleOptions, err error) {
	if f.anonymous {
		if err = o.Anonymous.UnmarshalText([]byte(f.anonymousRole)); err != nil {
			return o, usagef("--auth.anonymous-role=%s: %w", f.anonymousRole, err)
		}
	}
	for _, v := range []struct {
		name, own string
		to        *string
	}{
		{"GF_SECURITY_ADMIN_USER", "MONOPOD_ADMIN_USER", &o.AdminLogin},
		{"GF_SECURITY_ADMIN_PASSWORD", "MONOPOD_ADMIN_PASSWORD", &o.AdminPassword},
		{"GF_USERS_DEFAULT_THEME", "", &o.Defaults.Theme},
		{"GF_USERS_DEFAULT_LANGUAGE", "", &o.Defaults.Language},
		{"GF_DATE_FORMATS_DEFAULT_TIMEZONE", "", &o.Defaults.Timezone},
		{"GF_DATE_FORMATS_DEFAULT_WEEK_START", "", &o.Defaults.WeekStart},
	} {
		if *v.to, err = fromEnvironment(v.name); err != nil {
			return o, err
		}
		if v.own != "" {
			*v.to = cmp.Or(os.Getenv(v.own), *v.to)
		}
	}
	return o, nil
}

// secretKey is the passphrase of the secrets of data sources.
func secretKey() (string, error) {
	key, err := fromEnvironment("GF_SECURITY_SECRET_KEY")
	return cmp.Or(os.Getenv("MONOPOD_SECRET_KEY"), key), err
}

// fromEnvironment reads a variable as Grafana does.
func fromEnvironment(name string) (string, error) {
	path := os.Getenv(name + "__FILE")
	if path == "" {
		return os.Getenv(name), nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("$%s__FILE: %w", name, err)
	}
	return strings.TrimSpace(string(content)), nil
}
