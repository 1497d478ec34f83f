package cli

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"

	"rolecall/config"
)

// Browsers open connections ahead of time and send nothing over them.
func TestAVisitorWhoStaysDoesNotSpoilTheEnd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	inside := make(chan struct{})
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(inside)
		<-r.Context().Done()
	})}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	visitor, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer visitor.Close()
	if _, err := visitor.Write([]byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	<-inside
	if err := endServer(context.Background(), server, time.Millisecond); err != nil {
		t.Errorf("the end failed: %v", err)
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("serving ended with %v", err)
	}
}

func TestThePageAnswersToTheAddressItListensOn(t *testing.T) {
	for listen, want := range map[string][]string{
		"192.0.2.7:8321":          {"a.example", "192.0.2.7"},
		"Status.Example.com:8321": {"a.example", "status.example.com"},
		"[2001:db8::1]:8321":      {"a.example", "2001:db8::1"},
		"0.0.0.0:8321":            {"a.example"},
		"[::]:8321":               {"a.example"},
		":8321":                   {"a.example"},
	} {
		if got := hostsOf(config.Config{Listen: listen, Hosts: []string{"a.example"}}); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", listen, got, want)
		}
	}
}
