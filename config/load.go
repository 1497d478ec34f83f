package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// FileName is the file that is read from the working directory when no other is named.
const FileName = "credentials.json"

// examplesID stands in credentials.example.json where a sheet's ID belongs.
const examplesID = "THE-LONG-ID-FROM-YOUR-BROWSER"

// Sources are where settings come from.
type Sources struct {
	// File is the file's path; "" for ROLECALL_CONFIG, else credentials.json in the working directory or in
	// $CREDENTIALS_DIRECTORY, where there is one.
	File string
	// Getenv reads the environment.
	Getenv func(string) string
	// Flags holds the flags that were given, by name.
	Flags map[string]string
}

// Error is everything that is wrong with the settings. It unwraps to the single faults.
type Error struct{ faults []error }

// Error lists the faults, one a line.
func (e *Error) Error() string {
	if len(e.faults) == 1 {
		return "configuration: " + e.faults[0].Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "configuration: %d faults", len(e.faults))
	for _, f := range e.faults {
		b.WriteString("\n  - " + f.Error())
	}
	return b.String()
}

// Unwrap gives the faults one by one.
func (e *Error) Unwrap() []error { return e.faults }

// Load reads and checks all settings. The error is an *Error with every fault and its mend. Whether
// something is missing depends on the command: see Require.
func Load(from Sources) (Config, error) {
	var c Config
	c.origins = map[string]string{}
	l := &loader{from: from, config: &c, fields: fields(&c)}
	l.defaults()
	l.file()
	l.environment()
	l.flags()
	l.besideStore()
	l.faults = append(l.faults, c.check(from.Getenv)...)
	if len(l.faults) > 0 {
		return Config{}, &Error{l.faults}
	}
	return c, nil
}

type loader struct {
	from   Sources
	config *Config
	fields []field
	faults []error
}

func (l *loader) fault(format string, args ...any) {
	l.faults = append(l.faults, fmt.Errorf(format, args...))
}

// put sets a field and remembers the origin; the origin is part of the fault when the text is bad.
func (l *loader) put(f field, text, origin string) {
	if below, short := strings.CutPrefix(strings.TrimSpace(text), "~/"); f.path && short && l.from.Getenv("HOME") != "" {
		text = filepath.Join(l.from.Getenv("HOME"), below)
	}
	if err := f.set(text); err != nil {
		l.fault("%s (%s): %w", f.key, origin, err)
		return
	}
	l.config.origins[f.key] = origin
}

func (l *loader) defaults() {
	for _, f := range l.fields {
		if f.key == "store" {
			f.standard = defaultStore(l.from.Getenv)
		}
		if f.standard != "" {
			l.put(f, f.standard, "default")
		}
	}
}

// defaultStore follows systemd's $STATE_DIRECTORY, then the XDG base directories
// (https://specifications.freedesktop.org/basedir-spec/latest/).
func defaultStore(getenv func(string) string) string {
	if dir, _, _ := strings.Cut(getenv("STATE_DIRECTORY"), ":"); dir != "" {
		return filepath.Join(dir, "rolecall.db")
	}
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "rolecall", "rolecall.db")
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".local", "state", "rolecall", "rolecall.db")
	}
	return "rolecall.db"
}

// besideStore puts what is kept for rolecall's own use into the store's folder, unless somebody chose another place.
func (l *loader) besideStore() {
	dir := filepath.Dir(l.config.Store)
	for _, p := range []struct {
		key  string
		path *string
		name string
	}{
		{"google.oauth_token_file", &l.config.Google.OAuthTokenFile, "google-token.json"},
		{"hubspot.oauth_token_file", &l.config.HubSpot.OAuthTokenFile, "hubspot-token.json"},
		{"backups", &l.config.Backups, "backups"},
	} {
		if *p.path == "" {
			*p.path = filepath.Join(dir, p.name)
			l.config.origins[p.key] = "default, beside the store"
		}
	}
}

func (l *loader) path() (path string, named bool) {
	if l.from.File != "" {
		return l.from.File, true
	}
	if path := l.from.Getenv("ROLECALL_CONFIG"); path != "" {
		return path, true
	}
	if dir := l.from.Getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		if path := filepath.Join(dir, FileName); exists(path) {
			return path, false
		}
	}
	return FileName, false
}

