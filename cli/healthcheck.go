package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func newHealthcheck(p *process) *cobra.Command {
	var ready bool
	cmd := &cobra.Command{
		Use:   "healthcheck",
		Short: "Ask the daemon on this machine whether it is well",
		Long: `Ask the daemon on this machine whether it is well: exit code 0 when it is, 1 when it is not or does not answer. For
Docker's HEALTHCHECK and for supervisors. --ready asks whether it can work, not only whether it is alive.`,
		Example: `  rolecall healthcheck
  rolecall healthcheck --ready`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.config()
			if err != nil {
				return err
			}
			path := "/healthz"
			if ready {
				path = "/readyz"
			}
			return p.askHealth(cmd.Context(), c.Listen, path)
		},
	}
	cmd.Flags().BoolVar(&ready, "ready", false, "ask whether the store can be written and the settings are good, too")
	return cmd
}

func (p *process) askHealth(ctx context.Context, listen, path string) error {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("the address %q: %w", listen, err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	address := "http://" + net.JoinHostPort(host, port) + path
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", address, err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("nobody answers: %w: is 'rolecall run' running, with the same --listen?", err)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return fmt.Errorf("read the answer of %s: %w", address, err)
	}
	text := strings.TrimSpace(string(body))
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not well (%d): %s", answer.StatusCode, text)
	}
	fmt.Fprintln(p.stdout, text)
	return nil
}
