package emulator

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

const (
	// maxAttachments is the number of attachments of an email (document 1084/39482).
	maxAttachments = 10
	// maxAttachmentBytes bounds all attachments of an email (the comment of
	// Attachment.Content in the SDK's models.go: 4M).
	maxAttachmentBytes = 4 << 20
)

// Limits of the texts that every event of an email repeats, in bytes. They are
// chosen, because the SDK gives none. The subject's limit is in characters, and is
// checked again after its variables are filled.
const (
	maxSubject = 998
	maxSMTPID  = 998 // the longest line (RFC 5322, 2.1.1)
	maxHeaders = 16 << 10
	maxReplyTo = 998 // no event has it, but every email keeps it
)

// draft is an email before it is accepted.
type draft struct {
	message
	recipients []string
	values     map[string]string // of the template's variables
	chance     chances
	begin      time.Time // when its events begin; zero is at once
}

// sendEmail accepts an email and makes its events. Nothing is sent.
func sendEmail(r *request) *apiError {
	d, prepared := r.draft.(*draft)
	if !prepared {
		var err *apiError
		if d, err = r.newDraft(r.simple); err != nil {
			return err
		}
		r.draft = d
	}
	if err := r.allowed(d); err != nil {
		return err
	}
	if err := r.accept(d); err != nil {
		return err
	}
	return r.answer("MessageId", d.ID)
}

// allowed checks that the account may send an email to its recipients.
func (r *request) allowed(d *draft) *apiError {
	if r.tx.Get(bucketSenders, d.Sender) == nil {
		return refuse(sesapi.CodeNotAuthenticatedSender, "The account has no sender address %s.", d.Sender)
	}
	if verified, err := r.verified(r.tx, domainOf(d.Sender)); err != nil || !verified {
		return refuse(sesapi.CodeNotAuthenticatedSender, "The domain %s is not verified.", domainOf(d.Sender))
	}
	if d.TemplateID > 0 {
		t, err := r.findTemplate(uint64(d.TemplateID), sesapi.CodeInvalidTemplate)
		if err != nil {
			return err
		}
		if missing := t.missing(d.values); len(missing) > 0 {
			return refuse(sesapi.CodeWrongContentJSON, "The TemplateData has no value for the variable %s of the template.", quote(missing[0]))
		}
	}
	for _, recipient := range d.recipients {
		blocked, err := isBlocked(r.tx, recipient, r.now())
		switch {
		case err != nil:
			return internalError(err)
		case blocked:
			return refuse(sesapi.CodeBlockedAddress, "%s is in the blocklist.", recipient)
		case r.tx.Get(bucketUnsubscribed, unsubscribedKey(d.Sender, recipient)) != nil:
			return refuse(sesapi.CodeHasUnsubscribed, "%s has unsubscribed from the emails of %s.", recipient, domainOf(d.Sender))
		}
	}
	return nil
}

func (r *request) newDraft(allowSimple bool) (*draft, *apiError) {
	d := &draft{message: message{ID: newMessageID(r.now()), Sent: r.now().UTC(), Subject: r.in.text("Subject"), SMTPID: r.in.text("SmtpMessageId"),
		ReplyTo: r.in.text("ReplyToAddresses")}}
	sender, err := parseFrom(r.in.text("FromEmailAddress"))
	if err != nil {
		return nil, refuse(sesapi.CodeIncorrectSender, "The sender is not valid: %v.", err)
	}
	d.Sender = sender.Address()
	headers := r.in.text("SmtpHeaders")
	switch {
	case strings.TrimSpace(d.Subject) == "":
		return nil, refuse(sesapi.CodeInvalidValue, "The subject is empty.")
	case len(d.SMTPID) > maxSMTPID:
		return nil, refuse(sesapi.CodeInvalidValue, "The SmtpMessageId has more than %d bytes.", maxSMTPID)
	case len(d.ReplyTo) > maxReplyTo:
		return nil, tooLongReplyTo()
	case len(headers) > maxHeaders:
		return nil, refuse(sesapi.CodeInvalidValue, "The SmtpHeaders have more than %d bytes.", maxHeaders)
	case d.SMTPID == "":
		d.SMTPID = string(appendRequestID(nil)) + "@" + sender.Domain()
	}
	if err := d.address(r.in.texts("Destination"), r.in.texts("Cc"), r.in.texts("Bcc")); err != nil {
		return nil, err
	}
	if err := d.content(r.in, allowSimple); err != nil {
		return nil, err
	}
	if d.Headers, err = customHeaders(headers); err != nil {
		return nil, refuse(sesapi.CodeInvalidValue, "The parameter `SmtpHeaders` is not valid: %v.", err)
	}
	for _, recipient := range d.recipients {
		if _, code := r.scenario.Load().of(recipient); code != "" {
			return nil, refuse(code, "The scenario refuses %s.", recipient)
		}
	}
	if err := r.limits.emailsTo(d.recipients, r.now()); err != nil {
		return nil, err
	}
	d.chance = r.faults.Load().chances(*r.scenario.Load(), d.recipients)
	return d, nil
}

func tooLongReplyTo() *apiError {
	return refuse(sesapi.CodeInvalidValue, "The ReplyToAddresses have more than %d bytes.", maxReplyTo)
}

// address adds the recipients of all three kinds to the email: each of them has
// events.
func (d *draft) address(to, cc, bcc []string) *apiError {
	all := slices.Concat(to, cc, bcc)
	if len(all) == 0 {
		return refuse(sesapi.CodeNoAddress, "Destination, Cc and Bcc are all empty.")
	}
	for _, address := range all {
		parsed, err := parseRecipient(address)
		if err != nil {
			return refuse(sesapi.CodeIncorrectEmail, "A recipient is not valid: %v.", err)
		}
		d.recipients = append(d.recipients, parsed)
	}
	for _, address := range d.recipients[len(to)+len(cc):] {
		if slices.ContainsFunc(d.recipients[:len(to)], func(other string) bool { return mailKey(other) == mailKey(address) }) {
			return refuse(sesapi.CodeInvalidValue, "Destination and Bcc have an address in common.")
		}
	}
	d.Recipients, d.To, d.Cc, d.Bcc = len(d.recipients), len(to), len(cc), len(bcc)
	return nil
}

