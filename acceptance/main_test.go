// Package acceptance drives the program as its users do: it builds the binary once and gives it command lines, an
// environment, files, a spreadsheet that people and other programs edit, and HubSpots of different kinds. It knows
// nothing of rolecall's insides; of its packages it uses only the sandbox, which is independent too.
package acceptance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is the path of the binary under test; TestMain sets it.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "rolecall-acceptance-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	program = filepath.Join(dir, "rolecall")
	code := 1
	if out, err := exec.Command("go", "build", "-o", program, "rolecall").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
	} else {
		code = m.Run()
	}
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}
