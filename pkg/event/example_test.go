package event_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/sesctl/sesctl/pkg/event"
)

// A service that stops writing to addresses that do not exist.
func Example() {
	blocked := map[string]bool{}
	receiver := event.NewHandler(func(_ context.Context, e event.Event) error {
		if e.Type == event.Bounce && e.BounceType == event.HardBounce {
			blocked[e.Email] = true
		}
		return nil
	}, event.HandlerOptions{})

	// In production: http.ListenAndServe(":8080", receiver). Here, one event.
	sample, err := event.Sample(event.Bounce, event.WithRecipient("gone@example.com"))
	if err != nil {
		fmt.Println(err)
		return
	}
	payload, err := event.Encode(sample)
	if err != nil {
		fmt.Println(err)
		return
	}
	answer := httptest.NewRecorder()
	receiver.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/ses", strings.NewReader(string(payload))))
	fmt.Println(answer.Code, blocked)
	// Output: 200 map[gone@example.com:true]
}

func ExampleDecode() {
	e, err := event.Decode([]byte(`{"event": "bounce", "email": "a@example.com", "bulkid": "b1",
		"bounceType": "soft", "X-Tencentcloudses-Cb-Order": "17"}`))
	fmt.Println(e.Type, e.BounceType, e.BulkID, e.Header("X-Tencentcloudses-Cb-Order"), err)

	_, err = event.Decode([]byte(`{"event": "bounce", "timestamp": "yesterday"}`))
	fmt.Println(err)
	// Output:
	// bounce soft_bounce b1 17 <nil>
	// field "timestamp": expected an integer, found a string
}

func ExampleEvent_SubjectText() {
	e := event.Event{Subject: "=?UTF-8?B?R3LDvMOfZQ==?="}
	fmt.Println(e.SubjectText())
	// Output: Grüße
}
