package emulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

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
