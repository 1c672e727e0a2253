package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
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
