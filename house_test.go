package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// imports reads the table of docs/design.md, "The house": which of our packages may import which. "all" is every one,
// "-" none. Sub-packages of a room may import one another.
func imports(t *testing.T) map[string]string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("docs", "design.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, house, found := strings.Cut(string(page), "\n## The house\n")
	if !found {
		t.Fatal("docs/design.md has no section The house")
	}
	house, _, _ = strings.Cut(house, "\n## ")
	table := map[string]string{}
	for line := range strings.Lines(house) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 || !strings.Contains(cells[1], "`") {
			continue // the head of the table, or the words around it
		}
		for name := range strings.SplitSeq(cells[1], ",") {
			table[strings.Trim(name, " `")] = strings.ReplaceAll(strings.TrimSpace(cells[3]), ",", "")
		}
	}
	return table
}

const module = "rolecall"

// room is the first element of a package's path below the module; the module's own name is the program itself.
func room(path string) string {
	if path == module {
		return module
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(path, module+"/"), "/")
	return first
}

func TestNoRoomImportsWhatItMayNot(t *testing.T) {
	// The witnesses may not know the adapters in their tests either.
	const form = `{{.ImportPath}} {{join .Imports " "}}{{if or (eq .Name "acceptance") (eq .Name "e2e") (eq .Name "sandbox")}} {{join .TestImports " "}} {{join .XTestImports " "}}{{end}}`
	raw, err := exec.Command("go", "list", "-f", form, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	table, here := imports(t), map[string]bool{}
	seen := 0
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		from := room(fields[0])
		here[from] = true
		allowed, known := table[from]
		if !known {
			t.Errorf("package %s has no line in the table of docs/design.md", fields[0])
			continue
		}
		for _, path := range fields[1:] {
			if path != module && !strings.HasPrefix(path, module+"/") {
				continue
			}
			seen++
			if to := room(path); to != from && allowed != "all" && !slices.Contains(strings.Fields(allowed), to) {
				t.Errorf("%s imports %s: %s may import %q only", fields[0], path, from, allowed)
			}
		}
	}
	for name := range table {
		if !here[name] {
			t.Errorf("docs/design.md has a line for %s, which is no package of ours", name)
		}
	}
	if seen < 20 {
		t.Errorf("only %d imports were looked at", seen)
	}
}

// sources calls visit for every Go file of ours that is not a test.
func sources(t *testing.T, visit func(path string, file *ast.File)) {
	t.Helper()
	count := 0
	err := filepath.WalkDir(".", func(path string, entry os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && path != "." || entry.Name() == "node_modules"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		count++
		visit(path, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 50 {
		t.Errorf("only %d files were looked at", count)
	}
}

func TestNoInitAndNoExitOutsideMain(t *testing.T) {
	sources(t, func(path string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "init" && n.Recv == nil {
					t.Errorf("%s has an init function", path)
				}
			case *ast.SelectorExpr:
				pkg, ok := n.X.(*ast.Ident)
				if !ok {
					return true
				}
				exits := pkg.Name == "os" && n.Sel.Name == "Exit" || pkg.Name == "log" && strings.HasPrefix(n.Sel.Name, "Fatal")
				if exits && file.Name.Name != "main" {
					t.Errorf("%s ends the process with %s.%s: return an error", path, pkg.Name, n.Sel.Name)
				}
			}
			return true
		})
	})
}

// A package variable is state that everybody shares, unless nobody can change it: an error to compare with, embedded
// files, a table that is built once from them, or the assertion that a type has an interface.
func TestNoPackageState(t *testing.T) {
	sources(t, func(path string, file *ast.File) {
		for _, d := range file.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok || decl.Tok != token.VAR {
				continue
			}
			for _, s := range decl.Specs {
				spec := s.(*ast.ValueSpec)
				for i, name := range spec.Names {
					if name.Name == "_" || embedded(decl, spec) || i < len(spec.Values) && sentinel(spec.Values[i]) {
						continue
					}
					t.Errorf("%s keeps state in the package variable %s", path, name.Name)
				}
			}
		}
	})
}

func embedded(decl *ast.GenDecl, spec *ast.ValueSpec) bool {
	for _, doc := range []*ast.CommentGroup{decl.Doc, spec.Doc} {
		if doc == nil {
			continue
		}
		for _, c := range doc.List {
			if strings.HasPrefix(c.Text, "//go:embed ") {
				return true
			}
		}
	}
	return false
}

func sentinel(value ast.Expr) bool {
	call, ok := value.(*ast.CallExpr)
	if !ok {
		return false
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := f.X.(*ast.Ident)
	return ok && (pkg.Name == "errors" && f.Sel.Name == "New" || pkg.Name == "fmt" && f.Sel.Name == "Errorf" || pkg.Name == "sync" && strings.HasPrefix(f.Sel.Name, "OnceValue"))
}

// Nothing that is kept in git names a path of the machine on which it was written.
func TestNoPathOfAMachine(t *testing.T) {
	raw, err := exec.Command("git", "ls-files", "-z").Output()
	if err != nil {
		t.Skip("this is no git checkout")
	}
	homes := []string{"/ho" + "me/", "/ro" + "ot/", "/wo" + "rk/", "/Us" + "ers/", "C:" + `\Users`, "/tm" + "p/brief"}
	allowed := []string{"/ho" + "me/a"} // of an example
	for name := range strings.SplitSeq(strings.TrimRight(string(raw), "\x00"), "\x00") {
		text, err := os.ReadFile(name)
		if err != nil || slices.Contains(text[:min(len(text), 8000)], 0) {
			continue // deleted meanwhile, or no text
		}
		for number, line := range strings.Split(string(text), "\n") {
			for _, ok := range allowed {
				line = strings.ReplaceAll(line, ok, "")
			}
			for _, home := range homes {
				if i := strings.Index(line, home); i >= 0 && (i == 0 || strings.ContainsRune(" \t\"'`(=:,", rune(line[i-1]))) {
					t.Errorf("%s:%d names a path of a machine: %s", name, number+1, home)
				}
			}
		}
	}
}

// Every module that our packages import has its line in docs/dependencies.md, and every line a module.
func TestEveryDependencyIsAccountedFor(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, "|"); len(cells) > 2 && strings.Contains(cells[1], "/") {
			listed = append(listed, strings.TrimSpace(cells[1]))
		}
	}
	raw, err := exec.Command("go", "list", "-f", `{{join .Imports "\n"}}{{"\n"}}{{join .TestImports "\n"}}{{"\n"}}{{join .XTestImports "\n"}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{"honnef.co/go/tools": true} // a tool, which nothing imports
	for path := range strings.FieldsSeq(string(raw)) {
		if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
			continue // the standard library's, or ours
		}
		i := slices.IndexFunc(listed, func(module string) bool { return path == module || strings.HasPrefix(path, module+"/") })
		if i < 0 {
			t.Errorf("%s has no line in docs/dependencies.md", path)
			continue
		}
		used[listed[i]] = true
	}
	for _, module := range listed {
		if !used[module] {
			t.Errorf("docs/dependencies.md lists %s, which nothing imports", module)
		}
	}
}
