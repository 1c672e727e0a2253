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

// connectKafka returns a producer whose records are acknowledged by all in-sync
// replicas. It is idempotent: a record that it retries is stored once.
func connectKafka(u EngineURL, o EngineOptions) (engine, error) {
	limit := max(o.timeout(), time.Second) // the client accepts no shorter timeout
	options := []kgo.Opt{
		kgo.ClientID("sesctl-relay"),
		kgo.SeedBrokers(u.Hosts...),
		kgo.DefaultProduceTopic(u.Subject),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.RecordDeliveryTimeout(limit),
		kgo.ProduceRequestTimeout(limit),
		kgo.RequestTimeoutOverhead(limit),
		kgo.DialTimeout(limit),
		kgo.MaxBufferedRecords(maxSendsInFlight),
		kgo.ProducerLinger(0),
		kgo.DisableClientMetrics(), // the client sends no metrics to the brokers
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
		return nil, failure.New(failure.Usage, "cannot connect to %s: %w", u.Name, err)
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
	return nil, failure.New(failure.Usage, "unknown SASL mechanism for Kafka").WithHint("use one of: plain, scram-sha-256, scram-sha-512")
}

// send does not cancel a record that may have been stored. The client continues to
// send it, and the receipt waits until its context ends.
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

// kafkaHeaders returns each attribute twice: with the name that all engines use
// (ce-id), and with the name of the CloudEvents binding for Kafka (ce_id).
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

// kafkaError marks an error for which a retry is useless.
func kafkaError(err error) error {
	if errors.Is(err, kerr.MessageTooLarge) || errors.Is(err, kerr.RecordListTooLarge) || errors.Is(err, kerr.InvalidRecord) {
		return &refusal{err}
	}
	return err
}

// ping asks a broker whether the topic exists.
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
	_ = e.client.Flush(ctx) // the remaining events were not answered 200, or are in the spool
	e.client.Close()
}
