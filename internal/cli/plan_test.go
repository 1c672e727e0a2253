package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMarkdownFits plans more than a comment on a pull request can hold: GitHub
// refuses one of more than 65,536 characters.
func TestMarkdownFits(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	declaration := "version: 1\naccount: none\nsenders:\n  news@mail.example.com: none\n"
	for i := range 3000 {
		declaration += fmt.Sprintf("  sender-%d@mail.example.com: https://hooks.example.com:8081/%d?token=%d\n", i, i, i)
	}
	file := filepath.Join(t.TempDir(), "callbacks.yaml")
	if err := os.WriteFile(file, []byte(declaration), 0o600); err != nil {
		t.Fatal(err)
	}
	s.must("callback", "set", "--sender", "news@mail.example.com", "https://hooks.example.com:8080/news")
	comment := s.must("callback", "plan", "-f", file, "-o", "markdown")
	if len(comment) > 60_000 {
		t.Errorf("%d bytes", len(comment))
	}
	for _, want := range []string{
		"> **1 sender loses its events:** `news@mail.example.com`", "3000 to create, 0 to replace, 1 to delete", "3001 changes, in this order",
		"| `news@mail.example.com` | `https://hooks.example.com:8080/news` | **nowhere** |", "| … | and 2", "--expect sha256:",
	} {
		if !strings.Contains(comment, want) {
			t.Errorf("it does not say %q:\n%.2000s", want, comment)
		}
	}
}
