package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

type module struct {
	path, version, dir string
}

// modulesOf returns the modules that a package is built from on any of the platforms,
// each once, in the order of their paths. A platform is written as GOOS/GOARCH. The
// standard library is the first.
func modulesOf(pkg string, platforms []string) ([]module, error) {
	root, err := goOutput(nil, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	version, err := goOutput(nil, "env", "GOVERSION")
	if err != nil {
		return nil, err
	}
	var found []module
	for _, platform := range platforms {
		system, arch, ok := strings.Cut(platform, "/")
		if !ok {
			return nil, fmt.Errorf("platform %q: want GOOS/GOARCH", platform)
		}
		const format = "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}"
		out, err := goOutput([]string{"GOOS=" + system, "GOARCH=" + arch, "CGO_ENABLED=0"}, "list", "-deps", "-f", format, pkg)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(out) {
			if parts := strings.Split(strings.TrimSpace(line), "\t"); len(parts) == 3 {
				found = append(found, module{path: parts[0], version: parts[1], dir: parts[2]})
			}
		}
	}
	slices.SortFunc(found, func(a, b module) int { return cmp.Compare(a.path, b.path) })
	std := module{path: "Go standard library", version: strings.TrimSpace(version), dir: strings.TrimSpace(root)}
	return append([]module{std}, slices.Compact(found)...), nil
}

func goOutput(env []string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", args[0], err)
	}
	return string(out), nil
}

// writeLicenses writes the license files of the modules into one text. A module without
// a license file is an error: nobody may distribute it.
func writeLicenses(file string, modules []module) error {
	var text bytes.Buffer
	text.WriteString("The programs of this release contain the following modules.\n")
	for _, m := range modules {
		names, err := licenseFiles(m.dir)
		if err != nil {
			return fmt.Errorf("module %s: %w", m.path, err)
		}
		for _, name := range names {
			content, err := os.ReadFile(filepath.Join(m.dir, name))
			if err != nil {
				return fmt.Errorf("module %s: %w", m.path, err)
			}
			fmt.Fprintf(&text, "\n%s\n%s %s: %s\n\n", strings.Repeat("=", 80), m.path, m.version, name)
			text.Write(bytes.ReplaceAll(bytes.TrimRight(content, "\r\n"), []byte("\r\n"), []byte("\n")))
			text.WriteString("\n")
		}
	}
	return os.WriteFile(file, text.Bytes(), 0o644)
}

// licenseFiles returns the names of the license and notice files of a folder. Notices are
// among them because section 4(d) of the Apache License asks for them.
func licenseFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	name := regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying|notice|patents)([-.].*)?$`)
	var names []string
	license := false
	for _, entry := range entries {
		lower := strings.ToLower(entry.Name())
		if entry.IsDir() || strings.HasSuffix(lower, ".go") || !name.MatchString(lower) {
			continue
		}
		names = append(names, entry.Name())
		license = license || !strings.HasPrefix(lower, "notice") && !strings.HasPrefix(lower, "patents")
	}
	if !license {
		return nil, fmt.Errorf("no license file in %s", dir)
	}
	return names, nil
}
