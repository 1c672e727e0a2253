package event_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

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

// The payload of a click, for a test of a receiver.
func ExampleSample() {
	e, err := event.Sample(event.Click,
		event.WithRecipient("jane@example.com"),
		event.WithSender("news@mail.example.com"),
		event.WithTime(time.Unix(1761555489, 0)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Type, e.EventID, e.Email, e.From, e.FromDomain, e.Timestamp)
	// Output: click 5 jane@example.com news@mail.example.com mail.example.com 1761555489
}

// A handler whose work fails answers 500. A body that is not an event is
// answered 400, and does not reach the function.
func ExampleNewHandler() {
	handler := event.NewHandler(func(_ context.Context, e event.Event) error {
		if e.Type == event.Bounce {
			return errors.New("the database is down")
		}
		return nil
	}, event.HandlerOptions{})
	mux := http.NewServeMux()
	mux.Handle("POST /ses", handler)

	for _, body := range []string{`{"event": "open"}`, `{"event": "bounce"}`, `[]`} {
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/ses", strings.NewReader(body)))
		fmt.Println(answer.Code, body)
	}
	// Output:
	// 200 {"event": "open"}
	// 500 {"event": "bounce"}
	// 400 []
}

func ExampleDecode() {
	e, err := event.Decode([]byte(`{"event": "bounce", "email": "a@example.com", "bulkid": "b1",
		"bounceType": "soft", "X-Tencentcloudses-Cb-Order": "17"}`))
	fmt.Println(e.Type, e.BounceType, e.BulkID, e.Header("X-Tencentcloudses-Cb-Order"), err)

	e, err = event.Decode([]byte(`{"event": "bounce", "email": "a@example.com", "timestamp": "yesterday"}`))
	fmt.Println(e.Type, e.Email, e.Problems, string(e.Extra["timestamp"]), err)
	// Output:
	// bounce soft_bounce b1 17 <nil>
	// bounce a@example.com [field "timestamp": expected an integer, found a string] "yesterday" <nil>
}

func ExampleEvent_SubjectText() {
	e := event.Event{Subject: "=?UTF-8?B?R3LDvMOfZQ==?="}
	fmt.Println(e.SubjectText())
	// Output: Grüße
}

// A payload that SES never sends: its time is a text, and its recipient is missing.
func ExampleWithJSON() {
	e, err := event.Sample(event.Open,
		event.WithJSON("timestamp", json.RawMessage(`"soon"`)),
		event.WithJSON("email", nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	payload, err := event.Encode(e)
	fmt.Println(strings.Contains(string(payload), `"timestamp":"soon"`), strings.Contains(string(payload), `"email"`), err)
	// Output: true false <nil>
}
