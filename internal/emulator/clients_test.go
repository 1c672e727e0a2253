package emulator_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
)

// clientRequest reads a request of testdata/clients: comments, which name the source of
// its shape, then the request as the client writes it, with line feeds for the line ends
// of the head. Its body ends with one more line feed.
func clientRequest(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(content), "\r\n", "\n") // as Git may write it
	for strings.HasPrefix(text, "#") {
		_, text, _ = strings.Cut(text, "\n")
	}
	head, body, _ := strings.Cut(text, "\n\n")
	return strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + strings.TrimSuffix(body, "\n")
}

// sendRaw sends bytes over a connection, and reads one answer.
func sendRaw(t *testing.T, address, raw string) answer {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte(raw)); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return readAnswer(t, response)
}

// TestRequestsOfOtherClients sends the requests of Tencent's clients in other languages,
// byte for byte. They are signed with the keys and the time of these tests, by a program
// that shares no code with sesctl. Every client gets the same answer.
//
// No action of SES has a binary parameter, so no client sends multipart/form-data. The
// C++ SDK sends JSON only. The Ruby SDK cannot call an endpoint that has a port.
func TestRequestsOfOtherClients(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join("testdata", "clients", "*.http"))
	if err != nil || len(paths) < 40 {
		t.Fatalf("%d requests: %v", len(paths), err)
	}
	action := regexp.MustCompile(`(?i)(?:X-TC-Action: |[?&]Action=)(\w+)`)
	calls := map[string]string{
		"SendEmail":           strings.Replace(mail("Acme, Inc. <"+news+">", "a@x.com", "b+1@x.com"), `"s"`, `"您好 & <1/2>"`, 1),
		"UpdateEmailIdentity": `{"EmailIdentity":"mail.example.com","NewAPI":true}`,
		"ListEmailAddress":    `{}`, "ListEmailIdentities": `{}`,
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".http"), func(t *testing.T) {
			t.Parallel()
			raw := clientRequest(t, path)
			named := action.FindStringSubmatch(raw)
			if named == nil {
				t.Fatal("the request has no action")
			}
			c, direct := &receiver{}, &receiver{}
			e := withHook(t, c, emulator.Options{})
			got := sendRaw(t, start(t, e), raw)
			if got.code != "" {
				t.Fatalf("%s: %s", got.code, got.message)
			}
			settle(t, e)
			other := withHook(t, direct, emulator.Options{})
			want := must(t, other, named[1], calls[named[1]])
			settle(t, other)
			delete(got.fields, "MessageId")
			delete(want, "MessageId")
			if fmt.Sprint(got.fields) != fmt.Sprint(want) {
				t.Errorf("it answers %v, want %v", got.fields, want)
			}
			if got, want := about(c), about(direct); !slices.Equal(got, want) {
				t.Errorf("it has the events %v, want %v", got, want)
			}
		})
	}
}

// about returns what the events of a receiver repeat of the request.
func about(c *receiver) []string {
	var all []string
	for _, e := range c.got {
		all = append(all, fmt.Sprint(e.Type, " ", e.Email, " ", e.From, " ", e.Subject, " ", e.TemplateID))
	}
	return all
}
