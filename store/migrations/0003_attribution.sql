-- Whose decision a label is that rolecall did not write, where HubSpot has still to be told: plan.Hand of the role in the two
-- lowest bits, of the seniority in the next two.
ALTER TABLE contact ADD COLUMN attribution INTEGER NOT NULL DEFAULT 0;
