// Command relaydemo is what the demonstration of sesctl-relay needs besides it:
//
//	relaydemo send ENDPOINT SENDER RECIPIENT...   sends an email to each recipient, by Tencent's SDK
//	relaydemo read HOST:PORT COUNT                prints so many messages of the stream, in order
//	relaydemo get URL                             prints what a URL answers
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"
)

func main() {
	var err error
	switch os.Args[1] {
	case "send":
		err = send(os.Args[2], os.Args[3], os.Args[4:])
	case "read":
		err = read(os.Args[2], os.Args[3])
	case "get":
		err = get(os.Args[2])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "relaydemo:", err)
		os.Exit(1)
	}
}

func send(endpoint, sender string, recipients []string) error {
	u, err := url.Parse(endpoint)
	if err != nil {
		return err
	}
	settings := profile.NewClientProfile()
	settings.HttpProfile.Scheme, settings.HttpProfile.Endpoint = u.Scheme, u.Host
	client, err := ses.NewClient(common.NewCredential("local", "local"), "ap-guangzhou", settings)
	if err != nil {
		return err
	}
	for _, recipient := range recipients {
		request := ses.NewSendEmailRequest()
		request.FromEmailAddress, request.Subject = common.StringPtr(sender), common.StringPtr("demo")
		request.Destination = common.StringPtrs([]string{recipient})
		request.Template = &ses.Template{TemplateID: common.Uint64Ptr(1), TemplateData: common.StringPtr("{}")}
		if _, err := client.SendEmail(request); err != nil {
			return err
		}
	}
	return nil
}

func get(url string) error {
	response, err := http.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}

func read(address, count string) error {
	wanted, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := nats.Connect("nats://" + address)
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	consumer, err := js.OrderedConsumer(ctx, "SES", jetstream.OrderedConsumerConfig{})
	if err != nil {
		return err
	}
	for range wanted {
		m, err := consumer.Next(jetstream.FetchContext(ctx))
		if err != nil {
			return fmt.Errorf("read the stream: %w", err)
		}
		fmt.Printf("%-32s %-28s %s\n", first(m.Headers(), "ce-type"), first(m.Headers(), "ce-subject"), first(m.Headers(), "ce-id"))
	}
	return nil
}

// first is the value of a header; the names of CloudEvents are in lower case, which
// the method Get does not find.
func first(headers nats.Header, name string) string {
	if values := headers[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}