// bareAddress splits an email address into its alias and the address. The alias is
// any text before the last <ADDRESS>.
func bareAddress(text string) (alias, address string) {
	text = strings.TrimSpace(text)
	if open := strings.LastIndexByte(text, '<'); open >= 0 && strings.HasSuffix(text, ">") {
		return strings.TrimSpace(text[:open]), text[open+1 : len(text)-1]
	}
	return "", text
}

// parseFrom reads the sender of an email. Its alias must not have a colon, and one space
// follows it (the comment of FromEmailAddress in the SDK's models.go).
func parseFrom(text string) (callback.Target, error) {
	alias, address := bareAddress(text)
	switch {
	case strings.Contains(alias, ":"):
		return callback.Target{}, errors.New("the alias has a colon")
	case alias != "" && !strings.HasPrefix(strings.TrimSpace(text), alias+" <"+address):
		return callback.Target{}, errors.New("exactly one space must be between the alias and the address")
	}
	return callback.ParseSender(address)
}

// parseRecipient returns an address without its alias, with its letters unchanged.
func parseRecipient(text string) (string, error) {
	_, address := bareAddress(text)
	if _, err := callback.ParseSender(address); err != nil {
		return "", err
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil {
		return "", errors.New(quote(text) + " is not an email address")
	}
	return parsed.Address, nil
}

// content checks the content of an email, and stores its template and values in the
// draft.
func (d *draft) content(in object, allowSimple bool) *apiError {
	template, simple := in.object("Template"), in.object("Simple")
	if template == nil && (simple == nil || allowSimple && isEmpty(simple)) {
		return refuse(sesapi.CodeMissingContent, "The request has neither a Template nor a Simple with content.")
	}
	if template != nil {
		values, ok := templateData(template.text("TemplateData"))
		switch {
		case template.number("TemplateID") <= 0:
			return refuse(sesapi.CodeInvalidTemplate, "The TemplateID must be more than zero.")
		case !ok:
			return refuse(sesapi.CodeWrongContentJSON, "The TemplateData is not a JSON object of simple values.")
		}
		d.values, d.Data = values, template.text("TemplateData")
		d.TemplateID = template.number("TemplateID")
		if d.Subject = fill(d.Subject, values); utf8.RuneCountInString(d.Subject) > maxSubject {
			return refuse(sesapi.CodeInvalidValue, "The subject has more than %d characters with the values of its variables.", maxSubject)
		}
	}
	if simple != nil && !allowSimple {
		return refuse(sesapi.CodeWithoutPermission, "The account may send emails with a template only (emulator serve --allow-simple takes Simple).")
	}
	if !isBase64(simple.text("Html")) || !isBase64(simple.text("Text")) {
		return refuse(sesapi.CodeWrongContent, "The content of Simple is not base64.")
	}
	if err := checkLanguage(in.text("Unsubscribe"), "Unsubscribe", lastEmailLanguage); err != nil {
		return err
	}
	return checkAttachments(in.list("Attachments"))
}

// checkAttachments checks the attachments of an email. The comment of FileURL in the
// SDK's models.go asks not to use it.
func checkAttachments(attachments []any) *apiError {
	if len(attachments) > maxAttachments {
		return refuse(sesapi.CodeTooManyAttachments, "An email can have at most %d attachments.", maxAttachments)
	}
	size := 0
	for _, a := range attachments {
		attachment, _ := a.(object)
		content, err := base64.StdEncoding.DecodeString(attachment.text("Content"))
		switch {
		case strings.TrimSpace(attachment.text("FileName")) == "":
			return refuse(sesapi.CodeInvalidAttachName, "An attachment has an empty FileName.")
		case err != nil:
			return refuse(sesapi.CodeWrongAttachment, "The content of an attachment is not base64.")
		case attachment.text("FileURL") != "":
			return refuse(sesapi.CodeUnsupportedOperation, "An attachment has a FileURL, which SES does not offer.")
		}
		size += len(content)
	}
	if size > maxAttachmentBytes {
		return refuse(sesapi.CodeAttachmentTooLarge, "The attachments have more than %d bytes together.", maxAttachmentBytes)
	}
	return nil
}

// isEmpty reports whether the content of an email without a template is left out or empty.
func isEmpty(simple object) bool { return simple.text("Html") == "" && simple.text("Text") == "" }

func isBase64(text string) bool {
	_, err := base64.StdEncoding.DecodeString(text)
	return err == nil
}

// customHeaders returns the headers that events repeat. No document describes the
// form of SmtpHeaders. Two forms are accepted: a JSON object of strings, and header
// lines (RFC 5322, 2.2).
func customHeaders(given string) (map[string]string, error) {
	headers := map[string]string{}
	given = strings.TrimSpace(given)
	if strings.HasPrefix(given, "{") {
		if err := json.Unmarshal([]byte(given), &headers); err != nil {
			return nil, errors.New("it is not a JSON object of strings")
		}
	} else {
		for line := range strings.Lines(given) {
			name, value, found := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
			if !found {
				return nil, errors.New("it is neither a JSON object nor lines of the form NAME: VALUE")
			}
			headers[name] = textproto.TrimString(value)
		}
	}
	for name := range headers {
		if !event.IsHeader(name) {
			delete(headers, name)
		}
	}
	return headers, nil
}
