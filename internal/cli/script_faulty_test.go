package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/pkg/callback"
)

// faulty starts a server with the named fault and sets $SESCTL_ENDPOINT to its URL.
func faulty(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: faulty WAY")
	}
	ts.Setenv("TENCENTCLOUD_SECRET_ID", "local")
	ts.Setenv("TENCENTCLOUD_SECRET_KEY", "local")
	switch args[0] {
	case "closed":
		ts.Setenv("SESCTL_ENDPOINT", "http://"+closedAddress)
		return
	case "silent":
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		ts.Defer(func() { listener.Close() })
		ts.Setenv("SESCTL_ENDPOINT", "http://"+listener.Addr().String())
		return
	case "not-tls":
		server := httptest.NewServer(http.NotFoundHandler())
		ts.Defer(server.Close)
		ts.Setenv("SESCTL_ENDPOINT", "https://"+server.Listener.Addr().String())
		return
	}
	answer, known := faults()[args[0]]
	if args[0] == "gone" {
		answer, known = withoutGone(ts), true
	}
	if !known {
		ts.Fatalf("no such fault: %s", args[0])
	}
	server := httptest.NewServer(answer)
	ts.Defer(server.Close)
	ts.Setenv("SESCTL_ENDPOINT", server.URL)
}

// withoutGone is an account that keeps the callback of gone@mail.example.com, but
// does not list that sender address any more.
func withoutGone(ts *testscript.TestScript) http.HandlerFunc {
	e, err := emulator.Open(context.Background(), emulator.Options{Senders: []string{"gone@mail.example.com", "news@mail.example.com"}})
	ts.Check(err)
	client, err := ses.New(ses.Options{Endpoint: "http://localhost", Region: "ap-guangzhou", Transport: e.Transport(),
		Credentials: ses.Credentials{SecretID: "local", SecretKey: "local"}})
	ts.Check(err)
	gone, err := callback.ParseSender("gone@mail.example.com")
	ts.Check(err)
	_, err = client.Make(context.Background(), callback.NewChange(gone, callback.URL{}, callback.NewURL("https://localhost:8081/gone?token=s3cret")))
	ts.Check(err)
	return func(w http.ResponseWriter, r *http.Request) {
		out := httptest.NewRecorder()
		e.ServeHTTP(out, r)
		answer := out.Body.Bytes()
		if r.Header.Get("X-Tc-Action") == "ListEmailAddress" {
			answer = bytes.ReplaceAll(answer, []byte("gone@mail.example.com"), []byte("away@mail.example.com"))
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	}
}

func faults() map[string]http.HandlerFunc {
	body := func(contentType, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			fmt.Fprint(w, text)
		}
	}
	apiError := func(code string) http.HandlerFunc {
		return body("application/json", `{"Response":{"Error":{"Code":"`+code+`","Message":"no"},"RequestId":"request-1"}}`)
	}
	return map[string]http.HandlerFunc{
		"html":        body("text/html", "<html><body>captive portal</body></html>"),
		"empty":       body("application/json", ""),
		"cut":         body("application/json", `{"Response":{"Url":"https://ho`),
		"answers-all": body("application/json", `{"Response":{"Url":"","RequestId":"request-1"}}`),
		"audit":       auditLog,
		"audit-empty": body("application/json", `{"Response":{"Events":[],"ListOver":true,"RequestId":"request-1"}}`),
		"shape":       body("application/json", `{"Response":["something else"]}`),
		"500": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "internal", http.StatusInternalServerError)
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example.com/", http.StatusFound)
		},
		"clock": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time.Now().Add(-10*time.Minute).UTC().Format(http.TimeFormat))
			apiError("AuthFailure.SignatureExpire")(w, nil)
		},
		"unknown-action": apiError("InvalidAction"),
		"forbidden":      apiError("UnauthorizedOperation"),
	}
}

// auditLog is an audit log with one SES event, on its second page.
func auditLog(w http.ResponseWriter, r *http.Request) {
	var in struct {
		StartTime, EndTime int64
		MaxResults         int
		NextToken          string
		LookupAttributes   []struct{ AttributeKey, AttributeValue string }
	}
	w.Header().Set("Content-Type", "application/json")
	err := json.NewDecoder(r.Body).Decode(&in)
	if action := r.Header.Get("X-TC-Action"); err != nil || action != "DescribeEvents" || r.Header.Get("X-TC-Version") != "2019-03-19" ||
		in.EndTime-in.StartTime >= 30*86400 || in.MaxResults > 50 || len(in.LookupAttributes) == 0 {
		fmt.Fprint(w, `{"Response":{"Error":{"Code":"InvalidAction","Message":"no such action"},"RequestId":"request-1"}}`)
		return
	}
	event := func(name, request, response string) string {
		text, _ := json.Marshal(map[string]any{
			"eventName": name, "eventSource": "ses.tencentcloudapi.com", "actionType": "Write", "resourceType": "ses",
			"userIdentity":      map[string]string{"secretId": "AKIDSECRET", "sessionToken": "tok-SECRET", "accountId": "100001234567"},
			"requestParameters": request, "responseElements": response,
		})
		quoted, _ := json.Marshal(string(text))
		return `{"CloudAuditEvent":` + string(quoted) + `,"EventName":"` + name + `"}`
	}
	if in.NextToken == "" {
		fmt.Fprint(w, `{"Response":{"ListOver":false,"NextToken":"2","Events":[`+event("ListEmailAddress", `{}`, `{}`)+`],"RequestId":"request-1"}}`)
		return
	}
	fmt.Fprint(w, `{"Response":{"ListOver":true,"Events":[`+
		event("SaveHook", `{"HookUrl":"https://hooks.example.com:8080/ses?token=hook-SECRET","Version":"2020-10-02","SecretId":"AKIDSECRET"}`, `{"RequestId":"r"}`)+
		`],"RequestId":"request-2"}}`)
}
