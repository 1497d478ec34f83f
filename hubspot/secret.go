package hubspot

import (
	"crypto/subtle"
	"fmt"
	"io"

	"github.com/rs/zerolog"
)

// mask is what is printed instead of a secret.
const mask = "[secret]"

// Secret is a token or key that prints as "[secret]" by every verb of fmt, in
// JSON, in text and in zerolog. The zero Secret is no secret.
type Secret struct {
	// A pointer, because fmt prints the address of a nested pointer: a Secret inside somebody's unexported
	// field, where fmt can call no method of ours, shows no text either.
	value *string
}

// NewSecret wraps s.
func NewSecret(s string) Secret { return Secret{value: &s} }

// IsZero says whether there is nothing inside.
func (s Secret) IsZero() bool { return s.value == nil || *s.value == "" }

// Equal compares two secrets in constant time.
func (s Secret) Equal(o Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.reveal()), []byte(o.reveal())) == 1
}

// String is the mask.
func (s Secret) String() string { return mask }

// GoString is the mask, for %#v.
func (s Secret) GoString() string { return mask }

// Format writes the mask for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, mask) }

// MarshalText is the mask, for encoding/json and others.
func (s Secret) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalZerologObject writes the mask.
func (s Secret) MarshalZerologObject(e *zerolog.Event) { e.Str("value", mask) }

// reveal is the text itself, for a header or a form and nowhere else.
func (s Secret) reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}
