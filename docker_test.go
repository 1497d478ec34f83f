package main_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// instructions are a Dockerfile's, continued lines joined, comments left out.
func instructions(text string) [][2]string {
	text = regexp.MustCompile(`(?m)^\s*#.*\n`).ReplaceAllString(text, "")
	text = strings.ReplaceAll(text, "\\\n", " ")
	var out [][2]string
	for line := range strings.Lines(text) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name != "" {
			out = append(out, [2]string{strings.ToUpper(name), strings.TrimSpace(rest)})
		}
	}
	return out
}

// faults are what is wrong with a Dockerfile:
//
//	| rule                                                                              |
//	|-----------------------------------------------------------------------------------|
//	| the image of the last stage is scratch or a distroless one: no shell              |
//	| every other image has a version or a digest, not latest                           |
//	| the last USER is a number and not 0                                               |
//	| nothing is added from an address, and no script is piped into a shell             |
//	| ENTRYPOINT, CMD and HEALTHCHECK are lists, since there is no shell to read them   |
//	| no secret stands in ENV or ARG                                                    |
func faults(text string) []string {
	var out []string
	fault := func(s string) { out = append(out, s) }
	var image, user string
	health := false
	for _, in := range instructions(text) {
		name, rest := in[0], in[1]
		switch name {
		case "FROM":
			image, user = strings.Fields(rest)[0], ""
			if image != "scratch" && (!strings.Contains(image, ":") && !strings.Contains(image, "@") || strings.HasSuffix(image, ":latest")) {
				fault("the image " + image + " has no version")
			}
		case "USER":
			user = rest
		case "ADD":
			fault("ADD is used: COPY what is here, and verify what is not")
		case "RUN":
			if regexp.MustCompile(`(curl|wget)[^|]*\|\s*(ba)?sh`).MatchString(rest) {
				fault("a script from an address is piped into a shell")
			}
		case "ENTRYPOINT", "CMD":
			if !strings.HasPrefix(rest, "[") {
				fault(name + " is no list")
			}
		case "HEALTHCHECK":
			health = true
			if !strings.Contains(rest, "CMD [") {
				fault("HEALTHCHECK is no list")
			}
		case "ENV", "ARG":
			if regexp.MustCompile(`(?i)(token|secret|password|api_key)=`).MatchString(rest) {
				fault("a secret stands in " + name)
			}
		}
	}
	if image != "scratch" && !strings.Contains(image, "/distroless/") {
		fault("the last stage has a shell: " + image)
	}
	if !regexp.MustCompile(`^[1-9][0-9]*(:[1-9][0-9]*)?$`).MatchString(user) {
		fault("the program runs as " + user)
	}
	if !health {
		fault("there is no HEALTHCHECK")
	}
	return out
}

func TestDockerfile(t *testing.T) {
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults(string(text)) {
		t.Error(f)
	}
}

func TestTheLintOfDockerfilesFindsFaults(t *testing.T) {
	const good = "FROM golang:1 AS b\nFROM scratch\nUSER 65532\nHEALTHCHECK CMD [\"/p\"]\nENTRYPOINT [\"/p\"]\n"
	if f := faults(good); len(f) > 0 {
		t.Errorf("a good one: %q", f)
	}
	for _, change := range [][2]string{
		{"golang:1", "golang"}, {"golang:1", "golang:latest"}, {"FROM scratch", "FROM debian:12"}, {"USER 65532", "USER app"}, {"USER 65532", "USER 0"}, {"USER 65532\n", ""},
		{"HEALTHCHECK CMD [\"/p\"]", "HEALTHCHECK CMD /p"}, {"HEALTHCHECK CMD [\"/p\"]\n", ""}, {"ENTRYPOINT [\"/p\"]", "ENTRYPOINT /p"},
		{"FROM scratch", "RUN curl https://x.example | \\\n sh\nFROM scratch"}, {"FROM scratch", "FROM scratch\nADD https://x.example /x"}, {"USER", "ENV HUBSPOT_TOKEN=x\nUSER"},
	} {
		if f := faults(strings.Replace(good, change[0], change[1], 1)); len(f) != 1 {
			t.Errorf("%q for %q: found %q", change[1], change[0], f)
		}
	}
}
