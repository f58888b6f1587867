package store

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// modelled is what a dashboard should be.
type modelled struct {
	title, folder string
	version       int
	stars         map[int64]bool
}

// model is the store as maps.
type model struct {
	dashboards map[string]*modelled
	folders    map[string]string // parent by uid
}

func (m *model) holds(folder, inside string) bool {
	for ; inside != ""; inside = m.folders[inside] {
		if inside == folder {
			return true
		}
	}
	return false
}

func (m *model) namesake(uid, title, folder string) bool {
	for other, d := range m.dashboards {
		if other != uid && d.title == title && d.folder == folder {
			return true
		}
	}
	return false
}

// TestRandomOperations does what people do in a random order, and holds the store
// against maps after each step.
func TestRandomOperations(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	s := fresh(t)
	m := &model{dashboards: map[string]*modelled{}, folders: map[string]string{}}
	pick := func(prefix string, n int) string { return fmt.Sprint(prefix, r.IntN(n)) }
	folder := func() string {
		if r.IntN(3) == 0 {
			return ""
		}
		return pick("f", 4)
	}
	exists := func(f string) bool {
		_, is := m.folders[f]
		return f == "" || is
	}
	for step := range 600 {
		var what string
		var err, want error
		switch r.IntN(8) {
		case 0, 1, 2: // save
			uid, title, in := pick("d", 6), pick("T", 8), folder()
			d, is := m.dashboards[uid]
			base, overwrite := 0, r.IntN(4) == 0
			if is {
				base = d.version - r.IntN(5)/4
			}
			what = fmt.Sprintf("save %s as %s in %q on %d, overwriting: %v", uid, title, in, base, overwrite)
			switch {
			case !exists(in):
				want = ErrFolderNotFound
			case is && !overwrite && base != d.version:
				want = &VersionMismatch{}
			case (!is || d.title != title || d.folder != in) && m.namesake(uid, title, in):
				want = ErrNameExists
			case is:
				d.title, d.folder, d.version = title, in, d.version+1
			default:
				m.dashboards[uid] = &modelled{title: title, folder: in, version: 1, stars: map[int64]bool{}}
			}
			_, _, err = s.Save(t.Context(), Save{Source: []byte(`{"title":"` + title + `"}`), UID: uid, FolderUID: in, BaseVersion: base, Overwrite: overwrite})
		case 3: // delete
			uid := pick("d", 6)
			what = "delete " + uid
			if _, is := m.dashboards[uid]; !is {
				want = ErrNotFound
			}
			delete(m.dashboards, uid)
			_, err = s.Delete(t.Context(), uid, "")
		case 4: // folder
			uid, in := pick("f", 4), folder()
			what = fmt.Sprintf("create folder %s in %q", uid, in)
			_, is := m.folders[uid]
			switch {
			case is:
				want = ErrFolderUIDExists
			case !exists(in):
				want = ErrFolderNotFound
			default:
				m.folders[uid] = in
			}
			_, err = s.CreateFolder(t.Context(), Folder{UID: uid, Title: "F" + uid, Parent: in}, "")
		case 5: // move
			uid, to := pick("f", 4), folder()
			what = fmt.Sprintf("move folder %s to %q", uid, to)
			switch {
			case !exists(uid), !exists(to):
				want = ErrFolderNotFound
			case m.holds(uid, to):
				want = ErrFolderLoop
			default:
				m.folders[uid] = to
			}
			_, err = s.UpdateFolder(t.Context(), uid, "", func(f *Folder) error { f.Parent = to; return nil })
		case 6: // delete a folder
			if r.IntN(3) > 0 {
				continue
			}
			uid := pick("f", 4)
			what = "delete folder " + uid
			if !exists(uid) {
				want = ErrFolderNotFound
			}
			maps.DeleteFunc(m.dashboards, func(_ string, d *modelled) bool { return m.holds(uid, d.folder) })
			var gone []string
			for f := range m.folders {
				if m.holds(uid, f) {
					gone = append(gone, f)
				}
			}
			for _, f := range gone {
				delete(m.folders, f)
			}
			_, err = s.DeleteFolder(t.Context(), uid, "")
		case 7: // star
			uid, user, on := pick("d", 6), int64(1+r.IntN(2)), r.IntN(2) == 0
			what = fmt.Sprintf("star %s: %v", uid, on)
			if d, is := m.dashboards[uid]; is {
				d.stars[user] = on
			} else {
				want = ErrNotFound
			}
			err = s.Star(t.Context(), user, uid, on)
		}
		old := (*VersionMismatch)(nil)
		if _, mismatch := want.(*VersionMismatch); mismatch && errors.As(err, &old) {
			err, want = nil, nil
		}
		if !errors.Is(err, want) {
			t.Fatalf("step %d: %s: %v, want %v", step, what, err, want)
		}
		if got, want := stateOf(t, s), m.state(); got != want {
			t.Fatalf("step %d: %s:\n%s\nwant\n%s", step, what, got, want)
		}
	}
}

func (m *model) state() string {
	var lines []string
	for uid, d := range m.dashboards {
		lines = append(lines, fmt.Sprintf("%s %s in %q v%d starred %v", uid, d.title, d.folder, d.version, d.stars[1]))
	}
	for uid, parent := range m.folders {
		lines = append(lines, fmt.Sprintf("%s in %q", uid, parent))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func stateOf(t *testing.T, s *Store) string {
	t.Helper()
	hits, err := s.Search(t.Context(), Search{User: 1, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, h := range hits {
		if h.Kind == KindFolder {
			lines = append(lines, fmt.Sprintf("%s in %q", h.UID, h.FolderUID))
			continue
		}
		d, err := s.ByUID(t.Context(), h.UID)
		if err != nil {
			t.Fatal(err)
		}
		text, err := s.Source(t.Context(), d)
		if err != nil || !strings.Contains(string(text), `"`+d.Title+`"`) || !strings.Contains(string(text), fmt.Sprintf(`"version":%d`, d.Version)) {
			t.Fatalf("%s: the source is %s, %v", h.UID, text, err)
		}
		lines = append(lines, fmt.Sprintf("%s %s in %q v%d starred %v", h.UID, h.Title, h.FolderUID, d.Version, h.IsStarred))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
