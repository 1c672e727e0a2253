package emulator_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/event"
)

// beside sends a request to a control path, and returns the status and the answer.
func beside(t *testing.T, e *emulator.Emulator, method, path, body string) (int, map[string]any) {
	t.Helper()
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	var answer map[string]any
	if w.Header().Get("Content-Type") == "application/json" {
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, w.Body)
		}
	}
	return w.Code, answer
}

func listed(t *testing.T, e *emulator.Emulator, path, key string) []any {
	t.Helper()
	status, answer := beside(t, e, http.MethodGet, path, "")
	list, ok := answer[key].([]any)
	if status != http.StatusOK || !ok {
		t.Fatalf("%s: %d %v", path, status, answer)
	}
	return list
}

func TestMessagesAndDeliveriesBesideTheAPI(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := withHook(t, &receiver{}, emulator.Options{Now: time.Now})
		s := newSignedNow("SendEmail", mail(news, "open+a@x.com"))
		first, _ := serve(t, e, s.request()).fields["MessageId"].(string)
		settle(t, e)
		time.Sleep(time.Minute)
		later := time.Now()
		s = newSignedNow("SendEmail", mail("noreply@mail.example.com", "bounce@x.com", "b@x.com"))
		second, _ := serve(t, e, s.request()).fields["MessageId"].(string)
		settle(t, e)
		for query, want := range map[string][2]int{
			"":                                   {2, 4},
			"?message=" + first:                  {1, 2},
			"?sender=NOREPLY@mail.example.com":   {1, 2},
			"?recipient=Bounce@x.com":            {1, 1},
			"?recipient=nobody@x.com":            {0, 0},
			"?recipient=open+a@x.com":            {1, 2},
			"?recipient=Jo+%3Copen%2Ba@x.com%3E": {1, 2},
			"?sender=News%20<news@mail.example.com>&recipient=%20":   {0, 0},
			"?sender=News%20<news@mail.example.com>":                 {1, 2},
			"?recipient=<>":                                          {0, 0},
			"?since=" + later.Format(time.RFC3339):                   {1, 2},
			fmt.Sprintf("?since=%d&message=%s", later.Unix(), first): {0, 0},
		} {
			if got := len(listed(t, e, "/emulator/messages"+query, "messages")); got != want[0] {
				t.Errorf("%s: %d messages, want %d", query, got, want[0])
			}
			if got := len(listed(t, e, "/emulator/deliveries"+query, "deliveries")); got != want[1] {
				t.Errorf("%s: %d deliveries, want %d", query, got, want[1])
			}
		}
		if got := len(listed(t, e, "/emulator/deliveries?state=pending", "deliveries")); got != 0 {
			t.Errorf("%d pending", got)
		}
		message, _ := listed(t, e, "/emulator/messages?message="+second, "messages")[0].(map[string]any)
		recipient, _ := message["recipients"].([]any)[0].(map[string]any)
		if message["sender"] != "noreply@mail.example.com" || recipient["address"] != "bounce@x.com" || recipient["status"] != 3.0 || recipient["reason"] == "" {
			t.Errorf("message: %v", message)
		}
		if status, answer := beside(t, e, http.MethodDelete, "/emulator/deliveries?recipient=b@x.com", ""); status != 200 || answer["deleted"] != 1.0 {
			t.Errorf("deleting deliveries: %d %v", status, answer)
		}
		if status, answer := beside(t, e, http.MethodDelete, "/emulator/messages?message="+first, ""); status != 200 || answer["deleted"] != 1.0 {
			t.Errorf("deleting messages: %d %v", status, answer)
		}
		if m, d := len(listed(t, e, "/emulator/messages", "messages")), len(listed(t, e, "/emulator/deliveries", "deliveries")); m != 1 || d != 1 {
			t.Errorf("%d messages and %d deliveries are left", m, d)
		}
	})
}

// newSignedNow returns a request that is signed at the time of the bubble's clock.
func newSignedNow(action, body string) signed {
	s := newSigned(action, body)
	s.date, s.stamp = time.Now().UTC().Format(time.DateOnly), fmt.Sprint(time.Now().Unix())
	return s
}

// mostLate is how much later than its event a waiting request is answered at most: it
// looks again after a pause.
const mostLate = 10 * time.Millisecond

func TestWaitForDeliveries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := withHook(t, &receiver{}, emulator.Options{Faults: parseFaults(t, "delivery-delay=10s")})
		send(t, e, "open@x.com")
		for _, test := range []struct {
			query string
			took  time.Duration
			count int
		}{
			{"?wait=1&timeout=2", 2 * time.Second, 2},
			{"?wait=2&timeout=30", 8 * time.Second, 2},
			{"?wait=3&timeout=1", time.Second, 2},
			{"?wait=true", 0, 2},
			{"?wait=0", 0, 2},
			{"?wait=1&recipient=nobody@x.com&timeout=0.5", 500 * time.Millisecond, 0},
		} {
			start := time.Now()
			list := listed(t, e, "/emulator/deliveries"+test.query, "deliveries")
			took := time.Since(start)
			if late := took - test.took; late < 0 || late > mostLate || len(list) != test.count {
				t.Errorf("%s: %d after %s, want %d after %s", test.query, len(list), took, test.count, test.took)
			}
		}
	})
}

