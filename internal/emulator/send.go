package emulator

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

// The parameters of SendEmail in the order of its args.
const (
	argFrom = iota
	argSubject
	argTo
	argCc
	argBcc
	argTemplate
	argSimple
	argAttachments
	argReplyTo
	argUnsubscribe
	argTrigger
	argSMTPID
	argSMTPHeaders
	argHeaderFrom
)

// Limits of SendEmail (tencentcloud-sdk-go ses v1.3.136).
const (
	maxTo          = 50
	maxCopies      = 20 // of Cc and of Bcc, each
	maxAttachments = 10
)

// Limits of what is repeated in every event of an email, in bytes. They are
// chosen: the SDK gives none for SendEmail.
const (
	maxSubject = 2048
	maxSMTPID  = 998 // a line (RFC 5322, 2.1.1)
	maxHeaders = 16 << 10
)

func sendActions(table sesapi.Table) (map[string]*action, error) {
	row := table.Row(sesapi.SendEmail)
	return distinct(map[sesapi.Operation]*action{row.Operation: {run: sendEmail, params: []param{
		argFrom:        {row.Request[sesapi.KeyAddress], text, true},
		argSubject:     {"Subject", text, true},
		argTo:          {"Destination", texts, false},
		argCc:          {"Cc", texts, false},
		argBcc:         {"Bcc", texts, false},
		argTemplate:    {"Template", object, false},
		argSimple:      {"Simple", object, false},
		argAttachments: {"Attachments", list, false},
		argReplyTo:     {"ReplyToAddresses", text, false},
		argUnsubscribe: {"Unsubscribe", text, false},
		argTrigger:     {"TriggerType", integer, false},
		argSMTPID:      {"SmtpMessageId", text, false},
		argSMTPHeaders: {"SmtpHeaders", text, false},
		argHeaderFrom:  {"HeaderFrom", text, false},
	}}}, table)
}

// sendEmail accepts an email and makes its events. Nothing is sent.
func sendEmail(e *Emulator, b []byte, in args) ([]byte, *apiError) {
	m, err := e.newMessage(in)
	if err != nil {
		return b, err
	}
	if err := e.send(m); err != nil {
		return b, err
	}
	b = append(b, `"MessageId":`...)
	return append(appendText(b, m.id), ','), nil
}

