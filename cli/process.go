package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"rolecall/config"
)

// process is what a command sees of its process: the streams, the environment and the settings' flags.
type process struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	configFile     string
	settings       *pflag.FlagSet
}

// shownSettings are the settings whose flags every command's help shows; the others are in "rolecall help settings".
func shownSettings(name string) bool {
	switch name {
	case "store", "log-level", "sheet-url":
		return true
	}
	return false
}

// addSettings gives root a persistent flag for every setting.
func (p *process) addSettings(root *cobra.Command) {
	root.PersistentFlags().StringVar(&p.configFile, "config", "", "settings file (default credentials.json, if it is there)")
	p.settings = pflag.NewFlagSet("settings", pflag.ContinueOnError)
	for _, f := range config.Flags() {
		p.settings.String(f.Name, f.Default, f.Usage)
		p.settings.Lookup(f.Name).Hidden = !shownSettings(f.Name)
	}
	root.PersistentFlags().AddFlagSet(p.settings)
}

// config reads the settings and says, all at once, what is wrong and which needs are not met.
func (p *process) config(needs ...config.Need) (config.Config, error) {
	given := map[string]string{}
	p.settings.VisitAll(func(f *pflag.Flag) {
		if f.Changed {
			given[f.Name] = f.Value.String()
		}
	})
	c, err := config.Load(config.Sources{File: p.configFile, Getenv: p.getenv, Flags: given})
	if err != nil {
		return c, err
	}
	return c, c.Require(needs...)
}

// logger writes to stderr: for people on a terminal, as JSON elsewhere, every known secret taken out.
func (p *process) logger(c config.Config) zerolog.Logger {
	level, err := zerolog.ParseLevel(c.LogLevel)
	if err != nil {
		level = zerolog.InfoLevel // config has checked it; this is for the zero Config of tests
	}
	out := config.Redact(p.stderr, c.Secrets()...)
	if c.LogFormat == "console" || c.LogFormat != "json" && isTerminal(p.stderr) {
		out = zerolog.ConsoleWriter{Out: out, TimeFormat: "15:04:05", NoColor: p.getenv("NO_COLOR") != "" || !isTerminal(p.stderr)}
	}
	return zerolog.New(out).Level(level).With().Timestamp().Logger()
}

// isTerminal says whether a person reads the stream.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// newSettingsTopic is "rolecall help settings".
func newSettingsTopic() *cobra.Command {
	topic := &cobra.Command{
		Use:   "settings",
		Short: "All settings, with their names in the file, the environment and on the command line",
		Example: `  rolecall help settings
  ROLECALL_LOG_LEVEL=debug rolecall check
  rolecall check --hubspot-token-file token.txt`,
		Args: cobra.NoArgs,
	}
	topic.SetHelpFunc(func(cmd *cobra.Command, _ []string) { _ = writeSettings(cmd.OutOrStdout()) })
	topic.RunE = func(cmd *cobra.Command, _ []string) error { return writeSettings(cmd.OutOrStdout()) }
	return topic
}

func writeSettings(out io.Writer) error {
	if _, err := fmt.Fprint(out, `A setting comes from its flag, else from the environment, else from credentials.json, else it has its default.
A secret may also stand in a file of its own: the variable that ends in _FILE and the flag that ends in -file take its
path. "rolecall config show --origin" prints what is in force and where it came from.

`); err != nil {
		return err
	}
	flags := config.Flags()
	for i, e := range (config.Config{}).Entries() {
		names := e.Env + "  --" + flags[i].Name
		if e.EnvFile != "" {
			names = e.Env + "  " + e.EnvFile + "  --" + flags[i].Name
		}
		if _, err := fmt.Fprintf(out, "%s\n    %s%s\n    %s\n", e.Key, e.Help, defaultText(flags[i].Default), names); err != nil {
			return err
		}
	}
	return nil
}

func defaultText(text string) string {
	if text == "" {
		return ""
	}
	return " (default " + text + ")"
}
