package event

import "mime"

// SubjectText returns the subject for people to read. A MIME-encoded subject (RFC
// 2047) is decoded from UTF-8, ISO-8859-1 or US-ASCII. A subject that cannot be
// decoded is returned as it came.
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

// EncodeSubject returns a subject as SES sends it: unchanged if it is ASCII, otherwise
// in encoded words. The documentation does not name the encoding. Base64 of UTF-8 is
// what mail programs use for such text.
func EncodeSubject(subject string) string {
	return mime.BEncoding.Encode("UTF-8", subject)
}
