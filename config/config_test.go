package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"rolecall/config"
)

const canary = "canary-1f9c-do-not-print"

// environment is a Getenv over a map, with a home of the test's own.
func environment(t *testing.T, pairs ...string) func(string) string {
	t.Helper()
	env := map[string]string{"HOME": t.TempDir()}
	for i := 0; i < len(pairs); i += 2 {
		env[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return env[name] }
}

func write(t *testing.T, name, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestASettingComesFromTheStrongestSource(t *testing.T) {
	file := write(t, "credentials.json", `{"hubspot": {"version": "v3", "portal_id": "11"}, "log_level": "warn", "hosts": ["a.example", "b.example"]}`, 0o600)
	c, err := config.Load(config.Sources{
		File:   file,
		Getenv: environment(t, "ROLECALL_HUBSPOT_VERSION", "2026-03", "ROLECALL_LOG_LEVEL", "error"),
		Flags:  map[string]string{"log-level": "debug"},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range c.Entries() {
		got[e.Key] = e.Value + " from " + e.Origin
	}
	for key, want := range map[string]string{
		"hubspot.version":   "2026-03 from environment ROLECALL_HUBSPOT_VERSION",
		"hubspot.portal_id": "11 from " + file + " line 1",
		"log_level":         "debug from --log-level",
		"listen":            "127.0.0.1:8321 from default",
		"hosts":             "a.example,b.example from " + file + " line 1",
	} {
		if got[key] != want {
			t.Errorf("%s: got %q, want %q", key, got[key], want)
		}
	}
}

func TestAFileAsPeopleWriteIt(t *testing.T) {
	file := write(t, "credentials.json", "\ufeff"+`{"hosts": ["Status.Example.com", " ::1 "], "store": "~/rolecall/store.db", "hubspot": {"token": "~/stays"}}`, 0o600)
	c, err := config.Load(config.Sources{File: file, Getenv: environment(t, "HOME", "/home/a")})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"status.example.com", "::1"}; !slices.Equal(c.Hosts, want) {
		t.Errorf("hosts %q, want %q", c.Hosts, want)
	}
	if c.Store != "/home/a/rolecall/store.db" || c.Backups != "/home/a/rolecall/backups" || c.HubSpot.Token.Reveal() != "~/stays" {
		t.Errorf("store %s, backups %s", c.Store, c.Backups)
	}
}

func TestBaseAddressesComeFromTheEnvironment(t *testing.T) {
	c, err := config.Load(config.Sources{Getenv: environment(t, "ROLECALL_SHEETS_ENDPOINT", "http://127.0.0.1:9/", "ROLECALL_HUBSPOT_BASE_URL", "http://[::1]:8/")})
	if err != nil || c.SheetsEndpoint != "http://127.0.0.1:9/" || c.HubSpot.BaseURL != "http://[::1]:8/" {
		t.Errorf("got %q and %q, %v", c.SheetsEndpoint, c.HubSpot.BaseURL, err)
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	token := write(t, "token", canary+"\n", 0o600)
	for name, from := range map[string]config.Sources{
		"environment": {Getenv: environment(t, "ROLECALL_HUBSPOT_TOKEN_FILE", token)},
		"flag":        {Getenv: environment(t), Flags: map[string]string{"hubspot-token-file": token}},
	} {
		c, err := config.Load(from)
		if err != nil || c.HubSpot.Token.Reveal() != canary || len(c.Warnings) > 0 {
			t.Errorf("%s: got %q, %v, warnings %q", name, c.HubSpot.Token.Reveal(), err, c.Warnings)
		}
	}
	c, err := config.Load(config.Sources{Getenv: environment(t, "ROLECALL_HUBSPOT_TOKEN", canary)})
	if err != nil || len(c.Warnings) != 1 {
		t.Errorf("a secret in the environment: %v, warnings %q", err, c.Warnings)
	}
}

// Every fault has its mend, and all are reported at once.
func TestFaults(t *testing.T) {
	open := write(t, "open-token", canary, 0o644)
	empty := write(t, "empty-token", "\n", 0o600)
	tests := []struct {
		situation string
		file      string
		mode      os.FileMode
		env       []string
		want      []string
	}{
		{"an unknown key, nearly right", `{"hubspot": {"tokn": "x"}}`, 0o600, nil, []string{`did you mean "hubspot.token"?`, "line 1"}},
		{"an unknown key, like nothing", `{"colour": "red"}`, 0o600, nil, []string{`no setting "colour"`, "credentials.example.json"}},
		{"a key twice", "{\"store\": \"a\",\n\"store\": \"b\"}", 0o600, nil, []string{"line 2", "twice"}},
		{"a missing comma", "{\"store\": \"a\"\n\"listen\": \"b\"}", 0o600, nil, []string{"line 2", "comma"}},
		{"cut short", `{"store": "a"`, 0o600, nil, []string{"ends too early"}},
		{"no object", `[1]`, 0o600, nil, []string{"braces"}},
		{"something after the end", `{} {}`, 0o600, nil, []string{"follows the closing brace"}},
		{"a list of numbers", `{"hosts": [1]}`, 0o600, nil, []string{"list of something other than texts"}},
		{"others can read the file", `{}`, 0o644, nil, []string{"chmod 600"}},
		{"others can read a secret's file", `{}`, 0o600, []string{"ROLECALL_HUBSPOT_TOKEN_FILE", open}, []string{"chmod 600"}},
		{"a secret's file is empty", `{}`, 0o600, []string{"ROLECALL_HUBSPOT_TOKEN_FILE", empty}, []string{"is empty"}},
		{"a secret twice", `{}`, 0o600, []string{"ROLECALL_HUBSPOT_TOKEN_FILE", empty, "ROLECALL_HUBSPOT_TOKEN", "x"}, []string{"unset one"}},
		{"a secret's file is not there", `{}`, 0o600, []string{"ROLECALL_HUBSPOT_TOKEN_FILE", "/nowhere/token"}, []string{"may this user read it"}},
		{"not https", `{"hubspot": {"base_url": "http://example.com"}}`, 0o600, nil, []string{"hubspot.base_url", "not https"}},
		{"a password in an address", `{"public_url": "https://me:pw@example.com"}`, 0o600, nil, []string{"must not hold"}},
		{"no address", `{"sheets_endpoint": "example"}`, 0o600, nil, []string{"write it whole"}},
		{"no sheet", `{"sheet_url": "https://example.com/a"}`, 0o600, nil, []string{"copy it from the browser"}},
		{"unknown version", `{"hubspot": {"version": "v4"}}`, 0o600, nil, []string{"v3, 2026-03, 2026-09"}},
		{"portal by name", `{"hubspot": {"portal_id": "Acme"}}`, 0o600, nil, []string{"is not a number"}},
		{"polls too often", `{"poll_interval": "1s"}`, 0o600, nil, []string{"5s or more"}},
		{"polls never", `{"poll_interval": "often"}`, 0o600, nil, []string{"write it as 15s"}},
		{"neither true nor false", `{"google": {"adc": "yes please"}}`, 0o600, nil, []string{"neither true nor false"}},
		{"two ways to Google", `{"google": {"adc": true, "service_account_json": {"type": "service_account"}}}`, 0o600, nil, []string{"2 ways to sign in to Google"}},
		{"a key file that is not there", `{"google": {"service_account_file": "/nowhere/key.json"}}`, 0o600, nil, []string{"google.service_account_file"}},
		{"half an OAuth client for Google", `{"google": {"oauth_client_id": "a"}}`, 0o600, nil, []string{"set both"}},
		{"half an OAuth app for HubSpot", `{"hubspot": {"oauth_client_id": "a"}}`, 0o600, nil, []string{"set all three"}},
		{"two ways to HubSpot", `{"hubspot": {"token": "t", "oauth_client_id": "a", "oauth_client_secret": "b", "oauth_refresh_token": "c"}}`, 0o600, nil, []string{"two ways to sign in to HubSpot"}},
		{"open to others without a password", `{"listen": "0.0.0.0:80"}`, 0o600, nil, []string{"set admin_token"}},
		{"a short password", `{"admin_token": "short"}`, 0o600, nil, []string{"openssl rand"}},
		{"no port", `{"listen": "localhost"}`, 0o600, nil, []string{"write host:port"}},
		{"webhooks by halves", `{"webhook_secret": "s"}`, 0o600, nil, []string{"public_url and webhook_secret"}},
		{"a port that there is not", `{"listen": "127.0.0.1:99999"}`, 0o600, nil, []string{"write host:port"}},
		{"a host with its port", `{"hosts": ["status.example.com:8321"]}`, 0o600, nil, []string{"leave away http:// and the port"}},
		{"a group as a text", `{"hubspot": "pat-1"}`, 0o600, nil, []string{`"hubspot" is a group of settings`}},
		{"UTF-16", "\xff\xfe{\x00}\x00", 0o600, nil, []string{"save it as UTF-8"}},
		{"acting as another, signed in as a person", `{"google": {"impersonate": "a@b.example", "oauth_client_id": "a", "oauth_client_secret": "b"}}`, 0o600, nil, []string{"google.impersonate goes with"}},
		{"several at once", `{"colour": "red", "log_level": "loud", "log_format": "yaml"}`, 0o644, nil, []string{"4 faults", "chmod", "colour", "loud", "yaml"}},
	}
	for _, test := range tests {
		t.Run(test.situation, func(t *testing.T) {
			_, err := config.Load(config.Sources{File: write(t, "credentials.json", test.file, test.mode), Getenv: environment(t, test.env...)})
			var faults *config.Error
			if !errors.As(err, &faults) {
				t.Fatalf("got %v, want an *Error", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the fault does not say %q: %v", want, err)
				}
			}
		})
	}
}

func TestANamedFileMustBeThereAndTheUsualOneNeedNot(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := config.Load(config.Sources{Getenv: environment(t)}); err != nil {
		t.Errorf("without a file: %v", err)
	}
	if _, err := config.Load(config.Sources{File: "mine.json", Getenv: environment(t)}); err == nil || !strings.Contains(err.Error(), "--config") {
		t.Errorf("a named file that is missing: %v", err)
	}
}

func TestRootMayLayACredentialInTheCredentialsDirectory(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can lay a file as root")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "credentials.json")
	if err := os.WriteFile(path, []byte(`{"log_level": "warn"}`), 0o440); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Sources{Getenv: environment(t, "CREDENTIALS_DIRECTORY", dir)})
	if err != nil || c.LogLevel != "warn" {
		t.Errorf("got level %q, %v", c.LogLevel, err)
	}
	if err := os.Chmod(path, 0o460); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(config.Sources{Getenv: environment(t, "CREDENTIALS_DIRECTORY", dir)}); err == nil {
		t.Error("a credential that its group can write was accepted")
	}
}

func TestWhereTheStoreIsKept(t *testing.T) {
	for _, test := range []struct{ name, value, want string }{
		{"STATE_DIRECTORY", "/var/lib/rolecall", "/var/lib/rolecall/rolecall.db"},
		{"XDG_STATE_HOME", "/home/a/state", "/home/a/state/rolecall/rolecall.db"},
		{"HOME", "/home/a", "/home/a/.local/state/rolecall/rolecall.db"},
	} {
		c, err := config.Load(config.Sources{Getenv: environment(t, test.name, test.value)})
		if err != nil || c.Store != test.want || c.Backups != filepath.Join(filepath.Dir(test.want), "backups") {
			t.Errorf("%s: got %q and %q, %v", test.name, c.Store, c.Backups, err)
		}
	}
}

func TestWhatACommandNeeds(t *testing.T) {
	c, err := config.Load(config.Sources{Getenv: environment(t)})
	if err != nil {
		t.Fatal(err)
	}
	err = c.Require(config.NeedSheet, config.NeedGoogle, config.NeedHubSpot)
	for _, want := range []string{"3 faults", "sheet_url", "service_account_file", "hubspot.token"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the fault does not say %q: %v", want, err)
		}
	}
	if c.HasCredentials() {
		t.Error("an empty configuration has credentials")
	}
}

func TestTheExampleIsValidAndComplete(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "credentials.example.json"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Sources{File: write(t, "credentials.json", string(raw), 0o600), Getenv: environment(t)})
	if err != nil {
		t.Fatal(err)
	}
	if c.SheetURL != "" {
		t.Errorf("the example's sheet is taken for a real one: %s", c.SheetURL)
	}
	for _, f := range config.Flags() {
		key := f.Name
		if f.Advanced {
			continue
		}
		i := slices.IndexFunc(c.Entries(), func(e config.Entry) bool {
			flag := strings.NewReplacer(".", "-", "_", "-").Replace(e.Key)
			return flag == key || flag+"-file" == key
		})
		parts := strings.Split(c.Entries()[i].Key, ".")
		if !strings.Contains(string(raw), `"`+parts[len(parts)-1]+`"`) {
			t.Errorf("credentials.example.json does not show %s", c.Entries()[i].Key)
		}
	}
}

func TestASecretIsNeverPrinted(t *testing.T) {
	c := config.Config{HubSpot: config.HubSpot{Token: config.NewSecret(canary)}}
	nested := struct {
		hidden config.Secret
		Shown  []config.Secret
		At     *config.Secret
	}{config.NewSecret(canary), []config.Secret{config.NewSecret(canary)}, &c.HubSpot.Token}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&out, verb+" "+verb+" "+verb+"\n", c.HubSpot.Token, c, nested)
	}
	if err := json.NewEncoder(&out).Encode(c); err != nil {
		t.Fatal(err)
	}
	log := zerolog.New(&out)
	log.Info().Interface("config", c).Stringer("token", c.HubSpot.Token).Any("nested", nested).Str("s", fmt.Sprint(c.HubSpot.Token)).Send()
	fmt.Fprint(&out, errors.Join(fmt.Errorf("call with %v: %w", c.HubSpot.Token, os.ErrInvalid)))
	if strings.Contains(out.String(), canary) || strings.Contains(out.String(), fmt.Sprintf("%x", canary)) {
		t.Errorf("the secret leaked:\n%s", out.String())
	}
	for _, e := range c.Entries() {
		if e.Key == "hubspot.token" && e.Value != "(secret)" {
			t.Errorf("config show gives %q", e.Value)
		}
	}
}

