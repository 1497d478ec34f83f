package reconcile_test

import (
	"context"
	"strings"
	"testing"

	"rolecall/workbook"
)

func TestAcceptWaitsWhereNothingIsSuggested(t *testing.T) {
	h := newHouse(t, people("Gerente", "Directrice", "Vice President", "Manager of Stuff", "Prokuristin", "EVP"))
	h.sheet.fill(t) // the shipped examples: with a few of them the model is surer of nothing than it should be
	h.run(t)
	id := ""
	for _, row := range h.sheet.rows(workbook.Review) {
		if workbook.TextOf(row.Cells["suggested_role"]) == "" && strings.Contains(workbook.TextOf(row.Cells["why"]), "none of these") {
			id = row.ID
		}
	}
	if id == "" {
		t.Fatal("every question suggests a role: the test needs one that does not")
	}
	status := func() (status, message string) {
		t.Helper()
		if err := h.Poll(context.Background()); err != nil {
			t.Fatal(err)
		}
		for _, row := range h.sheet.rows(workbook.Review) {
			if row.ID == id {
				status, message = workbook.TextOf(row.Cells["status"]), workbook.TextOf(row.Cells["message"])
			}
		}
		return status, message
	}

	h.sheet.person(t, workbook.Review, "id", id, map[string]workbook.Cell{"decision": "accept"})
	got, message := status()
	if got != "WAITING" || !strings.Contains(message, "no role is suggested") {
		t.Errorf("accept of nothing: %s (%s), want WAITING and why", got, message)
	}
	if n := len(h.sheet.rows(workbook.Corrections)); n != 0 {
		t.Errorf("%d corrections, want none", n)
	}

	h.sheet.person(t, workbook.Review, "id", id, map[string]workbook.Cell{"correct_role": "none of these"})
	if got, message := status(); got != "APPLIED" {
		t.Errorf("accept with none of these for the role: %s (%s), want APPLIED", got, message)
	}
}
