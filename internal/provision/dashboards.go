package provision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"monopod/internal/dashboard"
	"monopod/internal/dashboard/shipped"
	"monopod/internal/dashboard/store"
)

// providerFile is one file of dashboards/.
type providerFile struct {
	Providers []*provider `yaml:"providers"`
}

func (f *providerFile) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode { // as before there was an apiVersion
		return n.Decode(&f.Providers)
	}
	type plain providerFile
	return n.Decode((*plain)(f))
}

type provider struct {
	line int

	Name            text `yaml:"name"`
	Type            text `yaml:"type"`
	Folder          text `yaml:"folder"`
	FolderUID       text `yaml:"folderUid"`
	DisableDeletion flag `yaml:"disableDeletion"`
	AllowUIUpdates  flag `yaml:"allowUiUpdates"`
	Options         struct {
		Path                      text `yaml:"path"`
		Folder                    text `yaml:"folder"`
		FoldersFromFilesStructure flag `yaml:"foldersFromFilesStructure"`
	} `yaml:"options"`
}

func (p *provider) UnmarshalYAML(n *yaml.Node) error {
	type plain provider
	if err := n.Decode((*plain)(p)); err != nil {
		return err
	}
	p.line = n.Line
	return nil
}

// homeProvider provisions the dashboard that is shown first.
const homeProvider = "home dashboard"

// dashboards brings the dashboards to what the providers' files say. It returns
// patterns for what there is to watch.
func (p *pass) dashboards(ctx context.Context) []string {
	providers, whole := p.providers()
	patterns := []string{}
	wanted := map[string]map[string]bool{} // uids by provider
	keep := map[string]bool{}              // providers of which nothing ends now
	remains := map[string]bool{}
	seen := map[string]string{} // file by uid
	known := map[string]string{}
	p.remember(ctx)
	for _, one := range providers {
		name := string(one.Name)
		if wanted[name] == nil {
			wanted[name] = map[string]bool{}
		}
		remains[name] = remains[name] || bool(one.DisableDeletion)
		files, dirs, err := dashboardFiles(one.path())
		if err != nil {
			p.problem("%s: %w", one.place, err)
			keep[name] = true
		}
		for _, dir := range dirs {
			// New directories count, too, from their first dashboard on.
			patterns = append(patterns, filepath.Join(dir, "*.json"), filepath.Join(dir, "*", "*.json"), filepath.Join(dir, "*", "*", "*.json"))
		}
		for _, file := range files {
			uid, err := p.dashboard(ctx, one, file, seen)
			if uid != "" {
				wanted[name][uid] = true
				known[file] = uid
			}
			if err != nil {
				p.problems = append(p.problems, err)
				// What it was before stays.
				if uid = p.before(file); uid != "" {
					wanted[name][uid] = true
					known[file] = uid
				}
			}
		}
	}
	p.mu.Lock()
	p.mu.dashboards = known
	p.mu.Unlock()
	p.dropDashboards(ctx, wanted, keep, remains, whole)
	return patterns
}

// remember reads what was provisioned before the program started.
func (p *pass) remember(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.mu.dashboards) > 0 {
		return
	}
	names, err := p.o.Dashboards.Providers(ctx)
	if err != nil {
		return // said where what is gone is looked for
	}
	for _, name := range names {
		list, err := p.o.Dashboards.ProvisionedBy(ctx, name)
		if err != nil || name == shipped.Provider {
			continue
		}
		for _, d := range list {
			p.mu.dashboards[d.Provenance.File] = d.UID
		}
	}
}

func (p *pass) before(file string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mu.dashboards[file]
}

// placed is a provider with where it stands.
type placed struct {
	*provider
	place string
}

func (p placed) path() string {
	if p.Options.Path != "" {
		return string(p.Options.Path)
	}
	return string(p.Options.Folder)
}

// providers reads dashboards/*.yaml. It is not whole where a file could not be
// read and was never read before.
func (p *pass) providers() (list []placed, whole bool) {
	whole = true
	good := map[string]*providerFile{}
	for _, file := range p.configFiles("dashboards") {
		f, err := p.providerFile(file)
		if err != nil {
			p.problems = append(p.problems, err)
			if f = p.goodProviders[file]; f == nil {
				whole = false
				continue
			}
		}
		good[file] = f
		for _, one := range f.Providers {
			place := fmt.Sprintf("%s:%d", file, one.line)
			if one.Name == "" {
				one.Name = "default"
			}
			if one.Name == shipped.Provider {
				one.Name += " (files)" // what the program itself brings has that name
			}
			at := placed{one, place}
			switch {
			case one.Type != "" && one.Type != "file":
				p.problem("%s: providers of the type %q are not known; use file", place, one.Type)
			case at.path() == "":
				p.problem("%s: the provider %s has no options.path", place, one.Name)
			case one.FolderUID != "" && one.Folder == "":
				p.problem("%s: the provider %s has a folderUid and no folder", place, one.Name)
			default:
				list = append(list, at)
			}
		}
	}
	p.goodProviders = good
	if p.o.Home != "" {
		home := &provider{Name: homeProvider}
		home.Options.Path = text(p.o.Home)
		list = append(list, placed{home, p.o.Home})
	}
	return list, whole
}

func (p *pass) providerFile(file string) (*providerFile, error) {
	node, err := p.readYAML(file)
	if err != nil {
		return nil, err
	}
	f := &providerFile{}
	if err := node.Decode(f); err != nil {
		return nil, located(file, err)
	}
	f.Providers = slices.DeleteFunc(f.Providers, func(e *provider) bool { return e == nil })
	return f, nil
}

