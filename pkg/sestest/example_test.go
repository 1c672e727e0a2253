package sestest_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"log"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/pkg/sestest"
)

// exampleT is used instead of the t of a test, which examples do not have.
type exampleT struct {
	testing.TB
	cleanups []func()
	folder   string
}

func (t *exampleT) Helper()                        {}
func (t *exampleT) TempDir() string                { return t.folder }
func (t *exampleT) Cleanup(f func())               { t.cleanups = append(t.cleanups, f) }
func (t *exampleT) Fatalf(format string, a ...any) { log.Fatalf(format, a...) }
func (t *exampleT) Errorf(format string, a ...any) { log.Printf(format, a...) }

func (t *exampleT) end() {
	for i := len(t.cleanups) - 1; i >= 0; i-- {
		t.cleanups[i]()
	}
}

// newClient returns the client of the official SDK, as the service under test makes it.
func newClient(srv *sestest.Server) *ses.Client {
	p := profile.NewClientProfile()
	p.HttpProfile.Scheme, p.HttpProfile.Endpoint = "http", srv.Host
	client, err := ses.NewClient(common.NewCredential(srv.SecretID, srv.SecretKey), "ap-guangzhou", p)
	if err != nil {
		log.Fatal(err)
	}
	return client
}

func send(client *ses.Client, from, to string) error {
	request := ses.NewSendEmailRequest()
	request.FromEmailAddress, request.Destination = &from, []*string{&to}
	request.Subject = common.StringPtr("Your order")
	request.Simple = &ses.Simple{Text: common.StringPtr("VGhhbmtz")}
	_, err := client.SendEmail(request)
	return err
}

// A service sends an email through the official SDK, and its callback receives the events.
func Example() {
	t := &exampleT{} // in a test: the t of the test
	defer t.end()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	srv := sestest.NewServer(t, sestest.WithSenders("shop@mail.example.com"), sestest.WithSimpleEmails())
	receiver := sestest.NewReceiver(t)
	srv.SetCallback("", receiver.URL)

	if err := send(newClient(srv), "shop@mail.example.com", "open+order-17@example.com"); err != nil {
		log.Fatal(err)
	}
	events, err := receiver.Wait(ctx, 2)
	for _, e := range events {
		fmt.Println(e.Type, e.Email)
	}
	fmt.Println(err)
	// Output:
	// delivered open+order-17@example.com
	// open open+order-17@example.com
	// <nil>
}

// A scenario chooses outcomes and error codes by the recipient.
func ExampleServer_Scenario() {
	t := &exampleT{}
	defer t.end()

	srv := sestest.NewServer(t, sestest.WithSimpleEmails())
	srv.Scenario(
		sestest.Rule{Recipient: "*@full.example.com", Outcomes: []string{"soft-bounce"}, Reason: "452 4.2.2 full"},
		sestest.Rule{Recipient: "*@blocked.example.com", Code: "FailedOperation.EmailAddrInBlacklist"},
	)
	client := newClient(srv)
	fmt.Println(send(client, srv.Senders[0], "a@full.example.com"))
	fmt.Println(send(client, srv.Senders[0], "a@blocked.example.com") != nil)

	deliveries, err := srv.Wait(context.Background(), 1)
	fmt.Println(deliveries[0].Event.Type, deliveries[0].Event.Reason, deliveries[0].Status, err)
	// Output:
	// <nil>
	// true
	// bounce 452 4.2.2 full skipped <nil>
}

// A fault shows how the service copes with an API that throttles.
func ExampleServer_Fault() {
	t := &exampleT{}
	defer t.end()

	srv := sestest.NewServer(t, sestest.WithSimpleEmails())
	client := newClient(srv)
	srv.Fault("error=RequestLimitExceeded,action=SendEmail")
	fmt.Println(send(client, srv.Senders[0], "a@example.com") != nil, len(srv.Messages()))
	srv.Fault()
	fmt.Println(send(client, srv.Senders[0], "a@example.com") != nil, len(srv.Messages()))
	// Output:
	// true 0
	// false 1
}

// A receiver that does not answer 2xx gets an event again.
func ExampleReceiver_Answer() {
	t := &exampleT{}
	defer t.end()

	srv := sestest.NewServer(t, sestest.WithSimpleEmails())
	receiver := sestest.NewReceiver(t)
	receiver.Answer(503, 500)
	srv.SetCallback(srv.Senders[0], receiver.URL)
	fmt.Println(send(newClient(srv), srv.Senders[0], "a@example.com"))

	deliveries, err := srv.Wait(context.Background(), 1)
	for _, attempt := range deliveries[0].Attempts {
		fmt.Printf("%d %q\n", attempt.Status, attempt.Error)
	}
	fmt.Println(len(receiver.Events()), err)
	// Output:
	// <nil>
	// 503 "answered 503"
	// 500 "answered 500"
	// 200 ""
	// 1 <nil>
}

// A service that only speaks HTTPS trusts the certificate of the server. A program in
// another process reads it from srv.CAFile.
func ExampleWithTLS() {
	folder, err := os.MkdirTemp("", "sestest")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	t := &exampleT{folder: folder}
	defer t.end()

	srv := sestest.NewServer(t, sestest.WithTLS(), sestest.WithSimpleEmails())
	p := profile.NewClientProfile()
	p.HttpProfile.Endpoint = srv.Host // the scheme is "https" by default
	client, err := ses.NewClient(common.NewCredential(srv.SecretID, srv.SecretKey), "ap-guangzhou", p)
	if err != nil {
		log.Fatal(err)
	}
	client.WithHttpTransport(&http.Transport{TLSClientConfig: &tls.Config{RootCAs: srv.CAs}})

	fmt.Println(send(client, srv.Senders[0], "a@example.com"), len(srv.Messages()))
	// Output:
	// <nil> 1
}
