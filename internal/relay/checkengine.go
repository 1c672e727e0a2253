package relay

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/twmb/franz-go/pkg/kadm"
)

// findings checks the connection, and the stream that stores the subject.
func (e *natsEngine) findings(ctx context.Context) []Finding {
	if err := e.ping(ctx); err != nil {
		if errors.Is(err, errNoStream) {
			return []Finding{{Status: Fail, Detail: fmt.Sprintf("no stream accepts the subject %s; nats stream add NAME --subjects %s --storage file --dupe-window 24h",
				strconv.Quote(e.subject), e.subject)}}
		}
		return []Finding{{Status: Fail, Detail: err.Error()}}
	}
	name, err := e.stream.StreamNameBySubject(ctx, e.subject)
	if err != nil {
		return []Finding{{Status: Warn, Detail: "connected; this account cannot see which stream takes the subject: " + err.Error()}}
	}
	stream, err := e.stream.Stream(ctx, name)
	if err != nil {
		return []Finding{{Status: Warn, Detail: fmt.Sprintf("connected; this account cannot see the stream %s: %v", name, err)}}
	}
	return judgeStream(stream.CachedInfo().Config, e.conn.MaxPayload())
}

func judgeStream(c jetstream.StreamConfig, maxPayload int64) []Finding {
	found := []Finding{{Status: OK, Detail: fmt.Sprintf("stream %s, %s storage, %d replica(s), duplicates dropped within %s",
		c.Name, strings.ToLower(c.Storage.String()), c.Replicas, c.Duplicates)}}
	warn := func(format string, args ...any) {
		found = append(found, Finding{Status: Warn, Detail: fmt.Sprintf(format, args...)})
	}
	if c.Storage == jetstream.MemoryStorage {
		warn("stream %s keeps events in memory: a restart of the server loses them", c.Name)
	}
	if c.NoAck {
		found = append(found, Finding{Status: Fail, Detail: fmt.Sprintf("stream %s does not acknowledge: nothing would ever be answered 200", c.Name)})
	}
	if c.Duplicates < time.Hour {
		warn("duplicates are dropped within %s only; an event that waited in the spool for longer can be stored twice", c.Duplicates)
	}
	if c.Discard == jetstream.DiscardOld && (c.MaxMsgs > 0 || c.MaxBytes > 0) {
		warn("stream %s drops its oldest events when it is full", c.Name)
	}
	if maxPayload > 0 && maxPayload < maxBody+maxHeader {
		warn("the server takes messages of %d bytes; the largest event has %d and its headers (max_payload)", maxPayload, maxBody)
	}
	return found
}

// findings checks the topic, and the guarantees of its configuration.
func (e *kafkaEngine) findings(ctx context.Context) []Finding {
	detail, err := e.describe(ctx)
	if err != nil {
		return []Finding{{Status: Fail, Detail: err.Error()}}
	}
	replicas := detail.Partitions.NumReplicas()
	found := []Finding{{Status: OK, Detail: fmt.Sprintf("topic %s, %d partition(s), %d replica(s)", e.topic, len(detail.Partitions), replicas)}}
	configs, err := kadm.NewClient(e.client).DescribeTopicConfigs(ctx, e.topic)
	if err == nil {
		var config kadm.ResourceConfig
		if config, err = configs.On(e.topic, nil); err == nil {
			err = config.Err
		}
		for _, c := range config.Configs {
			found = append(found, judgeTopic(c.Key, c.MaybeValue(), replicas)...)
		}
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		found = append(found, Finding{Status: Warn, Detail: "this account cannot see the configuration of the topic: " + err.Error()})
	}
	return found
}

func judgeTopic(key, value string, replicas int) []Finding {
	number, err := strconv.Atoi(value)
	switch {
	case err != nil:
	case key == "min.insync.replicas" && number < 2 && replicas > 1:
		return []Finding{{Status: Warn, Detail: "min.insync.replicas is 1: an event can be acknowledged while only one replica has it"}}
	case key == "max.message.bytes" && number < 1_000_012:
		return []Finding{{Status: Warn, Detail: fmt.Sprintf("max.message.bytes is %d: larger batches of events are refused", number)}}
	}
	return nil
}
