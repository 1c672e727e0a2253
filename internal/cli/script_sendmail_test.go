package cli_test

import (
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	sdk "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"
)

// sendmail sends an email through the official SDK to $SESCTL_ENDPOINT, and sets
// $MESSAGE_ID: sendmail FROM TO...
func sendmail(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: sendmail [--simple] FROM TO...")
	}
	p := profile.NewClientProfile()
	p.HttpProfile.Scheme, p.HttpProfile.Endpoint, _ = strings.Cut(ts.Getenv("SESCTL_ENDPOINT"), "://")
	client, err := sdk.NewClient(common.NewCredential("local", "local"), "ap-guangzhou", p)
	ts.Check(err)
	request := sdk.NewSendEmailRequest()
	request.Template = &sdk.Template{TemplateID: common.Uint64Ptr(7), TemplateData: common.StringPtr("{}")}
	if args[0] == "--simple" {
		args, request.Template, request.Simple = args[1:], nil, &sdk.Simple{Text: common.StringPtr("SGVsbG8=")}
	}
	request.FromEmailAddress, request.Destination = &args[0], common.StringPtrs(args[1:])
	request.Subject = common.StringPtr("Grüße")
	response, err := client.SendEmail(request)
	switch {
	case neg && err != nil:
		ts.Logf("%v", err)
	case neg:
		ts.Fatalf("the email was sent")
	default:
		ts.Check(err)
		ts.Setenv("MESSAGE_ID", *response.Response.MessageId)
	}
}