// unreadable is the fault of a file that is there and that this user may not read, as in a container of another user.
func unreadable(what, path string, err error) error {
	return fmt.Errorf("read %s: %w: rolecall runs as user %d: give it the file with 'chown %d %s'", what, err, os.Getuid(), os.Getuid(), path)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (l *loader) file() {
	path, named := l.path()
	document, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && !named {
		return
	}
	if errors.Is(err, os.ErrPermission) {
		l.faults = append(l.faults, unreadable("the settings", path, err))
		return
	}
	if err != nil {
		l.fault("read the settings: %w: name another file with --config, or copy credentials.example.json there", err)
		return
	}
	if err := private(path, l.from.Getenv); err != nil {
		l.faults = append(l.faults, err)
	}
	values, err := readFile(document, func(key string) bool { return key == "google.service_account_json" })
	if err != nil {
		l.fault("%s: %w", path, err)
		return
	}
	known := map[string]field{}
	for _, f := range l.fields {
		known[f.key] = f
	}
	for _, key := range sortedKeys(values) {
		f, ok := known[key]
		v := values[key]
		if !ok && l.group(key) {
			l.fault("%s line %d: %q is a group of settings: write \"%s\": {...}, as in credentials.example.json", path, v.line, key, key)
			continue
		}
		if !ok {
			l.fault("%s line %d: there is no setting %q%s", path, v.line, key, l.suggest(key))
			continue
		}
		if v.text != "" && !strings.Contains(v.text, examplesID) { // a blank one is as good as absent: people fill the example in step by step
			l.put(f, v.text, fmt.Sprintf("%s line %d", path, v.line))
		}
	}
}

func (l *loader) environment() {
	for _, f := range l.fields {
		if text := l.from.Getenv(f.env()); text != "" {
			l.put(f, text, "environment "+f.env())
			if f.secret != nil {
				l.config.Warnings = append(l.config.Warnings, fmt.Sprintf("%s stands in the environment, where other programs of this user can read it; %s_FILE is safer", f.key, f.env()))
			}
		}
		if f.secret == nil {
			continue
		}
		name := f.env() + fileSuffix
		if path := l.from.Getenv(name); path != "" {
			if l.from.Getenv(f.env()) != "" {
				l.fault("both %s and %s are set: unset one", f.env(), name)
				continue
			}
			l.secretFile(f, path, "file "+path+" ("+name+")")
		}
	}
}

func (l *loader) flags() {
	for _, f := range l.fields {
		text, given := l.from.Flags[f.flag()]
		if !given {
			continue
		}
		if f.secret != nil {
			l.secretFile(f, text, "file "+text+" (--"+f.flag()+")")
			continue
		}
		l.put(f, text, "--"+f.flag())
	}
}

func (l *loader) secretFile(f field, path, origin string) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrPermission) {
		l.faults = append(l.faults, unreadable(f.key, path, err))
		return
	}
	if err != nil {
		l.fault("%s: %w: does the file exist, and may this user read it?", f.key, err)
		return
	}
	if err := private(path, l.from.Getenv); err != nil {
		l.faults = append(l.faults, err)
		return
	}
	text := strings.TrimSpace(string(raw))
	if text == "" {
		l.fault("%s: the file %s is empty: put the secret into it", f.key, path)
		return
	}
	l.put(f, text, origin)
}

// group says that settings stand below the key.
func (l *loader) group(key string) bool {
	return slices.ContainsFunc(l.fields, func(f field) bool { return strings.HasPrefix(f.key, key+".") })
}

// suggest names the nearest setting, for a slip of the pen.
func (l *loader) suggest(key string) string {
	best, distance := "", max(2, len(key)/3)+1
	for _, f := range l.fields {
		if d := levenshtein(key, f.key); d < distance {
			best, distance = f.key, d
		}
	}
	if best == "" {
		return ": take it out; credentials.example.json lists all settings"
	}
	return fmt.Sprintf(": did you mean %q?", best)
}
