// Command natsd is a nats-server for measurements: JetStream on files, with one
// stream for the subject "ses.>". It prints its port on stderr.
//
//	natsd FOLDER
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func main() {
	if err := serve(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(folder string) error {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: folder, NoLog: true, NoSigs: true})
	if err != nil {
		return err
	}
	s.Start()
	if !s.ReadyForConnections(time.Minute) {
		return fmt.Errorf("the server does not start")
	}
	if err := addStream(s.ClientURL()); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "listening on "+s.Addr().String())
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	<-interrupts
	s.Shutdown()
	s.WaitForShutdown()
	return nil
}

// addStream makes a stream that keeps the newest million events, and drops duplicates
// within a second: the measurements send the same event again and again.
func addStream(url string) error {
	conn, err := nats.Connect(url)
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	_, err = js.CreateStream(context.Background(), jetstream.StreamConfig{Name: "SES", Subjects: []string{"ses.>"}, Storage: jetstream.FileStorage, Duplicates: time.Second, MaxMsgs: 100_000})
	return err
}
