package capture

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// readCurl reads requests that a browser copied as cURL commands, for a shell of
// Unix or for the command prompt of Windows. Nothing is run: an argument that a
// shell would have to compute is an error.
func readCurl(data []byte) (Capture, error) {
	if bytes.Contains(data, []byte(`^"`)) {
		data = withoutCarets(data)
	}
	file, err := syntax.NewParser().Parse(bytes.NewReader(data), "")
	if err != nil {
		return Capture{}, errors.New("the copied cURL command ends too early, or its quotes are not closed")
	}
	var c Capture
	var failed error
	syntax.Walk(file, func(node syntax.Node) bool {
		call, isCall := node.(*syntax.CallExpr)
		if !isCall || len(call.Args) == 0 {
			return true
		}
		words, err := literals(call.Args)
		if err != nil {
			failed = err
			return false
		}
		if words[0] == "curl" || strings.HasSuffix(words[0], "/curl") || words[0] == "curl.exe" {
			c.add(curlExchange(words[1:]))
		}
		return false
	})
	return c, failed
}

var errComputed = errors.New("the copied cURL command contains a part that only a shell can expand")

func literals(words []*syntax.Word) ([]string, error) {
	texts := make([]string, len(words))
	for i, word := range words {
		for _, part := range word.Parts {
			text, ok := literal(part)
			if !ok {
				return nil, errComputed
			}
			texts[i] += text
		}
	}
	return texts, nil
}

// literal returns the text of a part of a word that is made of text and quotes
// alone. Browsers write no other parts, and a shell could take any time to compute
// one.
func literal(part syntax.WordPart) (text string, ok bool) {
	switch p := part.(type) {
	case *syntax.Lit:
		return unescape(p.Value, ""), true
	case *syntax.SglQuoted:
		if !p.Dollar {
			return p.Value, true
		}
		return ansiC(p.Value)
	case *syntax.DblQuoted:
		for _, inner := range p.Parts {
			lit, isLit := inner.(*syntax.Lit)
			if !isLit || p.Dollar {
				return "", false
			}
			text += unescape(lit.Value, "\"\\$`\n")
		}
		return text, true
	}
	return "", false
}

// unescape removes the backslashes before the given characters. If signs is empty, as
// outside quotes, it removes the backslash before any character.
func unescape(text, signs string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && (signs == "" || strings.IndexByte(signs, text[i+1]) >= 0) {
			if i++; text[i] == '\n' {
				continue // the line goes on
			}
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

// ansiC reads the text of $'…', in which browsers write characters as \u0021 and \n.
func ansiC(text string) (string, bool) {
	quoted := strings.NewReplacer(`\\`, `\\`, `\'`, `'`, `"`, `\"`, "\n", `\n`).Replace(text)
	out, err := strconv.Unquote(`"` + quoted + `"`)
	return out, err == nil
}

// withoutCarets converts a command for the command prompt of Windows to a command for
// a shell of Unix. At the prompt, ^ escapes the character after it.
func withoutCarets(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		if data[i] != '^' || i+1 == len(data) {
			if data[i] == '$' || data[i] == '`' {
				out = append(out, '\\') // plain characters at the prompt, but not in a shell
			}
			out = append(out, data[i])
			continue
		}
		i++
		if data[i] == '\r' && i+1 < len(data) && data[i+1] == '\n' {
			i++
		}
		if data[i] == '\n' {
			out = append(out, ' ')
			continue
		}
		if data[i] == '$' || data[i] == '`' {
			out = append(out, '\\')
		}
		out = append(out, data[i])
	}
	return out
}

// curlExchange reads the options of curl that browsers write.
func curlExchange(words []string) exchange {
	x := exchange{header: http.Header{}}
	for i := 0; i < len(words); i++ {
		name, value, joined := strings.Cut(words[i], "=")
		if !joined && i+1 < len(words) {
			value = words[i+1]
		}
		switch name {
		case "-H", "--header":
			key, text, _ := strings.Cut(value, ":")
			if strings.EqualFold(strings.TrimSpace(key), "X-TC-Action") {
				x.header.Set("X-TC-Action", strings.TrimSpace(text))
			}
		case "--data-raw", "--data", "--data-binary", "--data-ascii", "-d":
			x.body = []byte(value)
		case "--url":
			x.url = value
		case "-X", "--request":
			x.method = value
		case "-b", "--cookie", "-A", "--user-agent", "-e", "--referer", "-u", "--user", "-x", "--proxy":
			// Their values are skipped, because they are not the URL.
		default:
			if strings.HasPrefix(words[i], "http://") || strings.HasPrefix(words[i], "https://") {
				x.url = words[i]
			}
			continue
		}
		if !joined {
			i++
		}
	}
	return x
}

// readFetch reads requests that a browser copied as fetch: a call with the URL and
// one object, both of which are JSON.
func readFetch(data []byte) (Capture, error) {
	var c Capture
	const call = "fetch("
	for {
		_, rest, found := bytes.Cut(data, []byte(call))
		if !found {
			return c, nil
		}
		decoder := json.NewDecoder(bytes.NewReader(rest))
		var x exchange
		if err := decoder.Decode(&x.url); err != nil {
			return c, errors.New("the copied fetch call does not begin with a URL in quotes")
		}
		rest = rest[decoder.InputOffset():]
		options, ok := bytes.CutPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(","))
		if ok {
			var err error
			if rest, err = x.readFetchOptions(options); err != nil {
				return c, err
			}
		}
		c.add(x)
		data = rest
	}
}

