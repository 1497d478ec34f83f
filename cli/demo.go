package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"rolecall/config"
	"rolecall/label"
	"rolecall/plan"
	"rolecall/reconcile"
	"rolecall/sandbox"
	"rolecall/workbook"
)

// demo is the whole of rolecall on one machine, against the sandbox.
type demo struct {
	*process
	contacts string
	state    string
	addr     string
	once     bool
	every    time.Duration
	poll     time.Duration
	people   float64
	seed     uint64
}

const demoHelp = `Start everything on this machine and show the whole loop: a local stand-in for Google Sheets with rolecall's
workbook in it, a local stand-in for HubSpot with sample contacts, and rolecall itself between them. No account is
needed and nothing leaves the machine. It refuses to start where real credentials are configured.

--contacts takes a number, or a CSV file: a HubSpot export, or any table with a job title column.
--state keeps sheet, contacts and store in a directory, so that the next start goes on where this one ended.`

func newDemo(p *process) *cobra.Command {
	d := &demo{process: p}
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   "See the whole loop on this machine, without any account",
		Long:    demoHelp,
		Example: "  rolecall demo\n  rolecall demo --contacts export.csv\n  rolecall demo --once --state ./demo",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return d.run(cmd.Context()) },
	}
	cmd.Flags().StringVar(&d.contacts, "contacts", "5000", "number of sample contacts, or a CSV file of contacts")
	cmd.Flags().StringVar(&d.state, "state", "", "directory that keeps the demo between starts (default: nothing is kept)")
	cmd.Flags().StringVar(&d.addr, "addr", "127.0.0.1:0", "address of the sheet; HubSpot takes the next port, and 0 takes free ones")
	cmd.Flags().BoolVar(&d.once, "once", false, "do one full pass, print a summary and end")
	cmd.Flags().DurationVar(&d.every, "every", 30*time.Second, "time between runs")
	cmd.Flags().DurationVar(&d.poll, "poll", 5*time.Second, "time between looks at the sheet")
	cmd.Flags().Float64Var(&d.people, "people", 0, "edits a second that invented people, imports and workflows make in HubSpot")
	cmd.Flags().Uint64Var(&d.seed, "seed", 1, "seed of the sample contacts")
	return cmd
}