// dashboardFiles finds the dashboards below a directory, and the directories that
// they can be in. Names with a dot before them are left out: a ConfigMap's mount
// keeps its versions there, with links to them beside.
func dashboardFiles(root string) (files, dirs []string, err error) {
	info, err := os.Stat(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, []string{root}, fmt.Errorf("the directory of dashboards %s is not there", root)
	}
	if err != nil {
		return nil, []string{root}, err
	}
	if !info.IsDir() {
		return []string{root}, []string{filepath.Dir(root)}, nil
	}
	visited := map[string]bool{}
	var walk func(dir string) error
	walk = func(dir string) error {
		real, err := filepath.EvalSymlinks(dir)
		if err != nil {
			return err
		}
		if visited[real] {
			return nil // links that lead to themselves
		}
		visited[real] = true
		dirs = append(dirs, dir)
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".") {
				continue
			}
			path := filepath.Join(dir, e.Name())
			info, err := os.Stat(path)
			switch {
			case err != nil: // a link to nothing, or gone since
			case info.IsDir():
				if err := walk(path); err != nil {
					return err
				}
			case info.Mode().IsRegular() && strings.EqualFold(filepath.Ext(path), ".json"):
				files = append(files, path)
			}
		}
		return nil
	}
	err = walk(root)
	return files, dirs, err
}

// provided is what a provider wants of a dashboard.
type provided struct {
	name, folder, folderUID, path string
	byDirectory                   bool
	saveBack                      string
}

var errDuplicate = errors.New("stands there already")

// dashboard brings one dashboard to what its file says, and returns its uid.
func (p *pass) dashboard(ctx context.Context, one placed, file string, seen map[string]string) (string, error) {
	if info, err := os.Stat(file); err == nil && info.Size() > dashboard.MaxBytes {
		return "", fmt.Errorf("%s: it has %d MB, and %d MB is the most", file, info.Size()>>20, dashboard.MaxBytes>>20)
	}
	source, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if uid := p.before(file); uid != "" && p.isOnTheWay(file, store.Checksum(source)) {
		seen[uid] = file
		return uid, nil
	}
	want := provided{string(one.Name), string(one.Folder), string(one.FolderUID), one.path(), bool(one.Options.FoldersFromFilesStructure), p.saveBackOf(one, file)}
	sum := store.Checksum(source)
	if t, ok := p.done[file]; ok && t.want == want && t.checksum == sum && seen[t.uid] == "" {
		seen[t.uid] = file
		return t.uid, nil
	}
	delete(p.done, file)
	summary, err := dashboard.Summarize(source)
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	uid := summary.UID
	if uid == "" {
		uid = fileUID(string(one.Name), one.path(), file)
	}
	if other := seen[uid]; other != "" {
		return "", fmt.Errorf("%s: a dashboard with the uid %s %w: %s counts", file, uid, errDuplicate, other)
	}
	folder, err := p.folder(ctx, one, file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	d, changed, err := p.o.Dashboards.Provision(ctx, store.Provisioned{
		UID: uid, FolderUID: folder, Source: source,
		Provenance: store.Provenance{Provider: string(one.Name), File: file, SaveBack: want.saveBack},
	})
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	seen[uid] = file
	p.done[file] = taken{want, sum, d.UID}
	if changed {
		p.o.Logger.Info("Provisioned a dashboard", "uid", d.UID, "title", d.Title, "file", file, "version", d.Version)
	}
	return d.UID, nil
}

// fileUID is the same for a file each time.
func fileUID(provider, root, file string) string {
	if rel, err := filepath.Rel(root, file); err == nil {
		file = rel
	}
	sum := sha256.Sum256([]byte(provider + "\x00" + file))
	return "f" + hex.EncodeToString(sum[:10])
}

// folder is the one that the provider names, or that the file's directory does.
func (p *pass) folder(ctx context.Context, one placed, file string) (string, error) {
	title, uid := string(one.Folder), string(one.FolderUID)
	if bool(one.Options.FoldersFromFilesStructure) {
		dir := filepath.Dir(file)
		title, uid = "", ""
		if rel, err := filepath.Rel(one.path(), dir); err == nil && rel != "." {
			title = filepath.Base(dir)
		}
	}
	if title == "" || title == "General" {
		return "", nil
	}
	f, err := p.o.Dashboards.EnsureFolder(ctx, uid, title, "")
	return f.UID, err
}

// dropDashboards ends what no file says any more.
func (p *pass) dropDashboards(ctx context.Context, wanted map[string]map[string]bool, keep, remains map[string]bool, whole bool) {
	names, err := p.o.Dashboards.Providers(ctx)
	if err != nil {
		p.problem("list the provisioned dashboards: %w", err)
		return
	}
	for _, name := range names {
		known := wanted[name] != nil
		if name == shipped.Provider || keep[name] || !known && !whole {
			continue
		}
		list, err := p.o.Dashboards.ProvisionedBy(ctx, name)
		if err != nil {
			p.problem("list the dashboards of the provider %s: %w", name, err)
			continue
		}
		for _, d := range list {
			if wanted[name][d.UID] {
				continue
			}
			// Without its provider it is nobody's decision that it goes.
			stays := !known || remains[name]
			delete(p.done, d.Provenance.File)
			if err := p.o.Dashboards.Unprovision(ctx, d.UID, stays); err != nil {
				p.problem("end the provisioning of the dashboard %s: %w", d.UID, err)
				continue
			}
			p.o.Logger.Info("A dashboard is provisioned no more", "uid", d.UID, "title", d.Title, "file", d.Provenance.File, "stays", stays)
		}
	}
}

// HomeUID is the uid of the home dashboard of the options; empty where it has none.
func (s *Service) HomeUID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mu.dashboards[s.o.Home]
}
