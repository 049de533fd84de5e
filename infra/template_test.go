package infra

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"testing/fstest"

	"adoport/shared/settings"
)

// mainFile is what is deployed.
const mainFile = "infra/main.bicep"

// template is the whole of a deployment.
type template struct {
	// fsys is the checkout: other files than Bicep are read from it.
	fsys fs.FS
	// files are the templates by path, and parameterFiles the parameter files.
	files, parameterFiles map[string]*file
	// broken is where the syntax is wrong.
	broken []problem
	// settings are those that the program reads.
	settings []settings.Setting
}

// file is a Bicep file.
type file struct {
	name string
	root *node
	// declared are its declarations, in their order.
	declared []*declaration
}

// load reads the Bicep files in the folder infra.
func load(fsys fs.FS, described []settings.Setting) (*template, error) {
	t := &template{fsys: fsys, files: map[string]*file{}, parameterFiles: map[string]*file{}, settings: described}
	err := fs.WalkDir(fsys, "infra", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return t.add(name)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the templates: %w", err)
	}
	return t, nil
}

// add reads a file again if it is Bicep.
func (t *template) add(name string) error {
	files := map[string]map[string]*file{".bicep": t.files, ".bicepparam": t.parameterFiles}[path.Ext(name)]
	if files == nil {
		return nil
	}
	source, err := fs.ReadFile(t.fsys, name)
	if err != nil {
		return err
	}
	root, broken, err := parse(name, source)
	if err != nil {
		return err
	}
	t.broken = append(t.broken, broken...)
	files[name] = &file{name: name, root: root, declared: declarations(root)}
	return nil
}

// with returns the same templates with another content of one file.
func (t *template) with(name, source string) (*template, error) {
	changed := *t
	changed.fsys = overlay{FS: t.fsys, name: name, data: []byte(source)}
	changed.files, changed.parameterFiles, changed.broken = maps.Clone(t.files), maps.Clone(t.parameterFiles), nil
	return &changed, changed.add(name)
}

// overlay is a file system with another content of one file.
type overlay struct {
	fs.FS
	name string
	data []byte
}

func (o overlay) Open(name string) (fs.File, error) {
	if name == o.name {
		return fstest.MapFS{name: &fstest.MapFile{Data: o.data}}.Open(name)
	}
	return o.FS.Open(name)
}

// sorted returns the templates in the order of their paths.
func (t *template) sorted() []*file {
	return slices.SortedFunc(maps.Values(t.files), func(a, b *file) int { return cmp.Compare(a.name, b.name) })
}

// problem is one in a file.
func (f *file) problem(at *node, format string, args ...any) problem {
	return problem{file: f.name, line: at.line, text: fmt.Sprintf(format, args...)}
}

// of returns the declarations of a kind: parameter, variable, resource, module or
// output.
func (f *file) of(kind string) []*declaration {
	return slices.DeleteFunc(slices.Clone(f.declared), func(d *declaration) bool { return d.kind != kind })
}

// find returns the declaration of a kind and a name, or nil.
func (f *file) find(kind, name string) *declaration {
	for _, d := range f.of(kind) {
		if d.name == name {
			return d
		}
	}
	return nil
}
