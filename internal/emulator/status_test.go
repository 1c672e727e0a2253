package emulator_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/event"
)

func TestSendEmailStatusBySDK(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{Now: time.Now, Faults: parseFaults(t, "disorder", "duplicate")})
	client := sdkClient(t, "localhost", e.Transport())
	send := ses.NewSendEmailRequest()
	send.FromEmailAddress, send.Subject = common.StringPtr(news), common.StringPtr("s")
	send.Template = &ses.Template{TemplateID: common.Uint64Ptr(1), TemplateData: common.StringPtr("{}")}
	send.Destination = common.StringPtrs([]string{"a@x.com", "drop@x.com", "bounce@x.com", "defer@x.com", "open@x.com", "click@x.com", "unsubscribe@x.com", "spam@x.com"})
	sent, err := client.SendEmail(send)
	if err != nil {
		t.Fatal(err)
	}
	settle(t, e)
	request := ses.NewGetSendEmailStatusRequest()
	request.RequestDate = common.StringPtr(time.Now().In(time.FixedZone("China", 8*60*60)).Format(time.DateOnly))
	request.Offset, request.Limit = common.Uint64Ptr(0), common.Uint64Ptr(100)
	request.MessageId = sent.Response.MessageId
	response, err := client.GetSendEmailStatus(request)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range response.Response.EmailStatusList {
		if *s.MessageId != *sent.Response.MessageId || *s.FromEmailAddress != news || *s.SendStatus != 0 || *s.RequestTime == 0 {
			t.Errorf("status: %+v", s)
		}
		if (*s.DeliverTime != 0) != (*s.DeliverStatus == 1) {
			t.Errorf("status: %+v", s)
		}
		got[*s.ToEmailAddress] = fmt.Sprintf("%d %t %t %t %t %s", *s.DeliverStatus, *s.UserOpened, *s.UserClicked, *s.UserUnsubscribed, *s.UserComplained, *s.DeliverMessage)
	}
	want := map[string]string{
		"a@x.com":           "1 false false false false ",
		"drop@x.com":        "2 false false false false recipient is in the blocklist",
		"bounce@x.com":      "3 false false false false 551 5.1.1 recipient is not exist",
		"defer@x.com":       "1 false false false false ",
		"open@x.com":        "1 true false false false ",
		"click@x.com":       "1 false true false false ",
		"unsubscribe@x.com": "1 false false true false ",
		"spam@x.com":        "1 false false false true ",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%v, want\n%v", got, want)
	}
}

func TestSendEmailStatusSelects(t *testing.T) {
	t.Parallel()
	late := func() time.Time { return noon.Add(6 * time.Hour) } // tomorrow in China
	e := open(t, emulator.Options{Now: late})
	call := func(body string) answer {
		s := newSigned("GetSendEmailStatus", body)
		s.stamp = fmt.Sprint(late().Unix())
		return serve(t, e, s.request())
	}
	for _, to := range []string{"a@x.com", "b@x.com", "A@x.com"} {
		s := newSigned("SendEmail", mail(news, to))
		s.stamp = fmt.Sprint(late().Unix())
		if got := serve(t, e, s.request()); got.code != "" {
			t.Fatal(got.message)
		}
	}
	tests := map[string]struct {
		body, code string
		count      int
	}{
		"all":             {`{"RequestDate":"2026-03-05","Offset":0,"Limit":100}`, "", 3},
		"date by UTC":     {`{"RequestDate":"2026-03-04","Offset":0,"Limit":100}`, "", 0},
		"another date":    {`{"RequestDate":"2026-03-06","Offset":0,"Limit":100}`, "", 0},
		"recipient":       {`{"RequestDate":"2026-03-05","Offset":0,"Limit":100,"ToEmailAddress":"a@X.com"}`, "", 2},
		"message":         {`{"RequestDate":"2026-03-05","Offset":0,"Limit":100,"MessageId":"x"}`, "", 0},
		"page":            {`{"RequestDate":"2026-03-05","Offset":1,"Limit":1}`, "", 1},
		"behind the end":  {`{"RequestDate":"2026-03-05","Offset":9,"Limit":1}`, "", 0},
		"no date":         {`{"Offset":0,"Limit":100}`, sesapi.CodeMissingParameter, 0},
		"no offset":       {`{"RequestDate":"2026-03-05","Limit":100}`, sesapi.CodeMissingParameter, 0},
		"no limit":        {`{"RequestDate":"2026-03-05","Offset":0}`, sesapi.CodeMissingParameter, 0},
		"wrong date":      {`{"RequestDate":"04.03.2026","Offset":0,"Limit":100}`, sesapi.CodeWrongDate, 0},
		"limit":           {`{"RequestDate":"2026-03-05","Offset":0,"Limit":101}`, sesapi.CodeInvalidLimit, 0},
		"negative offset": {`{"RequestDate":"2026-03-05","Offset":-1,"Limit":100}`, sesapi.CodeInvalidValue, 0},
	}
	for name, test := range tests {
		got := call(test.body)
		items, _ := got.fields["EmailStatusList"].([]any)
		if got.code != test.code || len(items) != test.count {
			t.Errorf("%s: %q, %d emails, want %q, %d", name, got.code, len(items), test.code, test.count)
		}
	}
}

// TestStatusFollowsTheEvents checks that the status is queued, then deferred, then
// delivered, as the events happen.
func TestStatusFollowsTheEvents(t *testing.T) {
	t.Parallel()
	var e *emulator.Emulator
	var id string
	status := func() int {
		got := must(t, e, "GetSendEmailStatus", `{"RequestDate":"2026-03-04","Offset":0,"Limit":10,"MessageId":"`+id+`"}`)
		only, _ := got["EmailStatusList"].([]any)[0].(map[string]any)
		number, _ := only["DeliverStatus"].(float64)
		return int(number)
	}
	begin := make(chan struct{})
	var seen []int
	c := &receiver{answer: func(n int, _ *http.Request, _ event.Event) (int, error) {
		if n == 0 {
			<-begin
		}
		seen = append(seen, status())
		return 200, nil
	}}
	e = withHook(t, c, emulator.Options{Deliveries: emulator.DeliveryOptions{}, Faults: parseFaults(t, "delivery-delay=50ms")})
	id = send(t, e, "defer@x.com")
	if got := status(); got != 0 {
		t.Errorf("before the first event: %d", got)
	}
	close(begin)
	settle(t, e)
	if !slices.Equal(seen, []int{8, 1}) || status() != 1 {
		t.Errorf("as the events arrived: %v, then %d", seen, status())
	}
}
