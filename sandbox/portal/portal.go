// Package portal is a HubSpot of one's own: an HTTP server that answers as
// HubSpot's CRM API does where it matters to an integration that reads and
// writes contacts. It keeps its contacts in memory, with the history of every
// property, and can be made to lag, to limit, to fail and to lose answers.
//
// People act on it too: Go methods (EditAsUser, Merge, ...), the same under
// /admin, and pages for a browser under /contacts.
//
// It was written from HubSpot's public documentation and shares no code with
// the client that it tests.
package portal

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"rolecall/sandbox/sample"
)

// Options say what kind of portal this is. The zero value is a friendly one:
// no limits, no index lag, any bearer token accepted with all scopes.
type Options struct {
	Now  func() time.Time // the clock; time.Now when nil
	Rand *rand.Rand       // all randomness; seeded with 1 when nil
	// Sleep waits for a slow answer; a timer when nil.
	Sleep func(ctx context.Context, d time.Duration)

	PortalID    int64          // the account's id (hub_id); 8675309 when 0
	AccountType string         // STANDARD, DEVELOPER_TEST or SANDBOX; DEVELOPER_TEST when empty
	TimeZone    *time.Location // the day of the daily limit; UTC when nil

	// Tokens are the static tokens (service keys, private apps) by their text.
	// With neither Tokens nor OAuth every bearer token is accepted, each as an
	// app of its own, and so is every OAuth client.
	Tokens map[string]Token
	OAuth  []OAuthApp
	// TokenLife is how long an OAuth access token lives; 1800 s when 0.
	TokenLife time.Duration

	Limits Limits // see Tier; the zero value limits nothing

	// IndexLag and IndexJitter delay what search sees: each change becomes
	// visible after IndexLag and a random part of IndexJitter.
	IndexLag, IndexJitter time.Duration

	// MergeMintsID makes a merge create a third record, as accounts with the
	// newer merge behaviour do; else the primary record survives.
	MergeMintsID bool

	// WriteLog is how many API writes /admin/stats remembers, value by value;
	// 1,000,000 when 0, none when negative.
	WriteLog int

	WebhookURL    string // where events are posted; none when empty
	WebhookSecret string // the client secret that signs them
	WebhookAppID  int64
}

// Token is what a bearer token stands for.
type Token struct {
	AppID      int64    // sourceId of what it writes
	Scopes     []string // nil means all
	SourceType string   // sourceType of what it writes; INTEGRATION when empty
	Expires    time.Time
	OAuth      bool // an OAuth token: no daily limit header
}

// Server is the portal. It is an http.Handler and safe for concurrent use.
type Server struct {
	mu   sync.Mutex
	opt  Options
	rand *rand.Rand

	contacts  []contact // ascending id
	liveCount int
	deadCount int // archived
	byEmail   map[valueID]int32
	values    *interner
	sources   []Source
	sourceIDs map[Source]sourceID
	props     []Property
	propIDs   map[string]propID
	groups    []Group
	std       standard
	emailProp propID
	timeline  timeline
	pending   map[int32]*snapshot
	settleAt  int
	shownAt   []int64 // by contact: the time of change that the index shows, or hidden
	lastMS    int64
	refused   map[int64]string // contacts whose writes an admin rule refuses

	tokens     map[string]Token
	refresh    map[string]int // refresh token -> index in OAuth
	codes      map[string]int
	limiter    limiter
	faults     []*Fault
	log        requestLog
	writes     writeLog
	people     peopleLog
	webhooks   chan event
	mux        *http.ServeMux
	buffer     sync.Pool // of []byte, for answers
	protection *http.CrossOriginProtection
}

// standard holds the numbers of the properties that the portal itself computes
// or that its pages show.
type standard struct {
	email, first, last, title, company, role, seniority        propID
	objectID, created, modified, objModified, mergedIDs, mvids propID
}

