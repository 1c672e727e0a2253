package emulator_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

func TestLimitsOfTheService(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(12 * time.Hour) // away from a change of the day in China
		e := open(t, emulator.Options{Now: time.Now, Limits: emulator.Limits{Quota: 2, AddressHour: 2, Day: 5}})
		call := func(action, body string) string { return serve(t, e, newSignedNow(action, body).request()).code }
		for i, want := range []string{"", "", sesapi.CodeRequestLimitExceeded} {
			if got := call("ListEmailAddress", "{}"); got != want {
				t.Errorf("request %d: %q", i, got)
			}
		}
		if got := call("GetWebhookUrl", "{}"); got != "" {
			t.Errorf("another action: %q", got)
		}
		time.Sleep(time.Second)
		if got := call("ListEmailAddress", "{}"); got != "" {
			t.Errorf("a second later: %q", got)
		}
		for _, step := range []struct{ to, want string }{
			{"a@x.com", ""}, {"A@x.com", ""}, {"a@x.com", sesapi.CodeFrequencyLimit}, {"b@x.com", ""},
			{`b@x.com","c@x.com","d@x.com`, sesapi.CodeExceedSendLimit}, {"c@x.com", ""},
		} {
			time.Sleep(time.Second)
			if got := call("SendEmail", mail(news, step.to)); got != step.want {
				t.Errorf("to %s: %q, want %q", step.to, got, step.want)
			}
		}
		time.Sleep(time.Hour)
		if got := call("SendEmail", mail(news, "a@x.com")); got != "" {
			t.Errorf("an hour later: %q", got)
		}
		time.Sleep(24 * time.Hour)
		if got := call("SendEmail", mail(news, "a@x.com")); got != "" {
			t.Errorf("a day later: %q", got)
		}
	})
}

func TestSetLimits(t *testing.T) {
	t.Parallel()
	var l emulator.Limits
	for _, spec := range []string{"address-hour=10", " day = 500 "} {
		if err := l.Set(spec); err != nil {
			t.Error(err)
		}
	}
	if l != (emulator.Limits{AddressHour: 10, Day: 500}) {
		t.Errorf("%+v", l)
	}
	for _, spec := range []string{"", "day", "day=0", "day=x", "week=1"} {
		if err := l.Set(spec); err == nil || failure.KindOf(err) != failure.Usage {
			t.Errorf("%q: %v", spec, err)
		}
	}
}

