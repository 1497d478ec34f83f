package reconcile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"rolecall/plan"
)

// Alert is what is posted to the Settings' alert address, as JSON. Text alone makes a message in the chat programs that
// take such posts. It holds counts and reasons, never a title or a name.
type Alert struct {
	Text  string    `json:"text"`
	Kind  AlertKind `json:"kind"`
	RunID string    `json:"run_id"`
	At    time.Time `json:"at"`
}

// AlertKind says what an alert is about.
type AlertKind string

// The kinds. A resolved alert follows each of the others, once, when a run goes through again.
const (
	AlertHeld     AlertKind = "held"
	AlertFailed   AlertKind = "failed"
	AlertResolved AlertKind = "resolved"
)

// failuresBefore is how many runs in a row fail before somebody is told: the first two may be HubSpot's bad minute.
const failuresBefore = 3

// settingAlert keeps an alarm between runs and starts.
const settingAlert = "alert"

// alarm is what an alert address has been told, and how many runs have failed in a row.
type alarm struct {
	Failures int       `json:"failures"`
	Told     AlertKind `json:"told"`
}

// after is the alarm after a run, and what is to be told now ("" for nothing).
//
//	| the run            | told before | then                               |
//	|--------------------|-------------|------------------------------------|
//	| held, apply mode   | not held    | held                               |
//	| failed             | not failed  | failed, from the third in a row on |
//	| went through       | something   | resolved                           |
//	| anything else      |             | nothing                            |
func (a alarm) after(rep plan.Report) (alarm, AlertKind) {
	switch {
	case rep.Outcome == plan.Failed:
		a.Failures++
		if a.Failures >= failuresBefore && a.Told != AlertFailed {
			a.Told = AlertFailed
			return a, AlertFailed
		}
	case rep.Outcome == plan.Held && rep.Mode == Apply.String():
		a.Failures = 0
		if a.Told != AlertHeld {
			a.Told = AlertHeld
			return a, AlertHeld
		}
	case rep.Outcome == plan.Held: // nothing would be written anyhow
		a.Failures = 0
	default:
		told := a.Told
		a = alarm{}
		if told != "" {
			return a, AlertResolved
		}
	}
	return a, ""
}

// alert tells the Settings' address when a run is held, fails for the third time, or goes through again. What cannot be
// told is told after the next run.
func (r *Reconciler) alert(ctx context.Context, rep plan.Report) {
	view, ok := r.View()
	if !ok || view.Settings.AlertAddress == "" || r.Alert == nil || rep.Kind != "run" {
		return
	}
	if err := r.tell(ctx, view.Settings.AlertAddress, rep); err != nil {
		r.Log.Warn().Err(err).Str("run_id", rep.RunID).Msg("post an alert")
	}
}

func (r *Reconciler) tell(ctx context.Context, address string, rep plan.Report) error {
	raw, err := r.State.Setting(ctx, settingAlert)
	if err != nil {
		return err
	}
	var before alarm
	if raw != "" {
		if err := json.Unmarshal([]byte(raw), &before); err != nil {
			return fmt.Errorf("read what was alerted: %w", err)
		}
	}
	now, kind := before.after(rep)
	if now == before {
		return nil
	}
	if kind != "" {
		if err := r.Alert(ctx, address, Alert{Text: alertText(kind, rep), Kind: kind, RunID: rep.RunID, At: r.Now()}); err != nil {
			now.Told = before.Told
			return errors.Join(err, r.keepAlarm(ctx, now))
		}
	}
	return r.keepAlarm(ctx, now)
}

func (r *Reconciler) keepAlarm(ctx context.Context, a alarm) error {
	raw, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("keep what was alerted: %w", err)
	}
	return r.State.SaveSetting(ctx, settingAlert, string(raw))
}

func alertText(kind AlertKind, rep plan.Report) string {
	switch kind {
	case AlertHeld:
		return fmt.Sprintf("rolecall %s: %s", rep.RunID, rep.Message)
	case AlertFailed:
		return fmt.Sprintf("rolecall %s: the third run in a row has failed: %s", rep.RunID, rep.Message)
	}
	return fmt.Sprintf("rolecall %s: all is well again. %s", rep.RunID, rep.Message)
}