func TestRedactTakesSecretsOutOfWhatOthersPrint(t *testing.T) {
	var out bytes.Buffer
	w := config.Redact(&out, config.NewSecret(canary), config.Secret{}, config.NewSecret("ref"))
	line := "Get \"https://example.com/" + canary + "\": refused\n"
	if n, err := w.Write([]byte(line)); n != len(line) || err != nil {
		t.Errorf("wrote %d, %v", n, err)
	}
	if got := out.String(); strings.Contains(got, canary) || !strings.Contains(got, "https://example.com/(secret)") {
		t.Errorf("got %q", got)
	}
}

func FuzzFile(f *testing.F) {
	f.Add(`{"hubspot": {"token": "x"}, "hosts": ["a"]}`)
	f.Add(`{"google": {"service_account_json": {"a": [1, {"b": null}]}}}`)
	f.Add("{\"a\":\x00}")
	f.Fuzz(func(t *testing.T, document string) {
		path := filepath.Join(t.TempDir(), "c.json")
		if err := os.WriteFile(path, []byte(document), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := config.Load(config.Sources{File: path, Getenv: func(string) string { return "" }}); err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}

func TestSheetAddressesAsBrowsersShowThem(t *testing.T) {
	const id = "1AbcDefGhiJklMnoPqrStuVwxYz0123456789abcdefg"
	for _, address := range []string{id, "https://docs.google.com/spreadsheets/d/" + id + "/edit?gid=0#gid=0", "https://docs.google.com/spreadsheets/u/1/d/" + id + "/edit",
		"https://docs.google.com/a/example.com/spreadsheets/d/" + id} {
		c, err := config.Load(config.Sources{Getenv: environment(t, "ROLECALL_SHEET_URL", address)})
		if err != nil || c.SpreadsheetID() != id {
			t.Errorf("%s: %q, %v", address, c.SpreadsheetID(), err)
		}
	}
}

func TestWaysToSignInToGoogle(t *testing.T) {
	for name, value := range map[string]string{"ROLECALL_GOOGLE_ADC": "true", "ROLECALL_GOOGLE_IMPERSONATE": "robot@project.example", "ROLECALL_GOOGLE_SERVICE_ACCOUNT_JSON": "{}"} {
		c, err := config.Load(config.Sources{Getenv: environment(t, name, value)})
		if err != nil || c.Require(config.NeedGoogle) != nil {
			t.Errorf("%s: %v, %v", name, err, c.Require(config.NeedGoogle))
		}
	}
}

func TestAFileOfAnotherUserSaysWhoMustReadIt(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	path := write(t, "credentials.json", `{}`, 0o600)
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("chown %d %s", os.Getuid(), path)
	if _, err := config.Load(config.Sources{File: path, Getenv: environment(t)}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("it says %v", err)
	}
	if _, err := config.Load(config.Sources{Getenv: environment(t, "ROLECALL_HUBSPOT_TOKEN_FILE", path)}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a secret's: %v", err)
	}
}