func (e *Emulator) send(m *message) *apiError {
	records, delay, err := m.events(e.faults)
	if err != nil {
		return &apiError{sesapi.CodeInternalError, "The events of the email cannot be made: " + err.Error() + "."}
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	if e.known(m.sender) != nil {
		return &apiError{sesapi.CodeNotAuthenticatedSender, fmt.Sprintf("The account has no sender address %s.", m.sender)}
	}
	if err := e.loadDeliveries(); err != nil {
		return &apiError{sesapi.CodeInternalError, "Nothing was sent: " + err.Error() + "."}
	}
	e.resume()
	if err := e.record(records); err != nil {
		return &apiError{sesapi.CodeInternalError, "Nothing was sent: " + err.Error() + "."}
	}
	e.deliverer.add(records, delay)
	return nil
}

func (e *Emulator) newMessage(in args) (*message, *apiError) {
	now := e.now()
	m := &message{id: newMessageID(now), sent: now, subject: in[argSubject].text, smtpID: in[argSMTPID].text}
	sender, err := callback.ParseSender(in[argFrom].text)
	if err != nil {
		return nil, &apiError{sesapi.CodeIncorrectSender, "The sender is not valid: " + err.Error() + "."}
	}
	m.sender = sender
	switch {
	case strings.TrimSpace(m.subject) == "" || len(m.subject) > maxSubject:
		return nil, &apiError{sesapi.CodeInvalidValue, fmt.Sprintf("The subject must have 1 to %d bytes.", maxSubject)}
	case len(m.smtpID) > maxSMTPID:
		return nil, &apiError{sesapi.CodeInvalidValue, fmt.Sprintf("The SmtpMessageId has more than %d bytes.", maxSMTPID)}
	case len(in[argSMTPHeaders].text) > maxHeaders:
		return nil, &apiError{sesapi.CodeInvalidValue, fmt.Sprintf("The SmtpHeaders have more than %d bytes.", maxHeaders)}
	case m.smtpID == "":
		m.smtpID = string(appendRequestID(nil)) + "@" + sender.Domain()
	}
	if err := m.address(in); err != nil {
		return nil, err
	}
	if err := m.content(in); err != nil {
		return nil, err
	}
	headers, err := customHeaders(in[argSMTPHeaders].text)
	if err != nil {
		return nil, &apiError{sesapi.CodeInvalidValue, "The parameter `SmtpHeaders` is not valid: " + err.Error() + "."}
	}
	m.headers = headers
	return m, nil
}

// address takes the recipients over: each has events, however it was addressed.
func (m *message) address(in args) *apiError {
	to, cc, bcc := in[argTo].texts, in[argCc].texts, in[argBcc].texts
	all := slices.Concat(to, cc, bcc)
	switch {
	case len(all) == 0:
		return &apiError{sesapi.CodeNoAddress, "Destination, Cc and Bcc are all empty."}
	case len(to) > maxTo || len(cc) > maxCopies || len(bcc) > maxCopies:
		return &apiError{sesapi.CodeTooManyRecipients, fmt.Sprintf("There can be %d addresses in Destination, %d in Cc and %d in Bcc.", maxTo, maxCopies, maxCopies)}
	}
	for _, address := range all {
		if _, err := callback.ParseSender(address); err != nil {
			return &apiError{sesapi.CodeIncorrectEmail, "A recipient is not valid: " + err.Error() + "."}
		}
		parsed, err := mail.ParseAddress(strings.TrimSpace(address))
		if err != nil {
			return &apiError{sesapi.CodeIncorrectEmail, "A recipient is not valid: " + quote(address) + " is not an email address."}
		}
		m.recipients = append(m.recipients, parsed.Address)
	}
	for _, address := range m.recipients[len(to)+len(cc):] {
		if slices.Contains(m.recipients[:len(to)], address) {
			return &apiError{sesapi.CodeInvalidValue, "Destination and Bcc have an address in common."}
		}
	}
	return nil
}

// content checks what would be sent, and keeps the template of it.
func (m *message) content(in args) *apiError {
	if !in[argTemplate].given && !in[argSimple].given {
		return &apiError{sesapi.CodeMissingContent, "There is neither a Template nor a Simple."}
	}
	if in[argTemplate].given {
		var template struct {
			TemplateID   int64
			TemplateData string
		}
		if err := strictly(in[argTemplate].raw, &template); err != nil {
			return invalidPart("Template", err)
		}
		var values map[string]any
		switch {
		case template.TemplateID <= 0:
			return &apiError{sesapi.CodeInvalidTemplate, "The TemplateID must be more than zero."}
		case template.TemplateData != "" && json.Unmarshal([]byte(template.TemplateData), &values) != nil:
			return &apiError{sesapi.CodeWrongContentJSON, "The TemplateData is not a JSON object."}
		}
		m.templateID = template.TemplateID
	}
	var simple struct{ HTML, Text string }
	if in[argSimple].given {
		if err := strictly(in[argSimple].raw, &simple); err != nil {
			return invalidPart("Simple", err)
		}
	}
	if !isBase64(simple.HTML) || !isBase64(simple.Text) {
		return &apiError{sesapi.CodeWrongContent, "The content of Simple is not base64."}
	}
	return checkAttachments(in[argAttachments])
}

func checkAttachments(a arg) *apiError {
	if !a.given {
		return nil
	}
	if a.size > maxAttachments {
		return &apiError{sesapi.CodeTooManyAttachments, fmt.Sprintf("There can be %d attachments.", maxAttachments)}
	}
	var attachments []struct{ FileName, Content, FileURL string }
	if err := strictly(a.raw, &attachments); err != nil {
		return invalidPart("Attachments", err)
	}
	for _, attachment := range attachments {
		if !isBase64(attachment.Content) {
			return &apiError{sesapi.CodeWrongAttachment, "The content of an attachment is not base64."}
		}
	}
	return nil
}

func strictly(raw []byte, into any) error {
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func invalidPart(name string, err error) *apiError {
	if _, unknown, found := strings.Cut(err.Error(), "unknown field "); found {
		return &apiError{sesapi.CodeUnknownParameter, fmt.Sprintf("The parameter %s of `%s` is not recognized.", quote(strings.Trim(unknown, `"`)), name)}
	}
	return &apiError{sesapi.CodeInvalidParameter, fmt.Sprintf("The value type of parameter `%s` is not valid.", name)}
}

func isBase64(text string) bool {
	_, err := base64.StdEncoding.DecodeString(text)
	return err == nil
}

// customHeaders returns those of the headers that come back with events. No
// document gives the form of SmtpHeaders: taken are a JSON object of strings,
// and the lines of a header (RFC 5322, 2.2).
func customHeaders(given string) (map[string]string, error) {
	headers := map[string]string{}
	given = strings.TrimSpace(given)
	if strings.HasPrefix(given, "{") {
		if err := json.Unmarshal([]byte(given), &headers); err != nil {
			return nil, fmt.Errorf("it is not a JSON object of strings")
		}
	} else {
		for line := range strings.Lines(given) {
			name, value, found := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
			if !found {
				return nil, fmt.Errorf("it is neither a JSON object nor lines of the form NAME: VALUE")
			}
			headers[name] = textproto.TrimString(value)
		}
	}
	for name := range headers {
		if len(name) <= len(event.HeaderPrefix) || !strings.EqualFold(name[:len(event.HeaderPrefix)], event.HeaderPrefix) {
			delete(headers, name)
		}
	}
	return headers, nil
}
