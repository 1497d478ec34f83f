package hubspot

import (
	"encoding/json"
	"sort"
	"strings"
)

// The shapes of HubSpot's JSON. All fields are treated as optional, and values are taken in whatever
// JSON type they come (see text): a stranger's answer must not be able to stop a read.

// record is a contact in an answer.
type record struct {
	ID         text                 `json:"id"`
	Properties map[string]text      `json:"properties"`
	History    map[string][]version `json:"propertiesWithHistory"`
	UpdatedAt  instant              `json:"updatedAt"`
	Archived   bool                 `json:"archived"`
	TraceID    text                 `json:"objectWriteTraceId"`
}

// version is one entry of a property's history.
type version struct {
	Value       text    `json:"value"`
	Timestamp   instant `json:"timestamp"`
	SourceType  text    `json:"sourceType"`
	SourceID    text    `json:"sourceId"`
	SourceLabel text    `json:"sourceLabel"`
	UserID      text    `json:"updatedByUserId"`
}

// records is the answer of list, search, batch read and batch update.
type records struct {
	Total   *int       `json:"total"`
	Results []record   `json:"results"`
	Errors  []envelope `json:"errors"`
	// NumErrors is read only to notice errors that are counted and not named.
	NumErrors int `json:"numErrors"`
	Paging    struct {
		Next struct {
			After text `json:"after"`
		} `json:"next"`
	} `json:"paging"`
}

// envelope is HubSpot's error: the body of a 4xx, and an element of errors[] on a 2xx.
type envelope struct {
	Status        text       `json:"status"`
	Message       text       `json:"message"`
	CorrelationID text       `json:"correlationId"`
	Category      text       `json:"category"`
	SubCategory   text       `json:"subCategory"`
	Code          text       `json:"code"`
	In            text       `json:"in"`
	ErrorType     text       `json:"errorType"`
	PolicyName    text       `json:"policyName"`
	Context       details    `json:"context"`
	Errors        []envelope `json:"errors"`
	// OAuth's own form, RFC 6749 section 5.2.
	OAuthError       text `json:"error"`
	OAuthDescription text `json:"error_description"`
}

// details is an error's context: lists of text by name, whatever HubSpot put in.
type details map[string][]string

// UnmarshalJSON takes lists and single values, and drops what is neither.
func (d *details) UnmarshalJSON(raw []byte) error {
	var any map[string]json.RawMessage
	if err := json.Unmarshal(raw, &any); err != nil {
		*d = nil
		return nil
	}
	*d = details{}
	for name, value := range any {
		var list []text
		if err := json.Unmarshal(value, &list); err != nil {
			var one text
			_ = one.UnmarshalJSON(value)
			list = []text{one}
		}
		for _, v := range list {
			(*d)[name] = append((*d)[name], string(v))
		}
	}
	return nil
}

// gather collects the values of the named lists here and in all nested errors, sorted and once each.
func (e envelope) gather(names ...string) []string {
	seen := map[string]bool{}
	var walk func(envelope, int)
	walk = func(x envelope, depth int) {
		for _, name := range names {
			for _, v := range x.Context[name] {
				if v = strings.TrimSpace(v); v != "" {
					seen[v] = true
				}
			}
		}
		for _, inner := range x.Errors {
			if depth < 5 {
				walk(inner, depth+1)
			}
		}
	}
	walk(e, 0)
	out := make([]string, 0, len(seen))
	for v := range seen {
		out = append(out, v)
	}
	sort.Strings(out)
	return out
}

// searchBody is a search. The five required fields are always sent.
type searchBody struct {
	FilterGroups []filterGroup `json:"filterGroups"`
	Sorts        []sorting     `json:"sorts"`
	Properties   []string      `json:"properties"`
	Limit        int           `json:"limit"`
	After        string        `json:"after"`
}

type filterGroup struct {
	Filters []filter `json:"filters"`
}

type filter struct {
	Property string `json:"propertyName"`
	Operator string `json:"operator"`
	Value    string `json:"value,omitempty"`
	// Values are those of NOT_IN.
	Values []string `json:"values,omitempty"`
}

type sorting struct {
	Property  string `json:"propertyName"`
	Direction string `json:"direction"`
}

// readBody is a batch read.
type readBody struct {
	Properties []string  `json:"properties"`
	History    []string  `json:"propertiesWithHistory"`
	Inputs     []inputID `json:"inputs"`
}

type inputID struct {
	ID string `json:"id"`
}

// updateBody is a batch update. idProperty is left out on purpose: with record ids HubSpot refuses it.
type updateBody struct {
	Inputs []updateRow `json:"inputs"`
}

type updateRow struct {
	ID         string            `json:"id"`
	Properties map[string]string `json:"properties"`
	TraceID    string            `json:"objectWriteTraceId,omitempty"`
}
