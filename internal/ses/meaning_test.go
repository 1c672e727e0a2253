package ses

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

func TestMeanings(t *testing.T) {
	t.Parallel()
	for code, test := range map[string]struct {
		kind  failure.Kind
		texts string
	}{
		"AuthFailure.SignatureFailure":              {failure.Auth, "the signature is wrong"},
		"AuthFailure.SignatureExpire":               {failure.Auth, "clock"},
		"AuthFailure.SecretIdNotFound":              {failure.Auth, "does not know the secret id"},
		"AuthFailure.TokenFailure":                  {failure.Auth, "token"},
		"AuthFailure.InvalidAuthorization":          {failure.Auth, "signature"},
		"AuthFailure.UnauthorizedOperation":         {failure.Auth, "ses:UpdateWebhookUrl"},
		"AuthFailure.MFAFailure":                    {failure.Auth, "were refused"},
		"AuthFailure":                               {failure.Auth, "were refused"},
		"UnauthorizedOperation":                     {failure.Auth, "ses:UpdateWebhookUrl"},
		"UnauthorizedOperation.CamNoAuth":           {failure.Auth, "ses:UpdateWebhookUrl"},
		"InvalidParameterValue.NoSuchSender":        {failure.NotFound, "no such sender address"},
		"ResourceNotFound":                          {failure.NotFound, "no such callback"},
		"ResourceNotFound.Anything":                 {failure.NotFound, "no such callback"},
		"InvalidParameterValue.RepeatCreation":      {failure.Conflict, "there is already a callback"},
		"InvalidParameterValue.RepeatEmailAddress":  {failure.Conflict, "already exists"},
		"InvalidParameterValue.IllegalEmailAddress": {failure.Failure, "does not accept the address"},
		"InvalidParameterValue":                     {failure.Failure, "does not accept a value"},
		"FailedOperation.IllegalURL":                {failure.Failure, "does not accept the URL"},
		"FailedOperation.URLForbidden":              {failure.Failure, "forbids the URL"},
		"FailedOperation.FrequencyLimit":            {failure.Failure, "too many requests"},
		"FailedOperation.ServiceNotAvailable":       {failure.Failure, "temporarily unavailable"},
		"OperationDenied.NotAllowDelete":            {failure.Failure, "deletion"},
		"OperationDenied.ExceedSenderLimit":         {failure.Failure, "maximum number of sender addresses"},
		"RequestLimitExceeded":                      {failure.Failure, "too many requests"},
		"RequestLimitExceeded.GlobalRegionUin":      {failure.Failure, "too many requests"},
		"InvalidAction":                             {failure.Failure, "does not know the action: UpdateWebhookUrl (published once, in 2022)"},
		"UnknownParameter":                          {failure.Failure, "does not know a parameter: UpdateWebhookUrl (published once, in 2022)"},
		"MissingParameter.Url":                      {failure.Failure, "requires another parameter: UpdateWebhookUrl (published once, in 2022)"},
		"InvalidParameter":                          {failure.Failure, "does not accept a parameter: UpdateWebhookUrl (published once, in 2022)"},
		"NoSuchVersion":                             {failure.Failure, "2020-10-02"},
		"UnsupportedRegion":                         {failure.Failure, "--region"},
		"RequestSizeLimitExceeded":                  {failure.Failure, "too large"},
		"UnsupportedProtocol":                       {failure.Failure, "this kind of request"},
		"SomethingNew":                              {failure.Failure, "the service refused"},
		"AuthFailureOfAnotherKind":                  {failure.Failure, "the service refused"},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(answerWith(200, nil, apiError(code, "in its own words.")))
			t.Cleanup(server.Close)
			c := newClient(t, Options{Endpoint: server.URL})
			e := checkError(t, put(c, callback.Account(), secretURL, ""), test.kind, test.texts, code+": in its own words", "cannot set the callback of the account")
			if e.APICode != code || e.RequestID != "request-1" || e.Unknown {
				t.Errorf("the error is %+v", e)
			}
			if fromTest := strings.Contains(strings.Join(e.Hints, " "), "come from this test"); fromTest != (test.kind == failure.Auth) {
				t.Errorf("the hints are %q", e.Hints)
			}
		})
	}
}

