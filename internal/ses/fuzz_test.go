package ses

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// FuzzCleanMessage lets the service repeat a URL in messages of any kind: its secrets
// are not shown, and nothing that a terminal obeys.
func FuzzCleanMessage(f *testing.F) {
	const secret = "s3cr3t-t0ken"
	for _, seed := range [][2]string{
		{"", ""}, {"invalid URL: ", "."}, {"the value ", " of Url is wrong"}, {"\x1b[2J", "\u202e"}, {"\xff", "%"}, {"?token=", "&x=1"}, {"https://a:", "@b/"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, before, behind string) {
		url := "https://user:" + secret + "@hooks.example.com:8080/ses?token=" + secret
		for _, repeated := range []string{url, secret, "token=" + secret, "https%3A%2F%2Fhooks.example.com%2F%3Ftoken%3D" + secret} {
			got := cleanMessage(before+repeated+behind, values{sesapi.KeyURL: url})
			if strings.Contains(got, secret) {
				t.Errorf("the secret of %q is in %q", before+repeated+behind, got)
			}
			if strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
				t.Errorf("a control character is in %q", got)
			}
		}
	})
}

// answers is a transport that gives the same answer to every request.
type answers struct {
	status int
	body   string
}

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: a.status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: r,
	}, nil
}

// FuzzAnswer gives answers of any kind to a reading and to a write: each is a result
// or an error with a kind, and no error has a control character.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "null", `{"Response":{}}`, `{"Response":null}`, `{"Response":[]}`, "<html>",
		`{"Response":{"RequestId":"1","Error":{"Code":"FailedOperation","Message":"no\u001b[2J"}}}`,
		`{"Response":{"RequestId":"1","Url":"https://h.example.com:8080/"}}`, `{"Response":{"Url":1}}`,
		`{"Response":{"EmailSenders":[{"EmailAddress":"a@b.example"}]}}`, `{"Response":{"TotalCount":18446744073709551615,"Data":[{}]}}`,
	} {
		f.Add(200, seed)
		f.Add(500, seed)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 100 || status > 599 {
			t.Skip("net/http lets no other status through")
		}
		client, err := New(Options{
			Endpoint: "http://localhost", Region: "ap-guangzhou", Transport: answers{status, body},
			Credentials: Credentials{SecretID: "id", SecretKey: "key", Source: "a test"}, Pause: func(context.Context, time.Duration) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		_, readErr := client.Load(t.Context(), callback.PartAll)
		_, writeErr := client.Make(t.Context(), callback.NewChange(callback.Account(), callback.URL{}, callback.NewURL(firstURL)))
		for _, err := range []error{readErr, writeErr} {
			if err == nil {
				continue
			}
			var e *failure.Error
			if !errors.As(err, &e) || strings.ContainsFunc(err.Error(), unicode.IsControl) {
				t.Errorf("the error has no kind, or a control character: %q", err)
			}
		}
	})
}
