package event

import "mime"

// SubjectText returns the subject for people to read: decoded where it is
// MIME-encoded (RFC 2047), as it came where that cannot be done. Of the
// character sets, UTF-8, ISO-8859-1 and US-ASCII are understood.
func (e Event) SubjectText() string {
	text, err := DecodeSubject(e.Subject)
	if err != nil {
		return e.Subject
	}
	return text
}

// DecodeSubject decodes the encoded words of a subject (RFC 2047).
func DecodeSubject(subject string) (string, error) {
	return new(mime.WordDecoder).DecodeHeader(subject)
}

// EncodeSubject returns a subject the way SES sends it: as it is when it is
// ASCII, else in encoded words. The page says that it is encoded, not how;
// base64 of UTF-8 is what mail programs use for such text.
func EncodeSubject(subject string) string {
	return mime.BEncoding.Encode("UTF-8", subject)
}