// New makes an empty portal with HubSpot's ordinary contact properties.
func New(opt Options) *Server {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Rand == nil {
		opt.Rand = rand.New(rand.NewPCG(1, 1))
	}
	if opt.Sleep == nil {
		opt.Sleep = sleep
	}
	if opt.PortalID == 0 {
		opt.PortalID = 8675309
	}
	if opt.AccountType == "" {
		opt.AccountType = "DEVELOPER_TEST"
	}
	if opt.TimeZone == nil {
		opt.TimeZone = time.UTC
	}
	if opt.TokenLife == 0 {
		opt.TokenLife = 30 * time.Minute
	}
	if opt.WriteLog == 0 {
		opt.WriteLog = 1_000_000
	}
	s := &Server{
		opt: opt, rand: opt.Rand,
		byEmail: map[valueID]int32{}, values: newInterner(),
		sourceIDs: map[Source]sourceID{}, propIDs: map[string]propID{},
		pending: map[int32]*snapshot{}, settleAt: pendingMost, refused: map[int64]string{},
		tokens: map[string]Token{}, refresh: map[string]int{}, codes: map[string]int{},
		groups:     []Group{{Name: "contactinformation", Label: "Contact information"}},
		protection: http.NewCrossOriginProtection(),
		buffer:     sync.Pool{New: func() any { return []byte(nil) }},
	}
	for name, t := range opt.Tokens {
		s.tokens[name] = t
	}
	for i, app := range opt.OAuth {
		s.refresh[app.RefreshToken] = i
		if app.Code != "" {
			s.codes[app.Code] = i
		}
	}
	s.writes.max = opt.WriteLog
	for _, p := range standardProperties() {
		s.addProperty(p)
	}
	s.numberStandard()
	s.limiter.limits = opt.Limits
	s.startWebhooks()
	s.mux = s.routes()
	return s
}

func (s *Server) numberStandard() {
	id := func(name string) propID { return s.propIDs[name] }
	s.std = standard{
		email: id("email"), first: id("firstname"), last: id("lastname"), title: id("jobtitle"), company: id("company"),
		role: id("hs_role"), seniority: id("hs_seniority"),
		objectID: id("hs_object_id"), created: id("createdate"), modified: id("lastmodifieddate"),
		objModified: id("hs_lastmodifieddate"), mergedIDs: id("hs_merged_object_ids"), mvids: id("hs_calculated_merged_vids"),
	}
	s.emailProp = s.std.email
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// Add puts contacts into the portal as if they had come in over the last three
// years, by forms, imports and people. A contact with an ID keeps it (a HubSpot
// export has one); a second contact with an ID that exists is refused, and Add
// returns how many were added with an error that names the first refused one.
func (s *Server) Add(contacts iter.Seq[sample.Contact]) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	origins := s.origins()
	var err error
	added, now, start := 0, s.nowMS(), len(s.contacts)
	taken := make(map[int64]bool)
	for c := range contacts {
		id := c.ID
		if id == 0 {
			id = firstID
			if n := len(s.contacts); n > 0 {
				id = s.contacts[n-1].id + idStep
			}
		} else {
			_, old := s.find(id)
			if old || taken[id] {
				if err == nil {
					err = fmt.Errorf("add contacts: record id %d appears twice", id)
				}
				continue
			}
			taken[id] = true
		}
		s.contacts = append(s.contacts, contact{id: id, origin: origins[id/7%int64(len(origins))], props: s.basePairs(c)})
		added++
	}
	s.dateNew(start, now)
	return added, err
}

func (s *Server) basePairs(c sample.Contact) []pair {
	fields := []struct {
		p propID
		v string
	}{
		{s.std.email, c.Email}, {s.std.first, c.FirstName}, {s.std.last, c.LastName},
		{s.std.title, c.JobTitle}, {s.std.company, c.Company}, {s.propIDs["lifecyclestage"], c.LifecycleStage},
	}
	n := 0
	for _, f := range fields {
		if f.v != "" {
			n++
		}
	}
	out := make([]pair, 0, n)
	for _, f := range fields {
		if f.v != "" {
			out = append(out, pair{f.p, s.values.id(f.v)})
		}
	}
	return out
}

// origins are the first sources of contacts that were there before anybody looked.
func (s *Server) origins() []sourceID {
	return []sourceID{
		s.sourceID(Source{Type: "FORM", ID: "newsletter-signup"}),
		s.sourceID(Source{Type: "IMPORT", ID: "70310233"}),
		s.sourceID(Source{Type: "CRM_UI", ID: "userId:28604240", UserID: 28604240}),
		s.sourceID(Source{Type: "INTEGRATION", ID: "8151242"}),
	}
}
