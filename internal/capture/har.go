package capture

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// harEntry is the part of an entry of a HAR file (HTTP Archive 1.2) that is read.
// Cookies are not read, and of the headers only the action of API 3.0 is.
type harEntry struct {
	Request struct {
		Method  string      `json:"method"`
		URL     string      `json:"url"`
		Headers []harHeader `json:"headers"`
		Post    harContent  `json:"postData"`
	} `json:"request"`
	Response struct {
		Content harContent `json:"content"`
	} `json:"response"`
}

type harHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harContent struct {
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
	Encoding string `json:"encoding"`
}

func (c harContent) bytes() []byte {
	if strings.EqualFold(c.Encoding, "base64") {
		if decoded, err := base64.StdEncoding.DecodeString(c.Text); err == nil {
			return decoded
		}
	}
	return []byte(c.Text)
}

// readHAR reads a HAR file entry by entry, because the file of a long session has
// hundreds of megabytes. If a file ends too early, the entries before the end are
// read.
func readHAR(r io.Reader) (Capture, error) {
	var c Capture
	decoder := json.NewDecoder(r)
	err := eachEntry(decoder, func(raw json.RawMessage) {
		var e harEntry
		if json.Unmarshal(raw, &e) != nil {
			c.Warnings = append(c.Warnings, "an entry of the HAR file has an unknown form and was skipped")
			return
		}
		c.addEntry(e)
	})
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return c, nil
	case errors.Is(err, errNotHAR):
		return c, err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.As(err, &syntax):
		c.Warnings = append(c.Warnings, fmt.Sprintf("the HAR file ends too early or is damaged after %d requests: save it again in full", total(c.Hosts)))
		return c, nil
	}
	return c, err
}

func total(counts map[string]int) int {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return sum
}

// eachEntry calls f for each element of log.entries.
func eachEntry(decoder *json.Decoder, f func(json.RawMessage)) error {
	inLog := func() error {
		return eachField(decoder, func(name string) error {
			if name != "entries" {
				return skip(decoder)
			}
			return eachElement(decoder, f)
		})
	}
	return eachField(decoder, func(name string) error {
		if name != "log" {
			return skip(decoder)
		}
		return inLog()
	})
}

func eachField(decoder *json.Decoder, f func(name string) error) error {
	if err := open(decoder, '{'); err != nil {
		return err
	}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		if err := f(name); err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return err
}

func eachElement(decoder *json.Decoder, f func(json.RawMessage)) error {
	if err := open(decoder, '['); err != nil {
		return err
	}
	for decoder.More() {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return err
		}
		f(raw)
	}
	_, err := decoder.Token()
	return err
}

var errNotHAR = errors.New("it is JSON, but not a HAR file")

func open(decoder *json.Decoder, want json.Delim) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	if token != want {
		return errNotHAR
	}
	return nil
}

func skip(decoder *json.Decoder) error {
	var unread json.RawMessage
	return decoder.Decode(&unread)
}

func (c *Capture) addEntry(e harEntry) {
	if isScript(e.Request.URL, e.Response.Content.MimeType) {
		c.count(&c.Hosts, hostOf(e.Request.URL), 1)
		c.Mentions = append(c.Mentions, readScript(e.Response.Content.bytes())...)
		return
	}
	header := http.Header{}
	for _, h := range e.Request.Headers {
		if strings.EqualFold(h.Name, "X-TC-Action") {
			header.Set("X-TC-Action", h.Value)
		}
	}
	c.add(exchange{method: e.Request.Method, url: e.Request.URL, header: header,
		body: e.Request.Post.bytes(), answer: e.Response.Content.bytes()})
}
