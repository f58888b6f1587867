package auth

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Preferences are how somebody wants to see the UI. What is empty was not chosen.
type Preferences struct {
	Theme            string `json:"theme"`     // light, dark, system
	Timezone         string `json:"timezone"`  // browser, utc or a name of the tz database
	WeekStart        string `json:"weekStart"` // browser, monday, saturday, sunday
	Language         string `json:"language"`  // en-US, ko-KR, …
	HomeDashboardUID string `json:"homeDashboardUID"`
}

// Everybody is whose preferences stand in for those of who chose nothing.
const Everybody = 0

func (p Preferences) check() error {
	var err error
	if !slices.Contains([]string{"", "light", "dark", "system"}, p.Theme) {
		err = fmt.Errorf("%w: theme %q is not light, dark or system", ErrInvalid, p.Theme)
	}
	if !slices.Contains([]string{"", "browser", "monday", "saturday", "sunday"}, p.WeekStart) {
		err = errors.Join(err, fmt.Errorf("%w: weekStart %q is not browser, monday, saturday or sunday", ErrInvalid, p.WeekStart))
	}
	if p.Timezone != "" && p.Timezone != "browser" && p.Timezone != "utc" {
		if _, bad := time.LoadLocation(p.Timezone); bad != nil {
			err = errors.Join(err, fmt.Errorf("%w: timezone %q is not browser, utc or a name such as Asia/Seoul", ErrInvalid, p.Timezone))
		}
	}
	return errors.Join(err, checkText("the language", p.Language, 0), checkText("the UID of the home dashboard", p.HomeDashboardUID, 0))
}

// PreferencesOf returns what a user, or Everybody, chose.
func (s *Service) PreferencesOf(ctx context.Context, userID int64) (p Preferences, err error) {
	err = s.db.Read().QueryRowContext(ctx, `SELECT theme, timezone, week_start, language, home_dashboard FROM preferences WHERE user_id = ?`, userID).
		Scan(&p.Theme, &p.Timezone, &p.WeekStart, &p.Language, &p.HomeDashboardUID)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("read preferences: %w", err)
	}
	return p, err
}

// EffectivePreferences are those that hold for somebody: the own choice, else
// that of everybody, else how the program was started.
func (s *Service) EffectivePreferences(ctx context.Context, i Identity) (Preferences, error) {
	all, err := s.PreferencesOf(ctx, Everybody)
	var own Preferences
	if err == nil && i.UserID != 0 {
		own, err = s.PreferencesOf(ctx, i.UserID)
	}
	d := s.o.Defaults
	return Preferences{
		Theme:            cmp.Or(own.Theme, all.Theme, d.Theme),
		Timezone:         cmp.Or(own.Timezone, all.Timezone, d.Timezone),
		WeekStart:        cmp.Or(own.WeekStart, all.WeekStart, d.WeekStart),
		Language:         cmp.Or(own.Language, all.Language, d.Language),
		HomeDashboardUID: cmp.Or(own.HomeDashboardUID, all.HomeDashboardUID, d.HomeDashboardUID),
	}, err
}

// SetPreferences stores what a user, or Everybody, chose.
func (s *Service) SetPreferences(ctx context.Context, userID int64, p Preferences) error {
	if err := p.check(); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO preferences VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (user_id) DO UPDATE SET theme = excluded.theme, timezone = excluded.timezone, week_start = excluded.week_start,
				language = excluded.language, home_dashboard = excluded.home_dashboard`,
			userID, p.Theme, p.Timezone, p.WeekStart, p.Language, p.HomeDashboardUID)
		return err
	})
}