func TestScenario(t *testing.T) {
	t.Parallel()
	scenario, err := emulator.ParseScenario([]byte(`{"version":1,"recipients":[
		{"recipient":"slow-?@x.com","outcomes":["defer","open"],"delay":"2s","reason":"450 later"},
		{"recipient":"*@blocked.example.com","code":"FailedOperation.EmailAddrInBlacklist"},
		{"recipient":"slow-*","outcomes":["bounce","open"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		c := &receiver{}
		e := withHook(t, c, emulator.Options{Scenario: scenario, Now: time.Now})
		send := func(to string) string { return serve(t, e, newSignedNow("SendEmail", mail(news, to)).request()).code }
		start := time.Now()
		if got := send("Slow-1@x.com"); got != "" {
			t.Fatal(got)
		}
		settle(t, e)
		if took := time.Since(start); took != 4*time.Second || c.seen() != "deferred delivered open" {
			t.Errorf("%s after %s", c.seen(), took)
		}
		if got := c.got[0]; got.Reason != "450 later" || got.Timestamp != start.Unix()+2 || got.SentTimestamp != start.Unix() || c.got[2].Timestamp != start.Unix()+4 {
			t.Errorf("event: %+v", got)
		}
		if got := send("slow-11@x.com"); got != "" { // the pattern for one character does not match
			t.Fatal(got)
		}
		settle(t, e)
		if got := c.seen(); got != "deferred delivered open bounce" {
			t.Error(got)
		}
		if got := send(`ok@x.com","a@BLOCKED.example.com`); got != "FailedOperation.EmailAddrInBlacklist" {
			t.Errorf("refused: %q", got)
		}
	})
	for text, want := range map[string]string{
		`{`:                                "not a scenario",
		`"s3cret"`:                         "not a scenario: the file is text, but must be a mapping that begins with version: 1",
		`{"version": "s3cret"}`:            "version is text, but must be a whole number",
		`{"version": 1, "recipients": {}}`: "recipients is a mapping, but must be a list",
		`{"version": 1, "recipients": [{"outcomes": "s3cret"}]}`: "recipients.outcomes is text, but must be a list",
		`{"recipients":[]}`:                                "has no version",
		`{"version":2}`:                                    "version 2",
		`{"version":1,"odd":1}`:                            "odd",
		`{"version":1,"recipients":[{}]}`:                  "rule 1: it has no recipient",
		rule(`"outcomes":["x"]`):                           "unknown outcome",
		rule(`"delay":"1s"`):                               "either outcomes or a code",
		rule(`"outcomes":["open"],"code":"InternalError"`): "either outcomes or a code",
		rule(`"code":"X"`):                                 "not an error code",
		rule(`"code":"InternalError","delay":"1s"`):        "cannot have a delay or a reason",
		rule(`"outcomes":["open"],"delay":"soon"`):         "is not a duration",
	} {
		if _, err := emulator.ParseScenario([]byte(text)); err == nil || failure.KindOf(err) != failure.Usage || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func rule(fields string) string {
	return `{"version":1,"recipients":[{"recipient":"*",` + fields + `}]}`
}

func TestLabels(t *testing.T) {
	t.Parallel()
	for recipient, want := range map[string]string{
		"bounce+order-17@x.com":     "bounce",
		"open+click+order-17@x.com": "delivered open click",
		"OPEN+Click@x.com":          "delivered open click",
		"click+click@x.com":         "delivered click click",
		"defer+bounce@x.com":        "deferred bounce",
		"defer+open@x.com":          "deferred delivered open",
		"open+bounce@x.com":         "delivered open",
		"drop+open@x.com":           "dropped",
		"order+bounce@x.com":        "delivered",
		"deliver+spam@x.com":        "delivered spamreport",
		"bounced@x.com":             "delivered",
		"+bounce@x.com":             "delivered",
	} {
		c := &receiver{}
		e := withHook(t, c, emulator.Options{})
		send(t, e, recipient)
		settle(t, e)
		if got := c.seen(); got != want {
			t.Errorf("%s: %s, want %s", recipient, got, want)
		}
	}
}

// TestTimedTasks checks that a timed task begins at its time, and that a cycle
// repeats.
func TestTimedTasks(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", t.TempDir() + "/state.db"} {
		synctest.Test(t, func(t *testing.T) {
			c := &receiver{}
			e := withHook(t, c, emulator.Options{Now: time.Now, StateFile: path})
			call := func(action, body string) map[string]any {
				got := serve(t, e, newSignedNow(action, body).request())
				if got.code != "" {
					t.Fatalf("%s: %s: %s", action, got.code, got.message)
				}
				return got.fields
			}
			call("CreateReceiver", `{"ReceiversName":"all"}`)
			call("CreateReceiverDetail", `{"ReceiverId":1,"Emails":["a@x.com"]}`)
			begin := time.Now().Add(time.Hour).In(time.FixedZone("China", 8*3600)).Format(time.DateTime)
			task := `{"FromEmailAddress":"` + news + `","ReceiverId":1,"Subject":"s","Template":{"TemplateID":1,"TemplateData":"{}"},`
			call("BatchSendEmail", task+`"TaskType":2,"TimedParam":{"BeginTime":"`+begin+`"}}`)
			call("BatchSendEmail", task+`"TaskType":3,"CycleParam":{"BeginTime":"`+begin+`","IntervalTime":2}}`)
			status := func() string {
				var states []string
				for _, element := range call("ListSendTasks", `{"Offset":0,"Limit":10}`)["Data"].([]any) {
					got, _ := element.(map[string]any)
					states = append(states, fmt.Sprint(got["TaskStatus"], "/", got["SendCount"]))
				}
				return strings.Join(states, " ")
			}
			time.Sleep(59 * time.Minute)
			synctest.Wait()
			if c.count() != 0 || status() != "1/0 1/0" {
				t.Errorf("before the time: %d events, %s", c.count(), status())
			}
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			if c.count() != 2 || status() != "10/1 1/0" {
				t.Errorf("after the time: %d events, %s", c.count(), status())
			}
			time.Sleep(5 * time.Hour)
			synctest.Wait()
			if c.count() != 4 {
				t.Errorf("five hours later: %d events", c.count())
			}
			call("DeleteReceiver", `{"ReceiverId":1}`)
			time.Sleep(5 * time.Hour)
			synctest.Wait()
			if c.count() != 5 || status() != "10/1 10/1" {
				t.Errorf("after the list was deleted: %d events, %s", c.count(), status())
			}
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestScenarioInABatch checks that a batch task drops the recipients that SendEmail would
// refuse.
func TestScenarioInABatch(t *testing.T) {
	t.Parallel()
	e, client, c := sdkEmulator(t, emulator.Options{})
	scenario, err := emulator.ParseScenario([]byte(`{"version":1,"recipients":[{"recipient":"no*","code":"FailedOperation.UnsupportMailType"}]}`))
	check(t, err)
	e.SetScenario(scenario)
	_, err = client.BatchSendEmail(batch(newList(t, client, "all", "a@x.com", "no@x.com"), 1))
	check(t, err)
	settle(t, e)
	for _, event := range c.got {
		if event.Email == "no@x.com" && (event.Type != "dropped" || event.Reason != "FailedOperation.UnsupportMailType") {
			t.Errorf("the event of the refused recipient: %+v", event)
		}
	}
	if len(c.got) != 2 {
		t.Errorf("%d events", len(c.got))
	}
	check(t, sendTo(client, 1, "{}", "unsubscribe@x.com", "bounce@x.com"))
	settle(t, e)
	_, err = client.BatchSendEmail(batch(newList(t, client, "unwanted", "unsubscribe@x.com", "bounce@x.com"), 1))
	check(t, err)
	settle(t, e)
	var statuses []string
	day := time.Now().In(time.FixedZone("China", 8*3600)).Format(time.DateOnly)
	request := ses.NewGetSendEmailStatusRequest()
	request.RequestDate, request.Offset, request.Limit = &day, num(0), num(10)
	listed, err := client.GetSendEmailStatus(request)
	check(t, err)
	for _, got := range listed.Response.EmailStatusList {
		statuses = append(statuses, fmt.Sprint(*got.ToEmailAddress, " ", *got.SendStatus, " ", *got.DeliverStatus))
	}
	if got, want := strings.Join(statuses, ", "), "a@x.com 0 1, no@x.com 3020 2, unsubscribe@x.com 0 1, bounce@x.com 0 3, bounce@x.com 1007 2, unsubscribe@x.com 1013 2"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestOptionsThatAreNotValid checks that Open refuses them, and that a domain may be
// written in its own letters.
func TestOptionsThatAreNotValid(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]emulator.Options{
		"domain":         {Unverified: []string{"not a domain"}},
		"an empty one":   {Unverified: []string{""}},
		"negative quota": {Limits: emulator.Limits{Quota: -1}},
		"negative day":   {Limits: emulator.Limits{Day: -1}},
	} {
		if _, err := emulator.Open(t.Context(), o); failure.KindOf(err) != failure.Usage || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	e := open(t, emulator.Options{Unverified: []string{"例子.中国"}})
	if got := do(t, e, "CreateEmailAddress", `{"EmailAddress":"a@xn--fsqu00a.xn--fiqs8s"}`); got.code != "OperationDenied.DomainNotVerified" {
		t.Errorf("%q", got.code)
	}
}

// TestDeleteMessagesOfATask checks that a task ends when its last message is deleted.
func TestDeleteMessagesOfATask(t *testing.T) {
	t.Parallel()
	e, client, _ := sdkEmulator(t, emulator.Options{Faults: parseFaults(t, "delivery-delay=1h")})
	_, err := client.BatchSendEmail(batch(newList(t, client, "all", "a@x.com", "b@x.com"), 1))
	check(t, err)
	tasks := ses.NewListSendTasksRequest()
	tasks.Offset, tasks.Limit = num(0), num(10)
	for _, recipient := range []string{"a@x.com", "b@x.com"} {
		n, err := e.DeleteMessages(emulator.Filter{Recipient: recipient})
		check(t, err)
		listed, err := client.ListSendTasks(tasks)
		check(t, err)
		want := map[string]string{"a@x.com": "1 1 1", "b@x.com": "1 10 2"}[recipient]
		if got := fmt.Sprint(n, " ", *listed.Response.Data[0].TaskStatus, " ", *listed.Response.Data[0].SendCount); got != want {
			t.Errorf("without %s: %s, want %s", recipient, got, want)
		}
	}
}
