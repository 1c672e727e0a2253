// Command natsd is a nats-server for measurements and for the demonstration: JetStream
// on files, with one stream for the subject "ses.>". It prints its address on stderr.
//
//	natsd [-keep] [-port PORT] FOLDER
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func main() {
	keep := flag.Bool("keep", false, "keep every event, and drop duplicates within a day")
	port := flag.Int("port", server.RANDOM_PORT, "port to listen on")
	flag.Parse()
	config := jetstream.StreamConfig{Name: "SES", Subjects: []string{"ses.>"}, Storage: jetstream.FileStorage, Duplicates: 24 * time.Hour}
	if !*keep { // the measurements send more than a disk should hold
		config.Duplicates, config.MaxMsgs = 2*time.Minute, 100_000
	}
	if err := serve(flag.Arg(0), *port, config); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(folder string, port int, config jetstream.StreamConfig) error {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, MaxPayload: 2 << 20, JetStream: true, StoreDir: folder, NoLog: true, NoSigs: true})
	if err != nil {
		return err
	}
	s.Start()
	if !s.ReadyForConnections(time.Minute) {
		return fmt.Errorf("the server does not start")
	}
	if err := addStream(s.ClientURL(), config); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "listening on "+s.Addr().String())
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	<-interrupts
	s.Shutdown()
	s.WaitForShutdown()
	return nil
}

func addStream(url string, config jetstream.StreamConfig) error {
	conn, err := nats.Connect(url)
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	_, err = js.CreateStream(context.Background(), config)
	return err
}
