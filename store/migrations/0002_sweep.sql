-- The number of the last sweep that saw the contact: one that no list shows any more was deleted for good.
ALTER TABLE contact ADD COLUMN sweep INTEGER NOT NULL DEFAULT 0;
