package workbook

// The layouts of the tabs that people work in and read: what to do, what to answer, what happened.

func controlLayout() Layout {
	return Layout{Tab: Control, Title: "Control", Rows: 60, Color: "#e69138",
		Purpose: "Start here: tick a box, and rolecall does it within a minute.",
		Columns: []Column{
			idColumn("action_id", "Action ID", "rolecall knows the row by this ID. Leave it alone."),
			ours(Text, "action", "Action", 160, "What rolecall can do for you."),
			people(Tick, "request", "Request", 70, "Tick to ask for it. rolecall takes the tick away when it has taken the request; a tick during a run is the next request."),
			choice("scope", "Scope", 110, "How much of HubSpot the action looks at. changed: contacts that changed since the last run. review only: contacts with an answered question. all: every contact. sample 100: a hundred contacts, for a first look. Blank: changed.", Scopes()...),
			ours(Text, "status", "Status", 95, "REQUESTED, RUNNING, DONE, HELD (nothing was written: Result says why, and what to do) or ERROR."),
			ours(Instant, "requested_at", "Requested at", 135, "When rolecall took the request."),
			ours(Instant, "finished_at", "Finished at", 135, "When it was done."),
			ours(LongText, "result", "Result", 440, "What came of it, in plain words."),
		}}
}

func reviewLayout() Layout {
	return Layout{Tab: Review, Title: "Review", Rows: 2200, Color: "#e69138",
		Purpose: "Titles that rolecall is not sure about, the biggest effect first. One answer settles every contact with the title.",
		Columns: []Column{
			idColumn("review_id", "Review ID", "rolecall knows the question by this ID. Leave it alone; sort whole rows, or better use the filter views."),
			choice("decision", "Decision", 110, "accept: the suggestion is right. fix: it is wrong, pick what is right beside it (picking alone is enough). skip: ask me later. none of these: no label fits. not a person: the contact is no person, such as info@. Fill down to answer many rows at once.", Decisions()...),
			people(RoleName, "correct_role", "Correct role", 170, "The right role, when the suggestion is wrong."),
			people(LevelName, "correct_seniority", "Correct seniority", 135, "The right seniority, when the suggestion is wrong."),
			people(LongText, "reviewer_note", "Reviewer note", 120, "A note for your colleagues. It goes into the correction."),
			ours(Text, "title", "Job title", 230, "The title as most contacts write it."),
			ours(Text, "company", "Company", 120, "The company of one of the contacts, as a hint."),
			ours(Text, "kind", "Kind", 80, "unsure: rolecall does not know. conflict: HubSpot says something else. spot check: labelled already, picked at random so that quality can be measured. lesson: somebody edited a contact in HubSpot; shall it hold for the title?"),
			ours(Text, "suggested_role", "Suggested role", 160, "rolecall's best guess."),
			ours(Percent, "role_confidence", "Role confidence", 95, "Of guesses with 90 %, nine in ten are right."),
			ours(Text, "suggested_seniority", "Suggested seniority", 120, "rolecall's best guess."),
			ours(Percent, "seniority_confidence", "Seniority confidence", 95, "Of guesses with 90 %, nine in ten are right."),
			ours(Text, "hubspot_now", "In HubSpot now", 180, "What HubSpot shows on these contacts, where that differs from the suggestion."),
			ours(LongText, "why", "Why", 480, "The rule, or the closest labelled titles and who labelled them."),
			ours(Text, "runner_up", "Runner-up", 180, "The second best guess."),
			ours(LongText, "similar", "Similar titles", 420, "Labelled titles that look most like this one."),
			ours(Number, "contacts", "Contacts affected", 80, "How many contacts your answer changes."),
			ours(Text, "status", "Status", 100, "OPEN, WAITING (the answer is half made), APPLIED, SKIPPED, HELD, CLOSED (no longer a question) or ERROR."),
			ours(LongText, "message", "Message", 300, "What became of your answer, or what is missing from it."),
			ours(Instant, "first_seen", "First seen", 140, "When the question first came up."),
		}}
}

func tryLayout() Layout {
	return Layout{Tab: Try, Title: "Try", Rows: 1000, Color: "#e69138",
		Purpose: "Paste up to 1,000 job titles into the green column and see within a minute how rolecall labels them. HubSpot is not touched.",
		Columns: []Column{
			idColumn("try_id", "Try ID", idNote),
			people(Text, "title", "Job title", 320, "Paste or type job titles here."),
			ours(Text, "role", "Role", 210, "The role that rolecall would give; in brackets when it is not sure enough to give it."),
			ours(Percent, "role_confidence", "Role confidence", 95, "Of guesses with 90 %, nine in ten are right."),
			ours(Text, "seniority", "Seniority", 140, "The seniority that rolecall would give; in brackets when it is not sure enough to give it."),
			ours(Percent, "seniority_confidence", "Seniority confidence", 95, "Of guesses with 90 %, nine in ten are right."),
			ours(LongText, "why", "Why", 380, "What decided."),
			people(RoleName, "correct_role", "Correct role", 190, "Wrong? Pick the right role: it becomes a correction for this title."),
			people(LevelName, "correct_seniority", "Correct seniority", 150, "Wrong? Pick the right seniority: it becomes a correction for this title."),
			ours(LongText, "status", "Status", 260, "What became of the row."),
		}}
}

