package cli

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/webhook"
)

// TestPageLanguage checks that the page of "event listen" has the language that the user
// gave.
func TestPageLanguage(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{"zh-CN": "zh-CN", "en": "en", "": "zh-CN"} {
		a := &app{env: Env{Stderr: io.Discard, Getenv: func(name string) string { return map[string]string{"SESCTL_LANG": given}[name] }}}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		page, _, err := listenOptions{web: "127.0.0.1:0"}.openPage(ctx, a, func(webhook.Received) {})
		if err != nil {
			t.Fatal(err)
		}
		page.start(ctx, http.NotFoundHandler(), page.listener, nil)
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+page.listener.Addr().String()+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Language", "zh-TW")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || !strings.Contains(string(body), `<html lang="`+want+`">`) {
			t.Errorf("SESCTL_LANG=%s: %v %.60s", given, err, body)
		}
	}
}
