package check

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// image is what the instructions of a Dockerfile lead to.
type image struct {
	root       string
	user       string
	folder     string
	env        []string
	entrypoint []string
	command    []string
}

// build carries out a Dockerfile on the context that GoReleaser made for docker. It
// knows the instructions that need no container engine, and refuses any other.
func build(t *testing.T, context, platform string) image {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(context, "Dockerfile"))
	if err != nil {
		t.Fatalf("%v: run \"make snapshot\" first", err)
	}
	made := image{root: rootFolder(t), folder: "/"}
	for line := range strings.Lines(string(text)) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		rest = strings.ReplaceAll(rest, "$TARGETPLATFORM", platform)
		words := strings.Fields(rest)
		switch name {
		case "", "#", "ARG", "EXPOSE", "VOLUME", "STOPSIGNAL":
		case "FROM":
			if rest != "scratch" {
				t.Fatalf("the image begins with %s, want an empty one", rest)
			}
		case "ADD":
			asRoot(t, "tar", "--extract", "--preserve-permissions", "--numeric-owner", "--file", filepath.Join(context, words[0]), "--directory", made.root+words[1])
		case "COPY":
			copyInto(t, context, made.root, words)
		case "USER":
			made.user = rest
		case "WORKDIR":
			made.folder = rest
		case "ENV":
			made.env = append(made.env, words...)
		case "ENTRYPOINT":
			decode(t, rest, &made.entrypoint)
		case "CMD":
			decode(t, rest, &made.command)
		default:
			t.Fatalf("the instruction %s is unknown", line)
		}
	}
	return made
}

func decode(t *testing.T, text string, into *[]string) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func copyInto(t *testing.T, context, root string, words []string) {
	t.Helper()
	target := root + words[len(words)-1]
	folder := filepath.Dir(target)
	if strings.HasSuffix(target, "/") {
		folder = target
	}
	asRoot(t, "mkdir", "-p", folder)
	for _, word := range words[:len(words)-1] {
		asRoot(t, "cp", filepath.Join(context, word), target)
	}
}

// run runs the entry point in the image, with other arguments than its own.
func (i image) run(t *testing.T, args ...string) string {
	t.Helper()
	command := append([]string{"env", "-i", "-C", "/"}, i.env...)
	command = append(command, "/usr/sbin/chroot", "--userspec="+i.user, i.root)
	return asRoot(t, append(command, args...)...)
}

// TestImages makes each image from the context that docker was given, and runs its
// program in there: as its user, in a root in which nothing else is.
func TestImages(t *testing.T) {
	t.Parallel()
	platform := strings.ReplaceAll(here(t), "_", "/")
	for name, program := range map[string]string{"sesctl": "sesctl", "emulator": "sesctl", "sesctl-relay": "sesctl-relay"} {
		made := build(t, filepath.Join(dist, "images", name), platform)
		if made.user != "65532:65532" {
			t.Errorf("the user of %s is %q, want a number that is not 0", name, made.user)
		}
		if want := "/usr/bin/" + program; len(made.entrypoint) == 0 || made.entrypoint[0] != want {
			t.Fatalf("the entry point of %s is %q, want %s first", name, made.entrypoint, want)
		}
		if out := made.run(t, made.entrypoint[0], "version"); !strings.HasPrefix(out, program+" ") {
			t.Errorf("the version in %s is %q", name, out)
		}
		if _, err := os.Stat(filepath.Join(made.root, "etc/ssl/certs/ca-certificates.crt")); err != nil {
			t.Error(err)
		}
		for _, shell := range []string{"bin/sh", "usr/bin/sh"} {
			if _, err := os.Stat(filepath.Join(made.root, shell)); err == nil {
				t.Errorf("%s has a shell", name)
			}
		}
	}
	sesctl := build(t, filepath.Join(dist, "images", "sesctl"), platform)
	sesctl.env = append(sesctl.env, "SESCTL_LOCAL=1")
	sesctl.run(t, "/usr/bin/sesctl", "callback", "set", "--account", "https://hooks.example.com:8080/ses")
	if out := sesctl.run(t, "/usr/bin/sesctl", "callback", "list", "-q"); out != "https://hooks.example.com:8080/ses\n" {
		t.Errorf("the home in the image keeps %q", out)
	}
}

// TestEmulatorFlags checks that the entry point of the emulator's image is accepted, by
// flags that end it at once.
func TestEmulatorFlags(t *testing.T) {
	t.Parallel()
	made := build(t, filepath.Join(dist, "images", "emulator"), strings.ReplaceAll(here(t), "_", "/"))
	out := made.run(t, append(made.entrypoint, "--help")...)
	if !strings.Contains(out, "--allow-host") {
		t.Errorf("the help is %q", out)
	}
}
