package gsheet

import (
	"fmt"
	"sort"
)

// request carries out one kind of request of a batch on a copy of the book and gives the reply's content, nil for an
// empty reply. An error discards the copy, and so the whole batch.
type request func(b *book, req object) (object, error)

// requests lists the kinds that batchUpdate knows, by the name of their field in the Request message.
func requests() map[string]request {
	return map[string]request{
		// tabs.go
		"addSheet": addSheet, "deleteSheet": deleteSheet, "duplicateSheet": duplicateSheet,
		"updateSheetProperties": updateSheetProperties, "updateSpreadsheetProperties": updateSpreadsheetProperties,
		// cells.go
		"updateCells": updateCells, "repeatCell": repeatCell, "appendCells": appendCells, "updateBorders": updateBorders,
		"mergeCells": mergeCells, "unmergeCells": unmergeCells, "setDataValidation": setDataValidation,
		// edits.go
		"findReplace": findReplace, "sortRange": sortRange, "copyPaste": copyPaste, "cutPaste": cutPaste,
		"deleteDuplicates": deleteDuplicates,
		// texts.go
		"trimWhitespace": trimWhitespace, "pasteData": pasteData, "textToColumns": textToColumns,
		// dimensions.go
		"appendDimension": appendDimension, "insertDimension": insertDimension, "deleteDimension": deleteDimension,
		"moveDimension": moveDimension, "autoResizeDimensions": autoResizeDimensions, "updateDimensionProperties": updateDimensionProperties,
		"insertRange": insertRange, "deleteRange": deleteRange,
		"addDimensionGroup": addDimensionGroup, "deleteDimensionGroup": deleteDimensionGroup, "updateDimensionGroup": updateDimensionGroup,
		// objects.go
		"addConditionalFormatRule": addConditionalFormatRule, "updateConditionalFormatRule": updateConditionalFormatRule,
		"deleteConditionalFormatRule": deleteConditionalFormatRule, "addProtectedRange": addProtectedRange,
		"updateProtectedRange": updateProtectedRange, "deleteProtectedRange": deleteProtectedRange,
		"addNamedRange": addNamedRange, "updateNamedRange": updateNamedRange, "deleteNamedRange": deleteNamedRange,
		"addFilterView": addFilterView, "updateFilterView": updateFilterView, "deleteFilterView": deleteFilterView,
		"duplicateFilterView": duplicateFilterView, "setBasicFilter": setBasicFilter, "clearBasicFilter": clearBasicFilter,
		// overlays.go
		"addBanding": addBanding, "updateBanding": updateBanding, "deleteBanding": deleteBanding,
		"addChart": addChart, "updateChartSpec": updateChartSpec, "deleteEmbeddedObject": deleteEmbeddedObject,
		"updateEmbeddedObjectPosition": updateEmbeddedObjectPosition,
		// metadata.go
		"createDeveloperMetadata": createDeveloperMetadata, "updateDeveloperMetadata": updateDeveloperMetadata,
		"deleteDeveloperMetadata": deleteDeveloperMetadata,
	}
}

// batchUpdate applies all requests or none.
func (s *Server) batchUpdate(c *call, b *book) (object, error) {
	c.kinds = kindsOf(c.body)
	req, err := s.message(c, "BatchUpdateSpreadsheetRequest", "")
	if err != nil {
		return nil, err
	}
	items := objects(list(req, "requests"))
	if len(items) == 0 {
		return nil, invalid("Must specify at least one request.")
	}
	next := b.clone()
	replies, err := next.applyAll(items)
	if err != nil {
		return nil, err
	}
	answer := object{"spreadsheetId": b.id, "replies": replies}
	if boolean(req, "includeSpreadsheetInResponse") {
		v := view{grid: boolean(req, "responseIncludeGridData")}
		if c.fields != nil {
			m, bad := s.sc.resolve("BatchUpdateSpreadsheetResponse", c.fields, true)
			if bad != "" {
				return nil, fieldsFault(bad)
			}
			v.fields = maskBelow(m, "updatedSpreadsheet")
			v.grid = v.fields.has("sheets") && maskBelow(v.fields, "sheets").has("data")
		}
		for _, text := range list(req, "responseRanges") {
			sel, err := next.find(text.(string))
			if err != nil {
				return nil, err
			}
			if sel.a, err = sel.inGrid(); err != nil {
				return nil, err
			}
			v.ranges = append(v.ranges, sel)
		}
		answer["updatedSpreadsheet"] = next.json(v)
	}
	s.commit(next)
	return answer, nil
}

// applyAll carries out requests in order on this copy and gives one reply for each.
func (b *book) applyAll(items []object) ([]any, error) {
	known := requests()
	replies := make([]any, 0, len(items))
	for i, item := range items {
		if len(item) != 1 {
			return nil, invalid("Invalid requests[%d]: exactly one kind of request must be set, found %d.", i, len(item))
		}
		kind := sortedKeys(item)[0]
		f := known[kind]
		if f == nil {
			return nil, &apiError{code: 501, status: "UNIMPLEMENTED", message: fmt.Sprintf("Invalid requests[%d].%s: the sandbox does not know this request.", i, kind)}
		}
		reply, err := f(b, sub(item, kind))
		if err != nil {
			return nil, invalid("Invalid requests[%d].%s: %s", i, kind, reason(err))
		}
		if reply == nil {
			replies = append(replies, object{})
			continue
		}
		replies = append(replies, b.sc.finish("Response", object{kind: reply}))
	}
	return replies, nil
}

// kindsOf names the requests of a batch with their number, for the log.
func kindsOf(body any) []string {
	o, _ := body.(object)
	counts := map[string]int{}
	for _, item := range objects(list(o, "requests")) {
		for k := range item {
			counts[k]++
		}
	}
	kinds := make([]string, 0, len(counts))
	for k, n := range counts {
		if n > 1 {
			k = fmt.Sprintf("%s x%d", k, n)
		}
		kinds = append(kinds, k)
	}
	sort.Strings(kinds)
	return append([]string{"batchUpdate"}, kinds...)
}