func TestRedeliver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var works atomic.Bool
		c := &receiver{answer: func(int, *http.Request, event.Event) (int, error) {
			if works.Load() {
				return 200, nil
			}
			return 500, nil
		}}
		e := withHook(t, c, emulator.Options{})
		send(t, e, "bounce@x.com")
		if status, _ := beside(t, e, http.MethodPost, "/emulator/deliveries/1/redeliver", ""); status != http.StatusConflict {
			t.Errorf("while it is pending: %d", status)
		}
		settle(t, e)
		works.Store(true)
		if status, answer := beside(t, e, http.MethodPost, "/emulator/deliveries/1/redeliver", ""); status != 200 || answer["redelivered"] != 1.0 {
			t.Errorf("%d %v", status, answer)
		}
		settle(t, e)
		if got := summary(t, e); got != "bounce accepted 7" {
			t.Error(got)
		}
		for _, id := range []string{"2", "x", "-1"} {
			if status, answer := beside(t, e, http.MethodPost, "/emulator/deliveries/"+id+"/redeliver", ""); status != http.StatusNotFound || answer["error"] == "" {
				t.Errorf("delivery %s: %d %v", id, status, answer)
			}
		}
		// It fails again, after as many attempts as the first time.
		works.Store(false)
		beside(t, e, http.MethodPost, "/emulator/deliveries/1/redeliver", "")
		settle(t, e)
		if got := summary(t, e); got != "bounce failed 13: answered 500" {
			t.Error(got)
		}
	})
}

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

