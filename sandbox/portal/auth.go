package portal

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

func (s *Server) open() bool { return len(s.opt.Tokens) == 0 && len(s.opt.OAuth) == 0 }

// authorise knows the token and its scopes. A call needs one of the scopes.
//
//	no token, or an unknown one   401 INVALID_AUTHENTICATION
//	a token past its time         401 EXPIRED_AUTHENTICATION
//	none of the scopes            403 MISSING_SCOPES, naming them
func (s *Server) authorise(c *call, scopes []string) *problem {
	t, ok := s.tokens[c.bearer]
	if !ok && c.bearer != "" && s.open() {
		h := fnv.New32a()
		h.Write([]byte(c.bearer))
		t, ok = Token{AppID: 1_000_000 + int64(h.Sum32()%9_000_000)}, true
		s.tokens[c.bearer] = t
	}
	if !ok {
		p := &problem{status: 401, category: "INVALID_AUTHENTICATION"}
		if p.message = "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview"; c.bearer != "" {
			p.message = "The OAuth token used to make this call is invalid. Please provide a valid token."
		}
		return p
	}
	if !t.Expires.IsZero() && !s.opt.Now().Before(t.Expires) {
		ago := int(s.opt.Now().Sub(t.Expires).Seconds())
		return &problem{status: 401, category: "EXPIRED_AUTHENTICATION",
			message: fmt.Sprintf("The OAuth token used to make this call expired %d second(s) ago.", ago),
			context: map[string][]string{"expire time": {stamped(t.Expires)}}}
	}
	c.token = t
	if t.Scopes == nil || len(scopes) == 0 || slices.ContainsFunc(scopes, func(x string) bool { return slices.Contains(t.Scopes, x) }) {
		return nil
	}
	return &problem{status: 403, category: "MISSING_SCOPES",
		message: "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.",
		errors: []detail{{Message: "One or more of the following scopes are required.",
			Context: map[string][]string{"requiredGranularScopes": scopes}}},
		links: map[string]string{"scopes": "https://developers.hubspot.com/scopes"}}
}

// source is what a call's writes are recorded as.
func (s *Server) source(c *call) sourceID {
	kind := c.token.SourceType
	if kind == "" {
		kind = "INTEGRATION"
	}
	return s.sourceID(Source{Type: kind, ID: fmt.Sprint(c.token.AppID)})
}

func (c *call) isSearch() bool { return strings.HasSuffix(c.path, "/search") }

// isRead tells reading from writing: some reads are POSTs.
func (c *call) isRead() bool {
	return c.method == "GET" || c.isSearch() || strings.HasSuffix(c.path, "batch/read")
}