func (d *demo) run(ctx context.Context) (err error) {
	c, err := d.config()
	if err != nil {
		return fmt.Errorf("%w\nThe demo does not start before it is sure that nothing real is configured", err)
	}
	if d.every <= 0 || d.poll <= 0 || d.people < 0 {
		return usage(errors.New("--every and --poll are lengths of time above zero, such as 30s, and --people is not below zero"))
	}
	if c.HasCredentials() {
		return withCode(exitConfig, errors.New("the demo does not start where real credentials are configured, so that nothing real can be touched: move credentials.json away, or unset ROLECALL_... in this shell"))
	}
	if d.state == "" {
		dir, err := os.MkdirTemp("", "rolecall-demo-")
		if err != nil {
			return fmt.Errorf("make a directory for the demo: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		d.state = dir
	}
	options := sandbox.Options{Addr: d.addr, StateDir: d.state, Seed: d.seed, PeopleRate: d.people, Token: demoToken}
	if n, err := strconv.Atoi(d.contacts); err == nil && (n < 0 || n > 2_000_000) {
		return usage(fmt.Errorf("--contacts %d: give a number from 0 to 2000000, or a file", n))
	} else if err == nil {
		options.Contacts = n
	} else {
		options.File = d.contacts
	}
	box, err := sandbox.Start(ctx, options)
	if err != nil {
		return d.unlessTold(ctx, err)
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	d.greet(box)
	return d.unlessTold(ctx, d.play(ctx, box))
}

const (
	demoToken   = "demo-token-of-the-sandbox"
	demoStarted = "demo_started"
)

// greet says what is what, before anything takes time.
func (d *demo) greet(box *sandbox.Sandbox) {
	fmt.Fprintln(d.stdout, "This is a demo: the sheet, HubSpot and the people in it are invented and live on this machine only.")
	if box.Loaded > 0 {
		fmt.Fprintf(d.stdout, "%d contacts are in the portal.\n", box.Loaded)
	}
	for i, f := range box.Faulty {
		if i == 20 {
			fmt.Fprintf(d.stderr, "and %d more lines\n", len(box.Faulty)-i)
			break
		}
		fmt.Fprintf(d.stderr, "contacts: %v\n", f)
	}
}

// play joins an app with the sandbox and runs once or as a daemon.
func (d *demo) play(ctx context.Context, box *sandbox.Sandbox) error {
	id, err := d.spreadsheet(ctx, box)
	if err != nil {
		return err
	}
	c := config.Config{
		SheetURL: id, SheetsEndpoint: box.SheetsURL + "/", Store: filepath.Join(d.state, "rolecall.db"),
		HubSpot: config.HubSpot{BaseURL: box.HubSpotURL, Version: "2026-09", Token: config.NewSecret(demoToken)}, Listen: "127.0.0.1:0", PollInterval: d.poll,
	}
	log := d.logger(config.Config{LogLevel: "warn"})
	bar := newSteps(d.stderr)
	defer bar.done()
	status := newStatus(c, log)
	a, err := open(ctx, c, log, openOptions{settleReviews: !d.once, progress: bar.step, metrics: status.metrics})
	if err != nil {
		return err
	}
	err = d.begin(ctx, a)
	if err == nil && d.once {
		err = d.pass(ctx, a, bar)
	} else if err == nil {
		err = d.live(ctx, a, box, id, bar, status, log)
	}
	return errors.Join(d.unlessTold(ctx, err), a.Close())
}

// unlessTold is err, but nil where the demo was told to end and was to run until then.
func (d *demo) unlessTold(ctx context.Context, err error) error {
	if d.once {
		return err
	}
	return unlessTold(ctx, err)
}

// begin lays the workbook out once and says yes to the first back-fill: in the demo nobody has anything to lose.
func (d *demo) begin(ctx context.Context, a *app) error {
	started, err := a.store.Setting(ctx, demoStarted)
	if err != nil || started != "" {
		return err
	}
	if err := layOut(ctx, d.stdout, a, func(book *workbook.Snapshot) { setSetting(book, "S-01", string(label.ModeApply)) }); err != nil {
		return err
	}
	if err := d.dropFirstTab(ctx, a.config); err != nil {
		return err
	}
	if err := a.store.SaveSetting(ctx, plan.BackfillSetting, plan.BackfillAccepted); err != nil {
		return err
	}
	return a.store.SaveSetting(ctx, demoStarted, now().Format(time.RFC3339))
}

// setSetting changes one row of the default Settings.
func setSetting(book *workbook.Snapshot, id, value string) {
	for _, row := range book.Tables[workbook.Settings].Rows {
		if row.ID == id {
			row.Cells["value"] = value
		}
	}
}

// pass does one run and sums it up.
func (d *demo) pass(ctx context.Context, a *app, bar *steps) error {
	begun := now()
	rep, err := a.one(ctx, label.ActionRun, label.RunChanged)
	bar.done()
	if err != nil {
		return err
	}
	tally, err := a.store.Tally(ctx)
	if err != nil {
		return err
	}
	open, err := a.store.OpenReviews(ctx)
	if err != nil {
		return err
	}
	message := rep.Message
	if message == "" {
		message = "Nothing to do: nothing has changed since the last pass."
	}
	unsure, spot := len(open), ""
	for _, row := range open {
		if row.Kind == label.ReviewSpotCheck {
			unsure--
		}
	}
	if unsure < len(open) {
		spot = fmt.Sprintf(", and %d spot checks", len(open)-unsure)
	}
	fmt.Fprintf(d.stdout, "contacts read     %d\nlabelled          %d of %d contacts\nin Review         %d contacts (%d titles%s)\nno job title      %d contacts\nwritten           %d contacts\nseconds           %.1f\n%s\n",
		rep.Read, tally.Labelled, tally.Contacts, tally.InReview, unsure, spot, tally.NoTitle, rep.Written, now().Sub(begun).Seconds(), message)
	return nil
}

// live runs the daemon until it is interrupted.
func (d *demo) live(ctx context.Context, a *app, box *sandbox.Sandbox, sheetID string, bar *steps, status *status, log zerolog.Logger) error {
	stop, err := status.serve(ctx, a)
	if err != nil {
		return err
	}
	preview, err := a.RunOnce(ctx, reconcile.Preview)
	bar.done()
	if err != nil {
		return errors.Join(err, stop())
	}
	fmt.Fprintf(d.stdout, "Preview: %s\n", preview.Message)
	d.invite(box, sheetID, status)
	daemon := &daemon{app: a, poll: d.poll, every: d.every, status: status, worked: func(rep plan.Report) {
		bar.done()
		if rep.Outcome != plan.Nothing {
			fmt.Fprintf(d.stdout, "%s  %s\n", now().Local().Format("15:04:05"), rep.Message)
		}
	}}
	err = daemon.loop(ctx)
	fmt.Fprintln(d.stdout, "The demo has ended.")
	return errors.Join(err, stop())
}

// invite says what to open and what to try.
func (d *demo) invite(box *sandbox.Sandbox, sheetID string, status *status) {
	fmt.Fprintf(d.stdout, `
Open in your browser:
  the sheet     %s/sheet/%s
  HubSpot       %s/contacts
  status page   %s

Four things to try:
  1. Review: pick a role and a seniority for a title. Within seconds the row says APPLIED, the answer stands in
     Corrections, and every contact with that title has the labels.
  2. HubSpot: open a contact and choose another role. rolecall leaves it alone and learns from it.
  3. Rules: add a row (Priority 1, Text "wizard", Set role "Marketing"), then tick Run now on Control.
  4. Roles: delete all rows. The run is held, says so on Control, and writes nothing. Put them back, or accept.

It looks at the sheet every %v and at HubSpot every %v. Ctrl-C ends it.
`, box.SheetsURL, sheetID, box.HubSpotURL, status.url(), d.poll, d.every)
}

// spreadsheet is the demo's sheet: the one that the state directory holds, else a new one.
func (d *demo) spreadsheet(ctx context.Context, box *sandbox.Sandbox) (string, error) {
	if ids := box.Sheets.IDs(); len(ids) > 0 {
		return ids[0], nil
	}
	answer, err := callSheet(ctx, box.SheetsURL+"/v4/spreadsheets", `{"properties":{"title":"rolecall demo"}}`)
	if err != nil {
		return "", fmt.Errorf("make the demo's sheet: %w", err)
	}
	defer answer.Body.Close()
	var made struct {
		SpreadsheetID string `json:"spreadsheetId"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil || made.SpreadsheetID == "" {
		return "", fmt.Errorf("make the demo's sheet: the sandbox answered %s", answer.Status)
	}
	return made.SpreadsheetID, nil
}

// dropFirstTab removes the empty tab that every new spreadsheet comes with. Only the demo does so: in a team's own sheet it is theirs.
func (d *demo) dropFirstTab(ctx context.Context, c config.Config) error {
	answer, err := callSheet(ctx, c.SheetsEndpoint+"v4/spreadsheets/"+c.SheetURL+":batchUpdate", `{"requests":[{"deleteSheet":{"sheetId":0}}]}`)
	if err != nil {
		return fmt.Errorf("tidy the demo's sheet: %w", err)
	}
	return answer.Body.Close()
}

// callSheet sends one request to the sandbox's sheets.
func callSheet(ctx context.Context, url, body string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	return (&http.Client{Transport: sandboxToken{http.DefaultTransport}}).Do(req)
}