// TestKindsOfRecipients checks that messages and deliveries distinguish To, Cc and Bcc, and
// that messages keep Reply-To, also for another process.
func TestKindsOfRecipients(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/state.db"
	e := withHook(t, &receiver{}, emulator.Options{StateFile: path})
	must(t, e, "SendEmail", strings.Replace(mail(news, "a@x.com", "b@x.com"), "{",
		`{"Cc":["c@x.com"],"Bcc":["d@x.com","e@x.com"],"ReplyToAddresses":"Help <help@x.com>",`, 1))
	must(t, e, "SendEmail", strings.Replace(mail(news), `[""]`, `[],"Bcc":["f@x.com"]`, 1))
	must(t, e, "CreateReceiver", `{"ReceiversName":"all"}`)
	must(t, e, "CreateReceiverDetail", `{"ReceiverId":1,"Emails":["g@x.com"]}`)
	must(t, e, "BatchSendEmail", `{"FromEmailAddress":"`+news+`","ReceiverId":1,"Subject":"s","TaskType":1,
		"ReplyToAddresses":"list@x.com","Template":{"TemplateID":1,"TemplateData":"{}"}}`)
	long := `{"ReplyToAddresses":"` + strings.Repeat("a", 999) + `",`
	if got := do(t, e, "SendEmail", strings.Replace(mail(news, "a@x.com"), "{", long, 1)); got.code != sesapi.CodeInvalidValue {
		t.Errorf("a Reply-To of 999 bytes: %q", got.code)
	}
	settle(t, e)
	check(t, e.Close())
	e = open(t, emulator.Options{StateFile: path})
	messages, err := e.Messages(emulator.Filter{})
	check(t, err)
	deliveries, _, err := e.Deliveries()
	check(t, err)
	var kinds, replies, delivered string
	for _, m := range messages {
		replies += m.ReplyTo + "|"
		for _, r := range m.Recipients {
			kinds += r.Address[:1] + " " + r.Kind + " "
		}
	}
	for _, d := range deliveries {
		delivered += d.Recipient[:1] + " " + d.RecipientKind + " "
	}
	if want := "a to b to c cc d bcc e bcc f bcc g to "; kinds != want || delivered != want || replies != "Help <help@x.com>||list@x.com|" {
		t.Errorf("%q %q %q", kinds, delivered, replies)
	}
	w := httptest.NewRecorder()
	emulator.WithPage(e, e, emulator.PageOptions{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/page/item/3", nil))
	var item struct{ Kind, Reply string }
	if err := json.Unmarshal(w.Body.Bytes(), &item); err != nil || item.Kind != "cc" || item.Reply != "Help <help@x.com>" {
		t.Errorf("on the page: %v %s", err, w.Body)
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

// TestResetBesideTheAPI checks that a reset empties the account, and that deliveries
// in flight do not change it afterwards.
func TestResetBesideTheAPI(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", t.TempDir() + "/state.db"} {
		synctest.Test(t, func(t *testing.T) {
			c := &receiver{answer: always(500)}
			e := withHook(t, c, emulator.Options{StateFile: path})
			must(t, e, "CreateEmailTemplate", `{"TemplateName":"n","TemplateContent":{"Text":"YQ=="}}`)
			must(t, e, "CreateAddressTrackUrl", `{"Address":"`+news+`","TrackUrl":"`+hook+`"}`)
			must(t, e, "SendEmail", strings.Replace(mail(news, "open@x.com"), ":7,", ":1,", 1))
			synctest.Wait()
			if status, answer := beside(t, e, http.MethodPost, "/emulator/reset", ""); status != 200 || answer["action"] != "reset" {
				t.Errorf("%d %v", status, answer)
			}
			if got := must(t, e, "GetWebhookUrl", "{}"); got["Url"] != "" {
				t.Errorf("callback: %v", got)
			}
			id := send(t, e, "bounce@x.com") // with a template that the reset removed
			settle(t, e)
			if got := deliveries(t, e); len(got) != 1 || got[0].MessageID != id || got[0].Status != emulator.DeliverySkipped || got[0].ID != 3 {
				t.Errorf("%+v", got)
			}
			if got := must(t, e, "ListEmailAddress", "{}")["EmailSenders"].([]any); len(got) != 2 {
				t.Errorf("senders: %v", got)
			}
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		})
	}
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

// TestOtherRequestsAreAnsweredInJSON checks paths and methods that are not endpoints.
func TestOtherRequestsAreAnsweredInJSON(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	for _, c := range []struct {
		method, path, allow, want string
		status                    int
	}{
		{http.MethodGet, "/emulator/nothing", "", `{"error":"there is no endpoint \"/emulator/nothing\""}`, 404},
		{http.MethodGet, "/emulator/deliveries/9/redeliver", "POST", `{"error":"this endpoint takes POST only"}`, 405},
		{http.MethodPost, "/emulator/faults", "GET, PUT", `{"error":"this endpoint takes GET or PUT only"}`, 405},
	} {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if got := strings.TrimSpace(w.Body.String()); w.Code != c.status || got != c.want || w.Header().Get("Allow") != c.allow ||
			w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s %s: %d %s %v", c.method, c.path, w.Code, got, w.Header())
		}
	}
}

// TestEndpointsAnswerAsDescribed sends the example of each endpoint, with each of its
// parameters. The answer has the fields of the example answer, with the same types.
func TestEndpointsAnswerAsDescribed(t *testing.T) {
	t.Parallel()
	for _, endpoint := range emulator.Endpoints() {
		if endpoint.Summary == "" || !strings.HasPrefix(endpoint.Path, emulator.ControlPath) {
			t.Errorf("%+v", endpoint)
		}
		var example any
		if err := json.Unmarshal([]byte(endpoint.Answer), &example); err != nil {
			t.Errorf("%s: %v", endpoint.Path, err)
		}
		for _, described := range append([]string{""}, endpoint.Query...) {
			e := withHook(t, &receiver{}, emulator.Options{Faults: parseFaults(t, "throttle=10%,action=GetWebhookUrl")})
			id, _ := must(t, e, "SendEmail", strings.Replace(mail(news, "a@x.com"), "{", `{"ReplyToAddresses":"help@x.com",`, 1))["MessageId"].(string)
			settle(t, e)
			name, _, _ := strings.Cut(described, "=")
			value := map[string]string{"message": id, "sender": news, "recipient": "a@x.com", "since": "2026-03-04T12:00:00Z",
				"state": "accepted", "wait": "1", "timeout": "0.5"}[name]
			path := strings.Replace(endpoint.Path, "{id}", "1", 1)
			if name != "" {
				path += "?" + name + "=" + value
			}
			status, answer := beside(t, e, endpoint.Method, path, endpoint.Body)
			if status != http.StatusOK || name != "" && value == "" {
				t.Errorf("%s %s: %d %v", endpoint.Method, path, status, answer)
			}
			describes(t, endpoint.Method+" "+path, example, answer)
			settle(t, e)
		}
	}
}

// describes checks that an answer has every field of an example, with the same types.
func describes(t *testing.T, at string, example, answer any) {
	t.Helper()
	if fmt.Sprintf("%T", example) != fmt.Sprintf("%T", answer) {
		t.Errorf("%s is %T, the example has %T", at, answer, example)
		return
	}
	switch example := example.(type) {
	case map[string]any:
		fields, _ := answer.(map[string]any)
		for name := range example {
			describes(t, at+" "+name, example[name], fields[name])
		}
	case []any:
		list, _ := answer.([]any)
		if len(example) > 0 && len(list) == 0 {
			t.Errorf("%s is empty", at)
		}
		for _, element := range list {
			if len(example) > 0 {
				describes(t, at, example[0], element)
			}
		}
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
