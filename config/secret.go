package config

import (
	"fmt"
	"io"
	"strings"
)

// masked is what every way of printing a Secret gives.
const masked = "(secret)"

// Secret is a text that no log, error, page or file may show. Every ordinary way of printing it (fmt with
// any verb, JSON, text, zerolog) gives a mask; only Reveal gives the text. It holds a pointer so that fmt,
// which cannot call methods of unexported fields, prints an address there and not the text. The zero
// Secret is unset.
type Secret struct{ text *string }

// NewSecret keeps text; the empty text gives the unset Secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal is the text itself: for the one call that needs it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet says whether there is a text.
func (s Secret) IsSet() bool { return s.text != nil }

// String is the mask, or "" when the secret is unset.
func (s Secret) String() string {
	if s.text == nil {
		return ""
	}
	return masked
}

// GoString is the mask for %#v.
func (s Secret) GoString() string { return s.String() }

// Format gives the mask for every verb, %x and %d among them.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText gives the mask to encoders, encoding/json and zerolog among them.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// shortestRedacted is the length in bytes from which Redact looks for a secret: a shorter one would be found in
// ordinary words, and no service gives any so short.
const shortestRedacted = 8

// Redact returns a writer that passes everything on to w with every secret's text replaced by the mask: the
// last net under a log, for a library that prints a URL or a header. A secret cut in two by two calls of
// Write is not found; loggers write whole lines. Secrets of fewer than 8 bytes are not looked for.
func Redact(w io.Writer, secrets ...Secret) io.Writer {
	var pairs []string
	for _, s := range secrets {
		if len(s.Reveal()) >= shortestRedacted {
			pairs = append(pairs, s.Reveal(), masked)
		}
	}
	if len(pairs) == 0 {
		return w
	}
	return redacting{w, strings.NewReplacer(pairs...)}
}

type redacting struct {
	to      io.Writer
	replace *strings.Replacer
}

// Write reports the length of what came in, as io.Writer demands, though more or less may go out.
func (r redacting) Write(p []byte) (int, error) {
	if _, err := r.replace.WriteString(r.to, string(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}
