package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/sesctl/sesctl/internal/cli"
	"github.com/sesctl/sesctl/internal/relaycli"
)

func main() {
	check := flag.Bool("check", false, "write nothing; fail if a page is out of date")
	flag.Parse()
	pages, err := generate()
	if err == nil && *check {
		err = compare(pages)
	} else if err == nil {
		err = write(pages)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gendocs:", err)
		os.Exit(1)
	}
}

// folders returns the folders that hold only generated pages.
func folders() []string {
	return []string{"docs/reference", "docs/man", "docs/zh/reference"}
}

// generate returns the content of every page by its path.
func generate() (map[string][]byte, error) {
	pages := map[string][]byte{}
	keys, err := profileKeys()
	if err != nil {
		return nil, err
	}
	for _, l := range languages() {
		pages[l.folder+"/emulator.md"] = l.emulatorPage()
		pages[l.folder+"/configuration.md"] = l.configReference(keys)
		pages[l.folder+"/rules.md"] = l.rulesPage()
		pages[l.folder+"/api.md"] = l.apiPage()
		pages[l.folder+"/exit-status.md"] = l.statusPage()
	}
	root := cli.Root(cli.Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }, Now: time.Now})
	pages["docs/man/sesctl-config.5"] = configManual(keys)
	root.DisableAutoGenTag = true
	root.InitDefaultHelpCmd()
	if err := commandPages(root, pages); err != nil {
		return nil, err
	}
	relay := relaycli.Root(relaycli.Env{Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }})
	if err := commandPages(relay, pages); err != nil {
		return nil, err
	}
	pages["docs/zh/reference/commands.md"], err = chineseHelp(root, relay)
	return pages, err
}

func commandPages(cmd *cobra.Command, pages map[string][]byte) error {
	if cmd.Hidden || cmd.Name() == "help" {
		return nil
	}
	cmd.DisableAutoGenTag = true
	var page, man bytes.Buffer
	if err := doc.GenMarkdown(cmd, &page); err != nil {
		return err
	}
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "_")
	pages["docs/reference/"+name+".md"] = page.Bytes()
	// With the date of today, the pages would change every day.
	date := time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)
	header := &doc.GenManHeader{Section: "1", Source: "sesctl", Manual: "sesctl manual", Date: &date}
	if err := doc.GenMan(cmd, header, &man); err != nil {
		return err
	}
	pages["docs/man/"+strings.ReplaceAll(name, "_", "-")+".1"] = manPage(cmd, man.Bytes())
	for _, child := range cmd.Commands() {
		if err := commandPages(child, pages); err != nil {
			return err
		}
	}
	return nil
}

// manPage is a generated page with the sections of sesctl; sesctl-relay has flags and
// variables of its own.
func manPage(cmd *cobra.Command, page []byte) []byte {
	if cmd.Root().Name() != "sesctl" {
		return page
	}
	return withSections(page)
}

func write(pages map[string][]byte) error {
	for _, folder := range folders() {
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
	}
	for path, page := range pages {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, page, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func compare(pages map[string][]byte) error {
	var stale []string
	for path, page := range pages {
		if have, err := os.ReadFile(path); err != nil || !bytes.Equal(have, page) {
			stale = append(stale, path)
		}
	}
	for _, folder := range folders() {
		err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && pages[filepath.ToSlash(path)] == nil {
				stale = append(stale, path)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if len(stale) > 0 {
		slices.Sort(stale)
		return fmt.Errorf("out of date, run make docs: %s", strings.Join(stale, ", "))
	}
	return nil
}
