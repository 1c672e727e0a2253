package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/catalog"
	"github.com/sesctl/sesctl/internal/cli"
	"github.com/sesctl/sesctl/internal/relaycli"
)

// chineseHelp is the page that holds the help of every command in Chinese. The pages of
// single commands are in English.
func chineseHelp(roots ...*cobra.Command) ([]byte, error) {
	var index, sections bytes.Buffer
	for _, root := range roots {
		if err := addHelp(root, &index, &sections); err != nil {
			return nil, err
		}
	}
	return fmt.Appendf(nil, "# 命令参考\n\n[English](../../reference/sesctl.md) · 简体中文\n\n"+
		"本页是每条命令的帮助，与 `sesctl COMMAND --help` 的输出相同。\n\n%s%s", index.Bytes(), sections.Bytes()), nil
}

// addHelp adds a command and the ones below it.
func addHelp(cmd *cobra.Command, index, sections *bytes.Buffer) error {
	if cmd.Hidden || cmd.Name() == "help" {
		return nil
	}
	name := cmd.CommandPath()
	fmt.Fprintf(index, "- [`%s`](#%s)：%s\n", name, strings.ReplaceAll(name, " ", "-"), catalog.For(catalog.Chinese).Text(cmd.Short))
	if cmd.DisableFlagParsing {
		return nil // 'sesctl relay' is the program sesctl-relay, whose section has the same link
	}
	help, err := helpOf(cmd)
	if err != nil {
		return err
	}
	fmt.Fprintf(sections, "\n## %s\n\n```text\n%s\n```\n", name, strings.TrimSpace(help))
	for _, child := range cmd.Commands() {
		if err := addHelp(child, index, sections); err != nil {
			return err
		}
	}
	return nil
}

// helpOf returns what a command prints with --help in Chinese.
func helpOf(cmd *cobra.Command) (string, error) {
	path := strings.Fields(cmd.CommandPath())
	args := append(path[1:], "--help")
	getenv := func(name string) string {
		if name == catalog.Variable {
			return string(catalog.Chinese)
		}
		return ""
	}
	var out, problems bytes.Buffer
	var status int
	if path[0] == "sesctl" {
		status = cli.Main(context.Background(), cli.Env{Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &problems, Getenv: getenv, Now: time.Now})
	} else {
		status = relaycli.Main(context.Background(), relaycli.Env{Args: args, Stdout: &out, Stderr: &problems, Getenv: getenv})
	}
	if status != 0 {
		return "", fmt.Errorf("%s --help: exit status %d: %s", cmd.CommandPath(), status, problems.Bytes())
	}
	return out.String(), nil
}
