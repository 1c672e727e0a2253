package emulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tcerr "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/internal/emulator"
)

// sdkClient returns the official client for an endpoint. If transport is nil, it uses
// HTTP.
func sdkClient(t *testing.T, endpoint string, transport http.RoundTripper) *ses.Client {
	t.Helper()
	p := profile.NewClientProfile()
	p.HttpProfile.Endpoint, p.HttpProfile.Scheme = endpoint, "http"
	p.UnsafeRetryOnConnectionFailure = false
	client, err := ses.NewClient(common.NewCredential("local", "local"), "ap-guangzhou", p)
	if err != nil {
		t.Fatal(err)
	}
	if transport != nil {
		client.WithHttpTransport(transport)
	}
	return client
}

// generic returns a request for an action that the SDK has no method for.
type generic struct {
	*tchttp.BaseRequest
	fields map[string]any
}

func (g *generic) MarshalJSON() ([]byte, error) { return json.Marshal(g.fields) }

type genericResponse struct {
	tchttp.BaseResponse
	Response map[string]any `json:"Response"`
}

func call(t *testing.T, client *ses.Client, action string, fields map[string]any) (map[string]any, error) {
	t.Helper()
	request := &generic{BaseRequest: &tchttp.BaseRequest{}, fields: fields}
	request.Init().WithApiInfo("ses", ses.APIVersion, action)
	client.InitBaseRequest(&request.BaseRequest, "ses", ses.APIVersion, action)
	request.SetContext(t.Context())
	var response genericResponse
	err := client.Send(request, &response)
	return response.Response, err
}

