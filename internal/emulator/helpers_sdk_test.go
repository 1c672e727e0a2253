package emulator_test

import (
	"encoding/base64"
	"errors"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tcerr "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/internal/emulator"
)

// In these tests the official SDK calls the actions, and each test checks their
// effects.

func codeOf(err error) string {
	var failed *tcerr.TencentCloudSDKError
	if errors.As(err, &failed) {
		return failed.GetCode()
	}
	return ""
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func text(s string) *string { return &s }

func num(n uint64) *uint64 { return &n }

func encoded(s string) *string { return text(base64.StdEncoding.EncodeToString([]byte(s))) }

// sdkEmulator returns an emulator with the real clock and a callback, and a client of
// the SDK.
func sdkEmulator(t *testing.T, o emulator.Options) (*emulator.Emulator, *ses.Client, *receiver) {
	t.Helper()
	c := &receiver{}
	o.Now = time.Now
	e := withHook(t, c, o)
	return e, sdkClient(t, "localhost", e.Transport()), c
}

func sendTo(client *ses.Client, template uint64, data string, to ...string) error {
	r := ses.NewSendEmailRequest()
	r.FromEmailAddress, r.Subject, r.Destination = text(news), text("s"), common.StringPtrs(to)
	r.Template = &ses.Template{TemplateID: num(template), TemplateData: text(data)}
	_, err := client.SendEmail(r)
	return err
}
