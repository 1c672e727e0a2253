package sestest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/pkg/sestest"
)

// failing records that a test failed, instead of failing.
type failing struct {
	testing.TB
	message string
}

type failed struct{}

func (f *failing) Helper() {}

func (f *failing) Fatal(a ...any) { f.Fatalf("%s", fmt.Sprint(a...)) }

func (f *failing) Fatalf(format string, a ...any) {
	f.message = fmt.Sprintf(format, a...)
	panic(failed{})
}

// failure returns the message with which a test failed, or "".
func failure(t *testing.T, run func(tb testing.TB)) string {
	f := &failing{TB: t}
	func() {
		defer func() {
			if p := recover(); p != nil {
				if _, ours := p.(failed); !ours {
					panic(p)
				}
			}
		}()
		run(f)
	}()
	return f.message
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func TestMistakesFailTheTest(t *testing.T) {
	t.Parallel()
	for want, run := range map[string]func(tb testing.TB){
		"no sender address other@example.com": func(tb testing.TB) {
			sestest.NewServer(tb).SetCallback("other@example.com", "http://127.0.0.1:8080/")
		},
		"the callback cannot be set": func(tb testing.TB) { sestest.NewServer(tb).SetCallback("", "ftp://127.0.0.1/") },
		"9000": func(tb testing.TB) {
			sestest.NewServer(tb, sestest.WithServicePorts()).SetCallback("", "http://127.0.0.1:9000/")
		},
		"unknown fault":              func(tb testing.TB) { sestest.NewServer(tb).Fault("odd") },
		"the fault names the action": func(tb testing.TB) { sestest.NewServer(tb).Fault("throttle,action=Odd") },
		"rule 1":                     func(tb testing.TB) { sestest.NewServer(tb).Scenario(sestest.Rule{Recipient: "*"}) },
		"must not be empty":          func(tb testing.TB) { sestest.NewServer(tb, sestest.WithKey("", "x")) },
		"sender address":             func(tb testing.TB) { sestest.NewServer(tb, sestest.WithSenders("no address")) },
	} {
		if got := failure(t, run); !strings.Contains(got, want) {
			t.Errorf("the message %q does not hold %q", got, want)
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	srv := sestest.NewServer(t, sestest.WithKey("id", "key"), sestest.WithSenders("a@one.example.com", "b@two.example.com"),
		sestest.WithSimpleEmails(), sestest.WithUnverified("two.example.com"), sestest.WithLimits(sestest.Limits{Day: 1}), sestest.WithPauses())
	client := newClient(srv)
	if err := send(client, "b@two.example.com", "x@example.com"); err == nil {
		t.Error("an unverified domain sent an email")
	}
	if srv.SecretID != "id" || srv.SecretKey != "key" || len(srv.Senders) != 2 || srv.Endpoint != "http://"+srv.Host {
		t.Errorf("%+v", srv)
	}
	srv.Reset()
	limited := sestest.NewServer(t, sestest.WithSimpleEmails(), sestest.WithLimits(sestest.Limits{AddressHour: 1}), sestest.WithPauses())
	receiver := sestest.NewReceiver(t)
	receiver.Answer(http.StatusTeapot)
	limited.SetCallback("", receiver.URL)
	client = newClient(limited)
	first, second := send(client, limited.Senders[1], "x@example.com"), send(client, limited.Senders[1], "x@example.com")
	if first != nil || second == nil {
		t.Errorf("%v, %v", first, second)
	}
	// Without pauses there is one attempt.
	all, err := limited.Wait(within(t), 1)
	if err != nil || all[0].Status != sestest.Failed || len(all[0].Attempts) != 1 || all[0].Attempts[0].Status != http.StatusTeapot {
		t.Errorf("%+v %v", all, err)
	}
	if err := limited.Settle(within(t)); err != nil {
		t.Error(err)
	}
	limited.Reset()
	if len(limited.Messages()) != 0 || len(limited.Deliveries()) != 0 {
		t.Error("a reset left messages or deliveries")
	}
}

func TestMessagesAndDeliveries(t *testing.T) {
	t.Parallel()
	srv := sestest.NewServer(t, sestest.WithSimpleEmails())
	receiver := sestest.NewReceiver(t)
	srv.SetCallback("", "http://127.0.0.1:1/")
	srv.SetCallback(srv.Senders[0], receiver.URL)
	if err := send(newClient(srv), srv.Senders[0], "click@example.com"); err != nil {
		t.Fatal(err)
	}
	all, err := srv.Wait(within(t), 2)
	messages := srv.Messages()
	if err != nil || len(messages) != 1 || messages[0].Recipients[0] != "click@example.com" || messages[0].Subject != "Your order" {
		t.Fatalf("%+v %v", messages, err)
	}
	for _, d := range all {
		if d.MessageID != messages[0].ID || d.Event.BulkID != d.MessageID || d.Status != sestest.Accepted || d.Sender != srv.Senders[0] {
			t.Errorf("%+v", d)
		}
	}
	if got := srv.Deliveries(); len(got) != 2 || got[1].Event.Type != "click" || got[1].Attempts[0].URL != receiver.URL {
		t.Errorf("%+v", got)
	}
	srv.SetCallback(srv.Senders[0], "")
}

func TestMessage(t *testing.T) {
	t.Parallel()
	srv := sestest.NewServer(t)
	request := ses.NewSendEmailRequest()
	request.FromEmailAddress, request.Destination = &srv.Senders[0], common.StringPtrs([]string{"a@example.com"})
	request.Cc, request.Bcc = common.StringPtrs([]string{"c@example.com"}), common.StringPtrs([]string{"b@example.com"})
	request.Subject, request.ReplyToAddresses = common.StringPtr("Order {{id}}"), common.StringPtr("help@example.com")
	request.Template = &ses.Template{TemplateID: common.Uint64Ptr(7), TemplateData: common.StringPtr(`{"id": 17}`)}
	if _, err := newClient(srv).SendEmail(request); err != nil {
		t.Fatal(err)
	}
	if got := srv.Messages(); len(got) != 1 || got[0].TemplateData != `{"id": 17}` || got[0].TemplateID != 7 || got[0].Subject != "Order 17" {
		t.Errorf("%+v", got)
	}
	m := srv.Messages()[0]
	if got := fmt.Sprintf("%v %v %v %v %s", m.Recipients, m.To, m.Cc, m.Bcc, m.ReplyTo); got != "[a@example.com c@example.com b@example.com] [a@example.com] [c@example.com] [b@example.com] help@example.com" {
		t.Error(got)
	}
}

func TestWaitEnds(t *testing.T) {
	t.Parallel()
	srv, receiver := sestest.NewServer(t), sestest.NewReceiver(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := srv.Wait(ctx, 1); err == nil || !strings.Contains(err.Error(), "0 of 1 events") {
		t.Error(err)
	}
	if _, err := receiver.Wait(ctx, 1); err == nil || !strings.Contains(err.Error(), "0 of 1 events") {
		t.Error(err)
	}
}

func TestReceiverRefusesWhatIsNotAnEvent(t *testing.T) {
	t.Parallel()
	receiver := sestest.NewReceiver(t)
	receiver.Answer(500)
	response, err := http.Post(receiver.URL, "application/json", strings.NewReader("[]"))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusBadRequest || len(receiver.Events()) != 0 {
		t.Errorf("%d, %v", response.StatusCode, receiver.Events())
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	srv := sestest.NewServer(t, sestest.WithTLS())
	pem, err := os.ReadFile(srv.CAFile)
	if err != nil || !strings.HasPrefix(srv.Endpoint, "https://") {
		t.Fatal(srv.Endpoint, err)
	}
	fromFile := x509.NewCertPool()
	if !fromFile.AppendCertsFromPEM(pem) || !fromFile.Equal(srv.CAs) {
		t.Error("the file has another certificate")
	}
	for want, roots := range map[string]*x509.CertPool{"": fromFile, "certificate signed by unknown authority": x509.NewCertPool()} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
		response, err := (&http.Client{Transport: transport}).Get(srv.Endpoint + "/emulator/messages")
		if err == nil {
			response.Body.Close()
		}
		if got := fmt.Sprint(err); (err == nil) != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%v, want %q", err, want)
		}
		transport.CloseIdleConnections()
	}
	if plain := sestest.NewServer(t); plain.CAs != nil || plain.CAFile != "" {
		t.Error("a server without TLS has a certificate")
	}
}
