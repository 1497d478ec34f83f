package cli

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rs/zerolog"

	"rolecall/classifier"
	"rolecall/config"
	"rolecall/embedding"
	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/reconcile"
	"rolecall/store"
)

// app is a running rolecall: its parts, joined.
type app struct {
	config config.Config
	log    zerolog.Logger
	store  *store.Store
	crm    *hubspot.CRM
	sheet  reconcile.ControlPlane
	*reconcile.Reconciler
}

// openOptions say how an app differs from the ordinary.
type openOptions struct {
	// dir is a directory of CSV files in the place of the sheet.
	dir string
	// settleReviews lets an answer in Review count only once it has stood for one more reading.
	settleReviews bool
	progress      func(step string, done int)
	// tries is how often HubSpot and Google are asked when they are in trouble; 0 is the clients' own number.
	tries   int
	metrics metrics
	// readOnly: nothing is changed, so that where a running rolecall holds the store a copy of it does.
	readOnly bool
}

// fewTries is for commands at which a person waits.
const fewTries = 2

// metrics counts what happens in every part.
type metrics interface {
	reconcile.Metrics
	hubspot.Metrics
}

// open joins the parts of an app. Close it in any case.
func open(ctx context.Context, c config.Config, log zerolog.Logger, opts openOptions) (*app, error) {
	a := &app{config: c, log: log}
	if err := a.open(ctx, opts); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *app) open(ctx context.Context, opts openOptions) (err error) {
	if a.store, err = store.Open(ctx, a.config.Store); err != nil {
		return openingFault(err)
	}
	if a.crm, err = openHubSpot(ctx, a.config, a.store, a.log, opts); err != nil {
		return err
	}
	if a.sheet, err = openSheet(ctx, a.config, opts.dir, opts.tries, a.log); err != nil {
		return err
	}
	builtIn, err := embedding.NewStatic()
	if err != nil {
		return fmt.Errorf("read the title model in the program: %w", err)
	}
	fitter := &reconcile.ClassifierFitter{
		BuiltIn: builtIn, Options: classifier.Options{Seed: 1, Cache: a.store}, State: a.store, Now: now,
		Chosen: func(name string) (embedding.Embedder, error) { return settingsEmbedder(name, a.config, a.store) },
		Away: func(name string, err error) {
			a.log.Warn().Str("embedder", name).Err(err).Msg("the chosen embedder does not answer, the built-in one stands in")
		},
	}
	o := reconcile.Options{Sheet: a.sheet, CRM: a.crm, State: a.store, Fitter: fitter, Now: now, Log: a.log, Settle: opts.settleReviews, Progress: opts.progress,
		GlanceEvery: time.Minute, Alert: newAlerts().post}
	if opts.metrics != nil {
		o.Metrics = opts.metrics
	}
	a.Reconciler = reconcile.New(o)
	return nil
}

// openingFault gives the exit code of a store that cannot be opened, where the error has none of its own.
func openingFault(err error) error {
	if exitCode(err) != exitFailure {
		return err
	}
	return withCode(exitIO, err)
}

// Close closes what is open.
func (a *app) Close() error {
	if a.store == nil {
		return nil
	}
	return a.store.Close()
}

func now() time.Time { return time.Now().UTC() }

// openHubSpot makes the CRM that the settings describe. The settings of the sheet about limits are not known yet; the
// half of the limits that is the default is left to the portal's other apps.
func openHubSpot(ctx context.Context, c config.Config, s *store.Store, log zerolog.Logger, opts openOptions) (*hubspot.CRM, error) {
	source, err := s.Setting(ctx, settingSource)
	if err != nil {
		return nil, err
	}
	auth := hubspot.Static(hubspot.NewSecret(c.HubSpot.Token.Reveal()))
	if !c.HubSpot.Token.IsSet() {
		auth, err = hubspot.OAuth(hubspot.OAuthOptions{
			BaseURL: c.HubSpot.BaseURL, Version: hubspot.Version(c.HubSpot.Version), ClientID: c.HubSpot.OAuthClientID,
			ClientSecret: hubspot.NewSecret(c.HubSpot.OAuthClientSecret.Reveal()), RefreshToken: hubspot.NewSecret(c.HubSpot.OAuthRefreshToken.Reveal()), File: c.HubSpot.OAuthTokenFile,
		})
		if err != nil {
			return nil, withCode(exitConfig, err)
		}
	}
	o := hubspot.Options{
		BaseURL: c.HubSpot.BaseURL, Version: hubspot.Version(c.HubSpot.Version), Auth: auth, Rand: rand.Float64, Log: log,
		Share: label.DefaultSettings().ShareOfLimits, KnownSource: source,
		OnSource: func(source string) {
			if err := s.SaveSetting(context.WithoutCancel(ctx), settingSource, source); err != nil {
				log.Warn().Err(err).Msg("keep who we are in HubSpot's history")
			}
		},
		Journal: func(id label.ContactID, a label.Axis) (label.Value, time.Time, bool) {
			value, at, ok, err := s.LastWrite(ctx, id, a)
			if err != nil {
				log.Warn().Err(err).Msg("read the journal")
			}
			return value, at, ok && err == nil
		},
	}
	o.Limits.Tries = opts.tries
	if opts.metrics != nil {
		o.Metrics = opts.metrics
	}
	crm, err := hubspot.New(o)
	return crm, withCode(exitConfig, err)
}

// settingSource keeps under which source HubSpot files our writes.
const settingSource = "hubspot_source"

// settingsEmbedder makes the embedder that the Settings tab names. Vectors are kept in the store.
func settingsEmbedder(name string, c config.Config, s *store.Store) (embedding.Embedder, error) {
	model, err := parseLanguageModel(name)
	if err != nil {
		return nil, err
	}
	return model.embedder(c, embedding.NewByteCache(s))
}
