package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
)

// heededFlags lists, for each command, the place flags that have an effect. A new command
// must be added.
func heededFlags() map[string]string {
	const all, none = "local local-state profile endpoint region timeout", "timeout"
	return map[string]string{
		"api learn": all, "api list": all, "api probe": all,
		"callback audit": all, "callback diagnose": all,
		"profile list": "profile endpoint region timeout", "profile show": "local profile endpoint region timeout",
		"callback apply": all, "callback check": all, "callback delete": all, "callback export": all,
		"callback get": all, "callback history": all, "callback list": all, "callback plan": all,
		"callback resolve": all, "callback restore": all, "callback rollback": all, "callback set": all,
		"callback rules": none, "callback schema": none, "callback validate": "local profile endpoint timeout",
		"completion bash": "", "completion fish": "", "completion powershell": "", "completion zsh": "",
		"doctor":              all,
		"emulator deliveries": all, "emulator reset": all, "emulator faults": all, "emulator serve": "local local-state profile",
		"emulator serve --memory": "local profile", "emulator serve --state=x": "local profile",
		"event listen": "profile", "event listen --borrow=x": all,
		"event trigger": all, "event trigger --to=x": "profile timeout",
		"event replay": all, "event replay --to=x": "profile timeout",
		"event list": none, "event show": "profile timeout", "event sample": none, "event types": none,
		"exit-status": none, "options": none, "sender list": all, "version": none,
	}
}

// TestEveryFlagIsHeededOrRefused gives each place flag to every command.
func TestEveryFlagIsHeededOrRefused(t *testing.T) {
	t.Parallel()
	heeded := heededFlags()
	for _, path := range runnable(newRoot(newApp(Env{Getenv: func(string) string { return "" }}))) {
		if _, known := heeded[path]; !known {
			t.Errorf("%s is new: add the place flags that it uses to heededFlags", path)
		}
	}
	for call, flags := range heeded {
		for _, flag := range append(placeFlags(), "timeout") {
			root := newRoot(newApp(Env{Getenv: func(string) string { return "" }}))
			words := strings.Fields(call)
			cmd, rest, err := root.Find(words)
			if err != nil || cmd.HasSubCommands() {
				continue // of a later version
			}
			value := map[string]string{"local": "true", "timeout": "5s"}[flag]
			if value == "" {
				value = "x"
			}
			if err := cmd.ParseFlags(append(slices.Clone(rest), "--"+flag+"="+value)); err != nil {
				t.Errorf("%s --%s: %v", call, flag, err)
				continue
			}
			err = refuseUnheeded(cmd)
			switch want := slices.Contains(strings.Fields(flags), flag); {
			case want && err != nil:
				t.Errorf("%s --%s is refused: %v", call, flag, err)
			case !want && (err == nil || failure.KindOf(err) != failure.Usage || !strings.Contains(err.Error(), "--"+flag+" has no effect on 'sesctl")):
				t.Errorf("%s --%s is neither heeded nor refused: %v", call, flag, err)
			}
		}
	}
}

// runnable returns the paths of the commands that do work, without "sesctl".
func runnable(cmd *cobra.Command) []string {
	var paths []string
	for _, child := range cmd.Commands() {
		paths = append(paths, runnable(child)...)
	}
	_, path, _ := strings.Cut(cmd.CommandPath(), " ")
	// A group prints its help, and sesctl-relay has its own flags.
	if cmd.Runnable() && !cmd.HasSubCommands() && path != "relay" && path != "help" {
		paths = append(paths, path)
	}
	return paths
}
