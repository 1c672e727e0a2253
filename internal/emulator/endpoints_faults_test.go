package emulator_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

func TestFaultsAndCallbacksBesideTheAPI(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	if status, answer := beside(t, e, http.MethodPut, "/emulator/faults", `{"faults":["error=InternalError,action=ListEmailAddress"]}`); status != 200 || len(answer["faults"].([]any)) != 1 {
		t.Errorf("%d %v", status, answer)
	}
	if got := do(t, e, "ListEmailAddress", "{}"); got.code != sesapi.CodeInternalError {
		t.Errorf("%q", got.code)
	}
	beside(t, e, http.MethodPut, "/emulator/faults", `{"faults":[]}`)
	must(t, e, "ListEmailAddress", "{}")
	for _, put := range []string{`{"scope":"account","url":"http://localhost:8080/"}`, `{"scope":"sender","sender":"News@mail.example.com","url":"http://localhost:8081/"}`} {
		if status, answer := beside(t, e, http.MethodPut, "/emulator/callbacks", put); status != 200 {
			t.Errorf("%s: %d %v", put, status, answer)
		}
	}
	if got := listed(t, e, "/emulator/callbacks", "callbacks"); fmt.Sprint(got) != "[map[scope:account url:http://localhost:8080/] map[scope:sender sender:news@mail.example.com url:http://localhost:8081/]]" {
		t.Errorf("callbacks: %v", got)
	}
	beside(t, e, http.MethodPut, "/emulator/callbacks", `{"scope":"sender","sender":"news@mail.example.com","url":""}`)
	if got := listed(t, e, "/emulator/callbacks", "callbacks"); len(got) != 1 {
		t.Errorf("after removing one: %v", got)
	}
	for request, body := range map[string]string{
		"PUT /emulator/faults ":                                        `{"faults":["nonsense"]}`,
		"PUT /emulator/faults":                                         `{"faults":["throttle,action=None"]}`,
		"PUT /emulator/faults  ":                                       `{"fault":[]}`,
		"PUT /emulator/callbacks":                                      `{"scope":"account","url":"ftp://x"}`,
		"PUT /emulator/callbacks ":                                     `{"scope":"sender","sender":"nobody@mail.example.com","url":"http://localhost:8080/"}`,
		"PUT /emulator/callbacks  ":                                    `{"scope":"sender","sender":"x","url":""}`,
		"PUT /emulator/callbacks   ":                                   `{"scope":"all","url":""}`,
		"GET /emulator/deliveries?state=done":                          "",
		"GET /emulator/deliveries?wait=soon":                           "",
		"GET /emulator/deliveries?timeout=x":                           "",
		"GET /emulator/messages?since=x":                               "",
		"GET /emulator/messages?odd=1":                                 "",
		"PUT /emulator/faults   ":                                      `{"faults":[]} {"faults":["throttle"]}`,
		"PUT /emulator/faults?action=SendEmail":                        `{"faults":[]}`,
		"POST /emulator/reset?dry-run=1":                               "",
		"DELETE /emulator/messages?state=failed":                       "",
		"DELETE /emulator/messages?recipients=a@x.com":                 "",
		"DELETE /emulator/deliveries?wait=1":                           "",
		"GET /emulator/deliveries?recipient=a@x.com&recipient=b@x.com": "",
		"DELETE /emulator/deliveries?since=yesterday":                  "",
		"DELETE /emulator/messages?sender=a@x.com;b@x.com":             "",
		"DELETE /emulator/messages?recipient=100%&sender=a@x.com":      "",
		"DELETE /emulator/messages?message=":                           "",
		"GET /emulator/deliveries?wait":                                "",
	} {
		method, path, _ := strings.Cut(strings.TrimSpace(request), " ")
		if status, answer := beside(t, e, method, path, body); status != http.StatusBadRequest || answer["error"] == "" {
			t.Errorf("%s %s: %d %v", request, body, status, answer)
		}
	}
	if status, _ := beside(t, e, http.MethodGet, "/emulator/nothing", ""); status != http.StatusNotFound {
		t.Errorf("another path: %d", status)
	}
	if status, _ := beside(t, e, http.MethodPost, "/emulator/messages", ""); status != http.StatusMethodNotAllowed {
		t.Errorf("another method: %d", status)
	}
}

// TestControlBody has bodies that are not what an endpoint takes. No error is one of a
// library.
func TestControlBody(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	for body, want := range map[string]string{
		"":                           "it is empty, but must be a JSON object",
		`{"faults":`:                 "it ends before it is complete",
		"x":                          "it is not JSON at byte 0, or is nested too deep",
		strings.Repeat("[", 20_000):  "it is not JSON at byte 10000, or is nested too deep",
		"[]":                         "it is not a JSON object",
		`{"faults":5}`:               `the value of "faults" has the wrong type`,
		`{"faults":["s3cret", 5]}`:   `the value of "faults" has the wrong type`,
		`{"fault":[]}`:               `unknown field "fault"`,
		`{"faults":[]} {"faults":1}`: "something follows its JSON object",
	} {
		if status, answer := beside(t, e, http.MethodPut, "/emulator/faults", body); status != http.StatusBadRequest || answer["error"] != "cannot read the body: "+want {
			t.Errorf("%.30s: %d, %v", body, status, answer["error"])
		}
	}
}

// TestFaultsAreKept checks that faults outlive the process. Faults in Options replace
// them.
func TestFaultsAreKept(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/state.db"
	e := open(t, emulator.Options{StateFile: path})
	if err := e.SetFaults(parseFaults(t, "throttle,action=GetWebhookUrl")); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = open(t, emulator.Options{StateFile: path})
	if got := do(t, e, "GetWebhookUrl", "{}"); got.code != sesapi.CodeRequestLimitExceeded || e.Faults()[0].String() != "throttle,action=GetWebhookUrl" {
		t.Errorf("%q", got.code)
	}
	if err := e.SetFaults(parseFaults(t, "throttle,action=None")); failure.KindOf(err) != failure.Usage || err == nil {
		t.Errorf("a fault of no action: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = open(t, emulator.Options{StateFile: path, Faults: parseFaults(t, "5xx,action=SendEmail")})
	must(t, e, "GetWebhookUrl", "{}")
}

func TestClientOfFaultsAndReset(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	client := emulator.Client{Endpoint: "http://" + start(t, e)}
	on, err := client.SetFaults(t.Context(), []string{"throttle=10%"})
	again, err2 := client.Faults(t.Context())
	if err := errors.Join(err, err2); err != nil || fmt.Sprint(on, again) != "[throttle=10%] [throttle=10%]" {
		t.Errorf("%v %v %v", on, again, err)
	}
	if _, err := client.SetFaults(t.Context(), []string{"odd"}); failure.KindOf(err) != failure.Usage || err == nil || !strings.Contains(err.Error(), "unknown fault") {
		t.Errorf("%v", err)
	}
	if err := client.Reset(t.Context()); err != nil || len(e.Faults()) != 0 {
		t.Errorf("reset: %v", err)
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }))
	defer other.Close()
	client.Endpoint = other.URL
	_, err = client.Faults(t.Context())
	for _, err := range []error{err, client.Reset(t.Context())} {
		if err == nil || !strings.Contains(err.Error(), "its answer is not") {
			t.Errorf("something else: %v", err)
		}
	}
	client.CAFile = "nothing.pem"
	if err := client.Reset(t.Context()); err == nil || !strings.Contains(err.Error(), "ca_file") {
		t.Errorf("no file of authorities: %v", err)
	}
}