func apiCode(err error) string {
	var e *tcerr.TencentCloudSDKError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func TestOfficialGoSDK(t *testing.T) {
	t.Parallel()
	t.Run("http", func(t *testing.T) {
		t.Parallel()
		e := open(t, emulator.Options{Now: time.Now})
		driveSDK(t, sdkClient(t, start(t, e), nil))
	})
	t.Run("transport", func(t *testing.T) {
		t.Parallel()
		e := open(t, emulator.Options{Now: time.Now})
		driveSDK(t, sdkClient(t, "ses.tencentcloudapi.com", e.Transport()))
	})
}

func driveSDK(t *testing.T, client *ses.Client) {
	t.Helper()
	create := ses.NewCreateEmailAddressRequest()
	create.EmailAddress, create.EmailSenderName = common.StringPtr("shop@mail.example.com"), common.StringPtr("Läden \"& mehr\"")
	if _, err := client.CreateEmailAddress(create); err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateEmailAddress(create); apiCode(err) != ses.INVALIDPARAMETERVALUE_REPEATEMAILADDRESS {
		t.Errorf("second creation: %v", err)
	}
	listed, err := client.ListEmailAddress(ses.NewListEmailAddressRequest())
	if err != nil {
		t.Fatal(err)
	}
	senders := listed.Response.EmailSenders
	if len(senders) != 3 || *senders[2].EmailAddress != "shop@mail.example.com" || *senders[2].EmailSenderName != *create.EmailSenderName ||
		*senders[2].CreatedTimestamp == 0 || *senders[2].SmtpPwdType != 0 || *listed.Response.RequestId == "" {
		t.Errorf("senders: %s", listed.ToJsonString())
	}
	domains, err := client.ListEmailIdentities(ses.NewListEmailIdentitiesRequest())
	if err != nil {
		t.Fatal(err)
	}
	if d := domains.Response; len(d.EmailIdentities) != 1 || *d.EmailIdentities[0].IdentityName != "mail.example.com" ||
		!*d.EmailIdentities[0].SendingEnabled || *d.Total != 1 || d.MaxDailyQuota == nil || d.MaxReputationLevel == nil {
		t.Errorf("domains: %s", domains.ToJsonString())
	}
	driveCallbacks(t, client)
	remove := ses.NewDeleteEmailAddressRequest()
	remove.EmailAddress = create.EmailAddress
	if _, err := client.DeleteEmailAddress(remove); err != nil {
		t.Fatal(err)
	}
	if _, err := client.DeleteEmailAddress(remove); apiCode(err) != ses.INVALIDPARAMETERVALUE_NOSUCHSENDER {
		t.Errorf("second deletion: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.ListEmailAddressWithContext(ended, ses.NewListEmailAddressRequest()); err == nil {
		t.Error("a call whose context has ended succeeds")
	}
}

func driveCallbacks(t *testing.T, client *ses.Client) {
	t.Helper()
	const address, url = "shop@mail.example.com", "https://hooks.example.com:8080/ses?token=a&b=ü"
	steps := []struct {
		action string
		fields map[string]any
		code   string
	}{
		{"CreateAddressTrackUrl", map[string]any{"Address": address, "TrackUrl": url}, ""},
		{"CreateAddressTrackUrl", map[string]any{"Address": address, "TrackUrl": url}, ses.INVALIDPARAMETERVALUE_REPEATCREATION},
		{"UpdateWebhookUrl", map[string]any{"Url": url}, ""},
		{"NoSuchAction", map[string]any{}, "InvalidAction"},
		{"CreateAddressTrackUrl", map[string]any{"Address": "nobody@example.com", "TrackUrl": url}, ses.INVALIDPARAMETERVALUE_NOSUCHSENDER},
	}
	for _, step := range steps {
		if _, err := call(t, client, step.action, step.fields); apiCode(err) != step.code {
			t.Errorf("%s %v: %v, want %q", step.action, step.fields, err, step.code)
		}
	}
	got, err := call(t, client, "ListAddressTrackUrl", map[string]any{"Offset": 0, "Limit": 100})
	if err != nil {
		t.Fatal(err)
	}
	items, _ := got["AddressTrackUrlList"].([]any)
	if len(items) != 1 || items[0].(map[string]any)["TrackUrl"] != url {
		t.Errorf("callbacks: %v", got)
	}
	if got, err := call(t, client, "GetWebhookUrl", map[string]any{}); err != nil || got["Url"] != url {
		t.Errorf("account callback: %v, %v", got, err)
	}
}

// TestOtherFormsOfTheGoSDK sends requests in every form that the Go SDK has: both methods,
// and all kinds of signatures.
func TestOtherFormsOfTheGoSDK(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		for _, sign := range []string{"TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256", "unsigned payload"} {
			t.Run(method+" "+sign, func(t *testing.T) {
				t.Parallel()
				c := &receiver{}
				e := withHook(t, c, emulator.Options{Now: time.Now})
				p := profile.NewClientProfile()
				p.HttpProfile.Endpoint, p.HttpProfile.Scheme, p.HttpProfile.ReqMethod = start(t, e), "http", method
				p.Language, p.SignMethod, p.UnsignedPayload = "en-US", sign, sign == "unsigned payload"
				if p.UnsignedPayload {
					p.SignMethod = "TC3-HMAC-SHA256"
				}
				client, err := ses.NewClient(common.NewTokenCredential("local", "local", "token"), "ap-guangzhou", p)
				check(t, err)
				send := ses.NewSendEmailRequest()
				send.FromEmailAddress, send.Subject, send.Destination = text("Acme <"+news+">"), text("您好 & <1/2>"), common.StringPtrs([]string{"a@x.com", "b+1@x.com"})
				send.Template = &ses.Template{TemplateID: num(7), TemplateData: text(`{"name":"x y"}`)}
				send.Attachments, send.TriggerType = []*ses.Attachment{{FileName: text("a.txt"), Content: text("YQ==")}}, num(0)
				_, err = client.SendEmail(send)
				check(t, err)
				verify := ses.NewUpdateEmailIdentityRequest()
				verify.EmailIdentity, verify.NewAPI = text("mail.example.com"), common.BoolPtr(true)
				_, err = client.UpdateEmailIdentity(verify)
				check(t, err)
				list := ses.NewListAddressUnsubscribeConfigRequest()
				list.Limit = text("10")
				_, err = client.ListAddressUnsubscribeConfig(list)
				check(t, err)
				_, err = client.ListEmailAddress(ses.NewListEmailAddressRequest())
				check(t, err)
				settle(t, e)
				if got := about(c); len(got) != 2 || c.got[0].TemplateID != 7 || c.got[1].Email != "b+1@x.com" {
					t.Errorf("events: %v", got)
				}
			})
		}
	}
}
