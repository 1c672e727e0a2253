package relay

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/sesctl/sesctl/internal/failure"
)

type kafkaEngine struct {
	topic  string
	client *kgo.Client
}

// connectKafka returns a producer whose records are acknowledged by all replicas
// in sync, and which is idempotent: a record that it repeats is stored once.
func connectKafka(u EngineURL, o EngineOptions) (engine, error) {
	limit := max(o.timeout(), time.Second) // the client takes no shorter one
	options := []kgo.Opt{
		kgo.ClientID("sesctl-relay"),
		kgo.SeedBrokers(u.Hosts...),
		kgo.DefaultProduceTopic(u.Subject),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.RecordDeliveryTimeout(limit),
		kgo.ProduceRequestTimeout(limit),
		kgo.RequestTimeoutOverhead(limit),
		kgo.DialTimeout(limit),
		kgo.MaxBufferedRecords(sendsUnderway),
		kgo.ProducerLinger(0),
		kgo.DisableClientMetrics(), // nothing is sent that nobody asked for
	}
	if u.TLS || o.secure() {
		config, err := o.tlsConfig()
		if err != nil {
			return nil, err
		}
		options = append(options, kgo.DialTLSConfig(config))
	}
	if u.HasSecret() {
		mechanism, err := kafkaLogin(u, o.KafkaSASL)
		if err != nil {
			return nil, err
		}
		options = append(options, kgo.SASL(mechanism))
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return nil, failure.New(failure.Usage, "connect to %s: %w", u.Name, err)
	}
	return &kafkaEngine{u.Subject, client}, nil
}

func kafkaLogin(u EngineURL, mechanism string) (sasl.Mechanism, error) {
	switch strings.ToLower(mechanism) {
	case "", "plain":
		return plain.Auth{User: u.User, Pass: u.Password}.AsMechanism(), nil
	case "scram-sha-256":
		return scram.Auth{User: u.User, Pass: u.Password}.AsSha256Mechanism(), nil
	case "scram-sha-512":
		return scram.Auth{User: u.User, Pass: u.Password}.AsSha512Mechanism(), nil
	}
	return nil, failure.New(failure.Usage, "unknown SASL mechanism for Kafka").WithHint("there are: plain, scram-sha-256, scram-sha-512")
}

// send does not give a record up that may have been stored: the client goes on with
// it, and the receipt waits as long as its caller does.
func (e *kafkaEngine) send(m *message) receipt {
	record := &kgo.Record{Value: m.body, Headers: kafkaHeaders(m)}
	if m.recipient != "" {
		record.Key = []byte(m.recipient)
	}
	done := make(chan error, 1)
	e.client.TryProduce(context.Background(), record, func(_ *kgo.Record, err error) { done <- err })
	return func(ctx context.Context) (bool, error) {
		select {
		case err := <-done:
			return false, kafkaError(err)
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

// kafkaHeaders has each attribute twice: under the name that it has in every engine
// (ce-id), and under the name of the CloudEvents binding for Kafka (ce_id).
func kafkaHeaders(m *message) []kgo.RecordHeader {
	attributes := m.headers()
	headers := make([]kgo.RecordHeader, 0, 2*len(attributes)+2)
	headers = append(headers, kgo.RecordHeader{Key: "content-type", Value: []byte(attribute(m.media))})
	if m.encoding != "" {
		headers = append(headers, kgo.RecordHeader{Key: "content-encoding", Value: []byte(attribute(m.encoding))})
	}
	for _, h := range attributes {
		value := []byte(h.value)
		headers = append(headers, kgo.RecordHeader{Key: "ce-" + h.name, Value: value}, kgo.RecordHeader{Key: "ce_" + h.name, Value: value})
	}
	return headers
}

// kafkaError marks an error that no later attempt can repair.
func kafkaError(err error) error {
	if errors.Is(err, kerr.MessageTooLarge) || errors.Is(err, kerr.RecordListTooLarge) || errors.Is(err, kerr.InvalidRecord) {
		return &refusal{err}
	}
	return err
}

// ping asks a broker for the topic.
func (e *kafkaEngine) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err := e.describe(ctx)
	return err
}

func (e *kafkaEngine) describe(ctx context.Context) (kadm.TopicDetail, error) {
	topics, err := kadm.NewClient(e.client).ListTopics(ctx, e.topic)
	if err != nil {
		return kadm.TopicDetail{}, err
	}
	detail := topics[e.topic]
	return detail, detail.Err
}

func (e *kafkaEngine) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = e.client.Flush(ctx) // what is left was not answered 200, or is in the spool
	e.client.Close()
}