func (x *exchange) readFetchOptions(data []byte) (rest []byte, err error) {
	var options struct {
		Method  string            `json:"method"`
		Body    string            `json:"body"`
		Headers map[string]string `json:"headers"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&options); err != nil {
		return nil, errors.New("the copied fetch call ends too early, or its options are not JSON")
	}
	x.method, x.body, x.header = options.Method, []byte(options.Body), http.Header{}
	for name, value := range options.Headers {
		if strings.EqualFold(name, "X-TC-Action") {
			x.header.Set("X-TC-Action", value)
		}
	}
	return data[decoder.InputOffset():], nil
}

// readPair reads the JSON of a request, and of the answer after it if there is one.
// The console's network panel shows them so. It also reads an object with the keys
// request and response. The data can have several pairs.
func readPair(data []byte) (Capture, error) {
	var c Capture
	decoder := json.NewDecoder(bytes.NewReader(data))
	var request object
	for {
		var o object
		err := decoder.Decode(&o)
		switch {
		case errors.Is(err, io.EOF):
			c.addPair(request, nil)
			return c, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			c.addPair(request, nil)
			c.Warnings = append(c.Warnings, "the JSON ends too early: copy it again in full")
			return c, nil
		case err != nil:
			return c, errors.New("it is not valid JSON")
		case o["request"] != nil:
			c.addPair(decodeObject(o["request"]), o["response"])
		case isAnswer(o) && request != nil:
			raw, _ := json.Marshal(o)
			c.addPair(request, raw)
			request = nil
		default:
			c.addPair(request, nil)
			request = o
		}
	}
}

func isAnswer(o object) bool {
	response, code := unwrap(o)
	return response != nil || code != ""
}

// addPair adds a request that was captured without its URL.
func (c *Capture) addPair(request object, answer json.RawMessage) {
	if request == nil {
		return
	}
	body, _ := json.Marshal(request)
	const nowhere = "https://console.invalid/"
	x := exchange{url: nowhere, body: body, answer: answer}
	if url := scalar(request["url"]); url != "" {
		x.url = url
	}
	c.add(x)
	if delete(c.Hosts, "console.invalid"); len(c.Hosts) == 0 {
		c.Hosts = nil
	}
}
