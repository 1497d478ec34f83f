-- The number of the last sweep that saw the contact: one that no list shows any more was deleted for good.
ALTER TABLE contact ADD COLUMN sweep INTEGER NOT NULL DEFAULT 0;

-- Which labels (1: role, 2: seniority) changed in HubSpot since the last plan looked: an edit away and back again ends
-- where it began, and is an edit all the same.
ALTER TABLE contact ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;