// TestEveryCodeHasItsRow checks that the table covers every code: each code except
// the families has its own row.
func TestEveryCodeHasItsRow(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		sesapi.CodeSignatureFailure, sesapi.CodeSignatureExpire, sesapi.CodeInvalidAuthorization, sesapi.CodeSecretIDNotFound, sesapi.CodeTokenFailure,
		sesapi.CodeUnauthorized, sesapi.CodeInvalidAction, sesapi.CodeNoSuchVersion, sesapi.CodeUnsupportedRegion, sesapi.CodeMissingParameter,
		sesapi.CodeUnknownParameter, sesapi.CodeInvalidParameter, sesapi.CodeInvalidValue, sesapi.CodeRequestLimitExceeded, sesapi.CodeRequestSizeLimit,
		sesapi.CodeUnsupportedProtocol, sesapi.CodeInternalError, sesapi.CodeAuthUnauthorized, sesapi.CodeNoSuchSender, sesapi.CodeRepeatCreation,
		sesapi.CodeRepeatEmailAddress, sesapi.CodeIllegalEmailAddress, sesapi.CodeIllegalURL, sesapi.CodeURLForbidden, sesapi.CodeFrequencyLimit,
		sesapi.CodeNotAvailable, sesapi.CodeNotAllowDelete, sesapi.CodeExceedSenderLimit, sesapi.CodeResourceNotFound,
	} {
		if m := meaningOf(code); m.code != code {
			t.Errorf("%s has the row of %q", code, m.code)
		}
	}
}

// TestEchoedSecrets uses a service that repeats what it received, in every form.
func TestEchoedSecrets(t *testing.T) {
	t.Parallel()
	for _, message := range []string{
		"The URL " + secretURL + " is not allowed.",
		"The URL '" + secretURL + "',(" + secretURL + ") is not allowed.",
		"token=tk-s3cr3t is odd",
		"the value tk-s3cr3t is odd",
		"user:pw-s3cr3t is odd",
		"another: https://x.example/?key=" + leak,
		"https://u:" + leak + "@x.example/ and http://y.example:8080/?" + leak + "#" + leak,
		strings.Repeat("x", 10_000_000) + secretURL,
		strings.Repeat(secretURL+" ", 1000),
	} {
		server := httptest.NewServer(answerWith(200, nil, apiError("FailedOperation.IllegalURL", message)))
		e := checkError(t, put(newClient(t, Options{Endpoint: server.URL}), callback.Account(), secretURL, ""), failure.Failure, "does not accept the URL")
		if len(e.Error()) > 1000 {
			t.Errorf("the message has %d bytes", len(e.Error()))
		}
		server.Close()
	}
}

func TestEncodedSecrets(t *testing.T) {
	t.Parallel()
	const url = "https://hooks.example.com:8080/?token=a%20long%2Fl3aked"
	for _, message := range []string{"a long/l3aked", "a%20long%2Fl3aked", "no " + url} {
		if got := cleanMessage(message, values{sesapi.KeyURL: url}); strings.Contains(got, leak) {
			t.Errorf("%q gave %q", message, got)
		}
	}
	const path = "https://hooks.example.com:8080/ses/3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c"
	if got := cleanMessage("no /ses/3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c", values{sesapi.KeyURL: path}); got != "no /ses/***" {
		t.Errorf("a token in the path gave %q", got)
	}
	for message, want := range map[string]string{
		"see https://cloud.tencent.com/document/product/1288. ": "see https://cloud.tencent.com/document/product/1288",
		"two\nlines":  `two\nlines`,
		"":            "",
		"a://b://c?d": "a://b://c?***",
	} {
		if got := cleanMessage(message, nil); got != want {
			t.Errorf("%q gave %q, not %q", message, got, want)
		}
	}
}

// TestOnCallShowsNoSecret checks everything that OnCall receives about failed
// calls.
func TestOnCallShowsNoSecret(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answerWith(200, nil, `{"Response":{"Error":{"Code":"`+leak+` `+leak+`","Message":"`+leak+`"},"RequestId":"a\nb"}}`)(w, r)
	}))
	t.Cleanup(server.Close)
	var log callLog
	c := newClient(t, Options{Endpoint: server.URL, OnCall: log.add})
	if err := put(c, callback.Account(), secretURL, ""); err == nil {
		t.Error("there is no error")
	}
	for _, call := range log.all() {
		if call.Outcome != "unreadable-code" || call.RequestID != "" || call.Duration <= 0 || call.Action != "UpdateWebhookUrl" {
			t.Errorf("the call is %+v", call)
		}
	}
}
