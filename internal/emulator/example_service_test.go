package emulator_test

import (
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"sync"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

// newsletter is the service under test. It sends emails through SES. It sends no more
// emails to an address that does not exist, or to a recipient who has unsubscribed.
type newsletter struct {
	ses *ses.Client

	mu      sync.Mutex
	blocked map[string]event.Type
}

func (n *newsletter) send(ctx context.Context, to string) error {
	n.mu.Lock()
	why, blocked := n.blocked[to]
	n.mu.Unlock()
	if blocked {
		return fmt.Errorf("%s gets no more email: %s", to, why)
	}
	request := ses.NewSendEmailRequest()
	request.FromEmailAddress = common.StringPtr("News <news@mail.example.com>")
	request.Destination = common.StringPtrs([]string{to})
	request.Subject = common.StringPtr("What is new")
	request.Template = &ses.Template{TemplateID: common.Uint64Ptr(1), TemplateData: common.StringPtr(`{}`)}
	_, err := n.ses.SendEmailWithContext(ctx, request)
	return err
}

// receive is called for each event. event.NewHandler turns it into an http.Handler.
func (n *newsletter) receive(_ context.Context, e event.Event) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if e.BounceType == event.HardBounce || e.Type == event.Unsubscribe {
		n.blocked[e.Email] = e.Type
	}
	return nil
}

// This example tests a whole service, which sends emails and receives their events,
// in one process. The emulator replaces SES, and the service's own handler receives
// the events.
func Example_service() {
	ctx := context.Background()
	service := &newsletter{blocked: map[string]event.Type{}}
	receiver := httptest.NewServer(event.NewHandler(service.receive, event.HandlerOptions{}))
	defer receiver.Close()

	// SES accepts the ports 8080 to 8082 only; the test server has another port.
	port := receiver.Listener.Addr().(*net.TCPAddr).Port
	emulated, err := emulator.Open(ctx, emulator.Options{Policy: callback.Policy{Ports: []int{port}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = emulated.Close() }()

	// The official SDK, with the emulator as its network.
	service.ses, err = ses.NewClient(common.NewCredential("local", "local"), "ap-guangzhou", profile.NewClientProfile())
	if err != nil {
		fmt.Println(err)
		return
	}
	service.ses.WithHttpTransport(emulated.Transport())
	if err := setAccountCallback(service.ses, receiver.URL+"/ses"); err != nil {
		fmt.Println(err)
		return
	}

	// The local part of a recipient chooses the events of the email.
	for range 2 {
		for _, to := range []string{"someone@example.com", "bounce@example.com", "unsubscribe@example.com"} {
			fmt.Println(to, service.send(ctx, to))
		}
		if err := emulated.Settle(ctx); err != nil { // every event has been delivered
			fmt.Println(err)
		}
	}
	// Output:
	// someone@example.com <nil>
	// bounce@example.com <nil>
	// unsubscribe@example.com <nil>
	// someone@example.com <nil>
	// bounce@example.com bounce@example.com gets no more email: bounce
	// unsubscribe@example.com unsubscribe@example.com gets no more email: unsubscribe
}

// setAccountCallback does what "sesctl callback set --account URL" does; the SDK
// has no method for it.
func setAccountCallback(client *ses.Client, url string) error {
	request := tchttp.NewCommonRequest("ses", ses.APIVersion, "UpdateWebhookUrl")
	if err := request.SetActionParameters(map[string]any{"Url": url}); err != nil {
		return err
	}
	return client.Send(request, tchttp.NewCommonResponse())
}
