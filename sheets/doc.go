// Package sheets keeps the workbook in a Google Sheet.
//
// A sheet has no conditional write, and people sort, insert and move things while we write. Two ideas make that safe (docs/decisions/0011):
//
//   - Columns are addressed by their developer metadata, within the same call that reads or writes them. A column that somebody moves between
//     our read and our write takes its metadata along, so no value of ours can land in a column of people's.
//   - Rows are checked by state, not by position. Write reads the IDs, writes, reads again and compares, for every row, what stands beside the
//     ID with what should stand there: the new value for the rows it meant, the old one for all others. What a sort has mixed up in the
//     moment between is put right, and only our own columns can have been mixed up.
//
// The reading order: open.go (how one gets a Sheet), structure.go (where the columns are), read.go, write.go and state.go (the protocol above),
// lay*.go (building and re-laying the tabs), transport.go (retries, pace), auth*.go (credentials), errors.go (what to do about a refusal).
package sheets
