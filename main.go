// Rolecall labels the job titles of HubSpot's contacts with a role and a seniority, as a Google Sheet says, and
// learns from every correction. See README.md.
package main

import (
	"os"

	"rolecall/cli"
)

func main() {
	os.Exit(cli.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}
