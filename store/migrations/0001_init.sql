-- Everything rolecall knows. STRICT: a text in a number's column is an error, not a surprise.

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each distinct title. Decisions are kept with the revision and the model that made them.
CREATE TABLE title (
  id       INTEGER PRIMARY KEY,
  key      TEXT NOT NULL UNIQUE,
  spelling TEXT NOT NULL,
  revision TEXT NOT NULL DEFAULT '',
  model    TEXT NOT NULL DEFAULT '',
  role_value TEXT NOT NULL DEFAULT '',  role_accepted INTEGER NOT NULL DEFAULT 0,  role_method TEXT NOT NULL DEFAULT '',
  role_confidence REAL NOT NULL DEFAULT 0,  role_second TEXT NOT NULL DEFAULT '',  role_second_confidence REAL NOT NULL DEFAULT 0,
  role_rule TEXT NOT NULL DEFAULT '',  role_why TEXT NOT NULL DEFAULT '',
  seniority_value TEXT NOT NULL DEFAULT '',  seniority_accepted INTEGER NOT NULL DEFAULT 0,  seniority_method TEXT NOT NULL DEFAULT '',
  seniority_confidence REAL NOT NULL DEFAULT 0,  seniority_second TEXT NOT NULL DEFAULT '',  seniority_second_confidence REAL NOT NULL DEFAULT 0,
  seniority_rule TEXT NOT NULL DEFAULT '',  seniority_why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX title_revision ON title (revision, model);

-- The mirror of HubSpot: no name, no e-mail.
CREATE TABLE contact (
  id          INTEGER PRIMARY KEY,
  title_id    INTEGER NOT NULL REFERENCES title (id),
  raw_title   TEXT,                       -- only where it differs from the title's spelling
  company     TEXT NOT NULL DEFAULT '',
  role        TEXT NOT NULL DEFAULT '',
  seniority   TEXT NOT NULL DEFAULT '',
  modified_ms INTEGER NOT NULL,
  archived    INTEGER NOT NULL DEFAULT 0,
  dirty       INTEGER NOT NULL DEFAULT 1  -- to be planned at the next run
) STRICT;
CREATE INDEX contact_title ON contact (title_id, archived);
CREATE INDEX contact_dirty ON contact (id) WHERE dirty = 1;
CREATE INDEX contact_labels ON contact (role, seniority) WHERE archived = 0;

-- What both sides last agreed on, per contact and axis.
CREATE TABLE base (
  contact_id    INTEGER NOT NULL,
  axis          INTEGER NOT NULL,
  value         TEXT NOT NULL,
  protected_key TEXT NOT NULL DEFAULT '', -- the machine leaves the cell alone while the contact has this title; an empty value holds only so long
  at_ms         INTEGER NOT NULL,
  PRIMARY KEY (contact_id, axis)
) STRICT, WITHOUT ROWID;

-- Contacts about which a person is asked, per axis: a conflict.
CREATE TABLE question (
  contact_id INTEGER NOT NULL,
  axis       INTEGER NOT NULL,
  title_id   INTEGER NOT NULL,
  ours       TEXT NOT NULL,
  theirs     TEXT NOT NULL,
  at_ms      INTEGER NOT NULL,
  PRIMARY KEY (contact_id, axis)
) STRICT, WITHOUT ROWID;
CREATE INDEX question_title ON question (title_id);

CREATE TABLE review (
  id         INTEGER PRIMARY KEY,
  title_id   INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  state      TEXT NOT NULL,
  contacts   INTEGER NOT NULL,
  first_ms   INTEGER NOT NULL,
  item       TEXT NOT NULL,              -- label.ReviewItem as JSON
  seen       TEXT NOT NULL DEFAULT '',   -- people's cells at the last poll, to see that a person has finished typing
  published  INTEGER NOT NULL DEFAULT 0, -- the row stands in the sheet
  correction INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX review_open ON review (title_id) WHERE state IN ('OPEN', 'WAITING', 'HELD', 'ERROR', 'SKIPPED');
CREATE INDEX review_state ON review (state, published);

CREATE TABLE correction (
  id         INTEGER PRIMARY KEY,
  revision   INTEGER NOT NULL DEFAULT 1,
  title      TEXT NOT NULL,
  title_key  TEXT NOT NULL,
  role_given INTEGER NOT NULL,  role TEXT NOT NULL,
  seniority_given INTEGER NOT NULL,  seniority TEXT NOT NULL,
  scope      TEXT NOT NULL,
  contact_id TEXT NOT NULL DEFAULT '',
  source     TEXT NOT NULL,
  source_id  TEXT NOT NULL DEFAULT '',
  author     TEXT NOT NULL DEFAULT '',
  at_ms      INTEGER NOT NULL,
  note       TEXT NOT NULL DEFAULT '',
  active     INTEGER NOT NULL DEFAULT 1,
  replaced_by INTEGER NOT NULL DEFAULT 0, -- a later answer for the same title has its own row
  published  INTEGER NOT NULL DEFAULT 0   -- 1: its row stands in the sheet; 2: archived, in force without a row
) STRICT;
CREATE INDEX correction_key ON correction (title_key) WHERE active = 1;
CREATE INDEX correction_contact ON correction (contact_id) WHERE contact_id <> '';

-- Every revision of every correction, append-only.
CREATE TABLE correction_history (
  id INTEGER PRIMARY KEY, correction_id INTEGER NOT NULL, revision INTEGER NOT NULL, content TEXT NOT NULL, at_ms INTEGER NOT NULL
) STRICT;

-- People's edits in HubSpot, by contact: what the title may learn.
CREATE TABLE lesson (
  contact_id INTEGER NOT NULL, axis INTEGER NOT NULL, title_key TEXT NOT NULL, value TEXT NOT NULL, author TEXT NOT NULL, at_ms INTEGER NOT NULL,
  PRIMARY KEY (contact_id, axis)
) STRICT, WITHOUT ROWID;
CREATE INDEX lesson_key ON lesson (title_key);

-- Written before each call. A row in flight is read back before anything is sent again.
CREATE TABLE outbox (
  id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: HubSpot is told it as the write's trace
  run_id     INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  title_key  TEXT NOT NULL,
  role_want  TEXT,  role_before TEXT NOT NULL DEFAULT '',  role_base TEXT,  role_base_protected INTEGER NOT NULL DEFAULT 0,
  seniority_want TEXT,  seniority_before TEXT NOT NULL DEFAULT '',  seniority_base TEXT,  seniority_base_protected INTEGER NOT NULL DEFAULT 0,
  confidence REAL, source TEXT,
  reason     TEXT NOT NULL DEFAULT '',
  undo       INTEGER NOT NULL DEFAULT 0,
  state      TEXT NOT NULL,              -- pending, inflight, refused
  attempts   INTEGER NOT NULL DEFAULT 0,
  next_ms    INTEGER NOT NULL DEFAULT 0,
  code       TEXT NOT NULL DEFAULT '',  message TEXT NOT NULL DEFAULT '',  mend TEXT NOT NULL DEFAULT '',
  at_ms      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX outbox_contact ON outbox (contact_id);
CREATE INDEX outbox_state ON outbox (state);

-- What reached HubSpot: undo, "why", accuracy over time.
CREATE TABLE journal (
  run_id INTEGER NOT NULL, contact_id INTEGER NOT NULL, axis INTEGER NOT NULL,
  before TEXT NOT NULL, after TEXT NOT NULL,
  base_known INTEGER NOT NULL, base TEXT NOT NULL, base_protected INTEGER NOT NULL,
  reason TEXT NOT NULL, at_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, contact_id, axis)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_contact ON journal (contact_id);

CREATE TABLE undo_hold (
  contact_id INTEGER NOT NULL, axis INTEGER NOT NULL, revision TEXT NOT NULL, PRIMARY KEY (contact_id, axis)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, started_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL DEFAULT 0,
  outcome TEXT NOT NULL DEFAULT '', report TEXT NOT NULL DEFAULT '{}', undone INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE request (
  id INTEGER PRIMARY KEY, action TEXT NOT NULL, scope TEXT NOT NULL, source TEXT NOT NULL,
  requested_ms INTEGER NOT NULL, started_ms INTEGER NOT NULL DEFAULT 0, finished_ms INTEGER NOT NULL DEFAULT 0, result TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX request_open ON request (action) WHERE started_ms = 0;

-- People's cells as last seen, and every change of one, append-only.
CREATE TABLE sheet_cell (
  tab TEXT NOT NULL, row_id TEXT NOT NULL, col TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (tab, row_id, col)
) STRICT, WITHOUT ROWID;
CREATE TABLE sheet_edit (
  id INTEGER PRIMARY KEY, tab TEXT NOT NULL, row_id TEXT NOT NULL, col TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, seen_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sheet_edit_row ON sheet_edit (tab, row_id);

-- What we last wrote into our cells of each row, so that nothing is written twice.
CREATE TABLE sheet_row (
  tab TEXT NOT NULL, row_id TEXT NOT NULL, written TEXT NOT NULL, PRIMARY KEY (tab, row_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE vector (
  model TEXT NOT NULL, text TEXT NOT NULL, vec BLOB NOT NULL, PRIMARY KEY (model, text)
) STRICT, WITHOUT ROWID;

-- Measurements over time: (series, at) -> value, for charts.
CREATE TABLE measure (
  series TEXT NOT NULL, at_ms INTEGER NOT NULL, value REAL NOT NULL, PRIMARY KEY (series, at_ms)
) STRICT, WITHOUT ROWID;
