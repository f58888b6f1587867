package cli

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kingpin/v2"

	"monopod/internal/auth"
	"monopod/internal/state"
)

// stateFile is where the server keeps its users, in the data directory.
const stateFile = "monopod.db"

// userCommand is what the commands about users share.
type userCommand struct {
	*program
	path string
}

func (p *program) addUsers() {
	u := &userCommand{program: p}
	c := p.app.Command("users", "Look at the users of a data directory and set passwords. The server may run meanwhile.")
	c.Flag("storage.tsdb.path", "Directory of the data.").Default("data/").StringVar(&u.path)
	list := c.Command("list", "List the users.")
	p.on(list, u.list)
	u.addReset(c)
}

func (u *userCommand) addReset(parent *kingpin.CmdClause) {
	c := parent.Command("reset-password", "Set the password of a user who lost it; the user's sessions end.").HelpLong(`  monopod users reset-password admin --storage.tsdb.path=/prometheus
  echo "$PASSWORD" | monopod users reset-password admin --stdin`)
	login := c.Arg("login", "Login or e-mail address.").Required().String()
	fromInput := c.Flag("stdin", "Read the password from standard input, one line. Without it, a random one is made and printed.").Bool()
	u.on(c, func(ctx context.Context) error { return u.reset(ctx, *login, *fromInput) })
}

// open opens the users of a data directory that a server has made.
func (u *userCommand) open(ctx context.Context, f func(*auth.Service) error) error {
	path := filepath.Join(u.path, stateFile)
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("open the users: %w: give the directory of a server with --storage.tsdb.path", err)
	}
	db, err := state.Open(ctx, path)
	if err != nil {
		return err
	}
	s, err := auth.New(ctx, auth.Options{DB: db})
	if err == nil {
		err = f(s)
	}
	return errors.Join(err, db.Close())
}

func (u *userCommand) list(ctx context.Context) error {
	return u.open(ctx, func(s *auth.Service) error {
		list, err := s.Users(ctx, "")
		if err != nil {
			return err
		}
		for _, user := range list {
			note := ""
			if user.Disabled {
				note = "  disabled"
			}
			fmt.Fprintf(u.Out, "%-24s %-7s %s%s\n", user.Login, user.Role, user.Email, note)
		}
		return nil
	})
}

func (u *userCommand) reset(ctx context.Context, login string, fromInput bool) error {
	password := rand.Text()
	if fromInput {
		line, err := bufio.NewReader(u.In).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read the password: %w", err)
		}
		password = strings.TrimRight(line, "\r\n")
	}
	return u.open(ctx, func(s *auth.Service) error {
		user, err := s.UserBy(ctx, login)
		if err != nil {
			return fmt.Errorf("%w; monopod users list shows who there is", err)
		}
		if err := s.SetPassword(ctx, user.ID, password); err != nil {
			return fmt.Errorf("set the password of %s: %w", user.Login, err)
		}
		if fromInput {
			fmt.Fprintf(u.Out, "The password of %s is set\n", user.Login)
		} else {
			fmt.Fprintf(u.Out, "The password of %s is now %s\n", user.Login, password)
		}
		return nil
	})
}
