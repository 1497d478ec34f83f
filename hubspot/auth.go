package hubspot

import "context"

// TokenSource gives bearer tokens. It is safe for use by several goroutines.
type TokenSource interface {
	// Token is the token to use now.
	Token(ctx context.Context) (Secret, error)
	// Renew is called after HubSpot refused used with 401. It returns a newer token, or used itself where there is none.
	Renew(ctx context.Context, used Secret) (Secret, error)
}

// Static is a token that does not change: a service key, a private app's token, a project app's static token.
func Static(token Secret) TokenSource { return static{token: token} }

type static struct{ token Secret }

// Token is the token; an empty one is a KindCredentials error.
func (s static) Token(context.Context) (Secret, error) {
	if s.token.IsZero() {
		return s.token, &APIError{Kind: KindCredentials, Doing: "sign in to HubSpot", Mend: mendToken}
	}
	return s.token, nil
}

// Renew has nothing newer.
func (s static) Renew(_ context.Context, used Secret) (Secret, error) { return used, nil }
