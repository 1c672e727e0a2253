package relay

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sesctl/sesctl/pkg/event"
)

// maxBody is the largest body that is accepted, in bytes.
const maxBody = event.DefaultMaxBody

// typePrefix begins the CloudEvents type of every event.
const typePrefix = "com.tencent.ses."

// deadLetterType is the CloudEvents type of a body that is not an event.
const deadLetterType = typePrefix + "dead-letter"

// message is one message for an engine: the unchanged body of a request, and its
// attributes.
type message struct {
	body     []byte
	encoding string // Content-Encoding of the body, or ""
	media    string // Content-Type of the body
	reason   string // why it is a dead letter; "" for an event

	id        string // made from the content: the same for the same event
	kind      string // CloudEvents type
	source    string
	recipient string
	time      time.Time // when the event happened; zero when it is not known
	eventType event.Type
}

// newMessage returns the message of a body. The error is the reason why the body is
// not an event. The message can then still be a dead letter.
func newMessage(body []byte, media, encoding string) (*message, error) {
	m := &message{body: body, media: media, encoding: encoding, source: source("")}
	if m.media == "" {
		m.media = "application/json"
	}
	plain, err := event.Plain(body, encoding, maxBody)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		err = errors.New("the body has more than 1 MiB when it is decoded")
	case err == nil && bytes.Equal(plain, body):
		m.encoding = "" // the header may be wrong
	}
	if err != nil {
		m.id, m.kind = contentID(body), deadLetterType
		return m, err
	}
	m.id = contentID(plain)
	e, err := event.Decode(plain)
	if err != nil {
		m.kind = deadLetterType
		return m, err
	}
	m.kind, m.eventType = typePrefix+attribute(string(e.Type)), e.Type
	m.source, m.recipient = source(e.Username), attribute(e.Email)
	if e.Timestamp > 0 && e.Timestamp < maxTimestamp {
		m.time = e.Time().UTC()
	}
	return m, nil
}

// maxTimestamp is the end of the year 9999, the last year that RFC 3339 can write.
const maxTimestamp = 253402300800

// asDeadLetter returns the message as a dead letter.
func (m *message) asDeadLetter(reason string) *message {
	dead := *m
	dead.reason, dead.kind = reason, deadLetterType
	return &dead
}

// contentID returns the first half of the SHA-256 of a content, in hexadecimal.
func contentID(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:16])
}

// source returns the CloudEvents source of the account with a number.
func source(appID string) string {
	const urn = "urn:tencentcloud:ses"
	if appID == "" {
		return urn
	}
	return urn + ":" + url.PathEscape(attribute(appID))
}

// maxAttribute is the longest attribute that is made from the content, in bytes.
const maxAttribute = 512

// attribute changes a text to a valid CloudEvents attribute: valid UTF-8, without
// control characters, and not too long.
func attribute(text string) string {
	if len(text) > maxAttribute {
		text = text[:maxAttribute]
	}
	clean := func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}
	return strings.Map(clean, strings.ToValidUTF8(text, ""))
}

// header is the name and the value of one attribute of a message.
type header struct{ name, value string }

// headers returns the CloudEvents attributes, each name without its prefix
// (CloudEvents 1.0.2).
func (m *message) headers() []header {
	all := make([]header, 0, 7)
	all = append(all, header{"specversion", "1.0"}, header{"id", m.id}, header{"type", m.kind}, header{"source", m.source})
	if !m.time.IsZero() {
		all = append(all, header{"time", m.time.Format(time.RFC3339)})
	}
	if m.recipient != "" {
		all = append(all, header{"subject", m.recipient})
	}
	if m.reason != "" {
		all = append(all, header{"reason", attribute(m.reason)})
	}
	return all
}