func previewLayout() Layout {
	return Layout{Tab: Preview, Title: "Preview", Rows: 700, Color: "#999999",
		Purpose: "What the next run would change in HubSpot, from the last Preview. Nothing has been written yet.",
		Columns: []Column{
			idColumn("preview_id", "Preview ID", "The line's number in this preview. rolecall knows the line by it."),
			ours(LongText, "group", "Change", 320, "What changes, for how many contacts and why; the rows below it are samples."),
			ours(Text, "contact_id", "Contact ID", 120, "HubSpot's Record ID."),
			ours(Text, "title", "Job title", 280, "The contact's job title."),
			ours(Text, "role_now", "Role now", 180, "What HubSpot shows now."),
			ours(Text, "role_after", "Role after", 180, "What it would show."),
			ours(Text, "seniority_now", "Seniority now", 140, "What HubSpot shows now."),
			ours(Text, "seniority_after", "Seniority after", 140, "What it would show."),
			ours(LongText, "why", "Why", 360, "What decides."),
			ours(Number, "count", "Contacts", 90, "Contacts in this group."),
		}}
}

func runsLayout() Layout {
	return Layout{Tab: Runs, Title: "Runs", Rows: 1100, Color: "#999999",
		Purpose: "What rolecall did and when, newest last. The last 1,000 runs stay here.",
		Columns: []Column{
			idColumn("run_id", "Run ID", "The run's number; undo asks for it."),
			ours(Text, "kind", "Kind", 80, "run, preview, retrain, undo or check."),
			ours(Instant, "started", "Started", 140, "When it began."),
			ours(Number, "seconds", "Seconds", 80, "How long it took."),
			ours(Text, "outcome", "Outcome", 120, "DONE, NOTHING TO DO, PARTIAL (HubSpot refused some contacts), HELD or FAILED."),
			ours(Number, "read", "Contacts read", 100, "Contacts looked at."),
			ours(Number, "changed", "Contacts changed", 110, "Contacts whose labels were written."),
			ours(Number, "to_review", "To review", 90, "New questions in the Review tab."),
			ours(Number, "corrections_used", "Corrections used", 110, "Corrections in force."),
			ours(Percent, "accept_rate", "Accept rate", 90, "Share of answered questions whose suggestion was accepted."),
			ours(Percent, "accuracy_role", "Role accuracy", 100, "Measured on labelled titles that the model had not seen."),
			ours(Percent, "accuracy_seniority", "Seniority accuracy", 110, "Measured on labelled titles that the model had not seen."),
			ours(Text, "model", "Model", 160, "The model in use."),
			ours(Number, "rows_with_errors", "Rows with errors", 110, "Rows of this workbook that were left out."),
			ours(LongText, "message", "Message", 480, "What happened, in plain words."),
		}}
}

func qualityLayout() Layout {
	return Layout{Tab: Quality, Title: "Quality", Rows: 700, Color: "#999999",
		Purpose: "How good the labels are, measured on the spot checks that people answered, and what would make them better.",
		Columns: []Column{
			idColumn("quality_id", "Quality ID", "rolecall knows the line by this ID. Leave it alone."),
			ours(Text, "section", "Section", 100, "figure: one label. suggestion: something to do, with a tick box. history: the figures over time."),
			people(Tick, "accept", "Accept", 70, "Tick a suggestion to have it done: a suggested rule is then added to the Rules tab."),
			ours(Text, "axis", "Axis", 90, "role or seniority."),
			ours(Text, "label", "Label", 200, "The role or seniority."),
			ours(Number, "contacts", "Contacts", 90, "Contacts that have it now."),
			ours(Number, "reviewed", "Reviewed", 90, "Spot checks of this label that were answered."),
			ours(Number, "agreed", "Agreed", 90, "Spot checks in which the person agreed."),
			ours(Percent, "precision", "Precision", 90, "The share that is right."),
			ours(Percent, "low", "At least", 80, "The true share is between this ..."),
			ours(Percent, "high", "At most", 80, "... and this, 95 times in 100."),
			ours(Text, "confused_with", "Confused with", 200, "What it was instead, most often."),
			ours(LongText, "suggestion", "Suggestion", 460, "What rolecall would do."),
			ours(LongText, "status", "Status", 200, "What became of it."),
		}}
}
