package capture

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// exchange is one HTTP request of a capture with its answer.
type exchange struct {
	method, url string
	header      http.Header // only X-TC-Action is read
	body        []byte
	answer      []byte // nil if it was not captured
}

// console is the body of a request to the gateway of the console. The gateway
// exists in several forms; each uses some of these fields.
type console struct {
	Cmd         string          `json:"cmd"`
	Action      string          `json:"action"`
	ServiceType string          `json:"serviceType"`
	Data        json.RawMessage `json:"data"`
}

// add counts an exchange, and adds its call if it is a call of SES.
func (c *Capture) add(x exchange) {
	u, err := url.Parse(x.url)
	if err != nil || u.Host == "" {
		return
	}
	c.count(&c.Hosts, u.Hostname(), 1)
	service, action, params := x.identify(u)
	if service == "" || action == "" {
		return
	}
	c.count(&c.Products, service, 1)
	if service != product {
		return
	}
	call := Call{Action: action, Params: params, account: accountOf(u)}
	call.Answer, call.ErrorCode = readAnswer(x.answer)
	c.Calls = append(c.Calls, call)
}

// identify finds the product, the action and the parameters of a request, in all
// forms of the console's gateway, and in the form of API 3.0 itself.
func (x exchange) identify(u *url.URL) (service, action string, params object) {
	query := u.Query()
	body := decodeObject(x.body)
	var envelope console
	if body != nil {
		raw, _ := json.Marshal(body)
		_ = json.Unmarshal(raw, &envelope)
	}
	if direct := x.header.Get("X-TC-Action"); direct != "" {
		service, _, _ = strings.Cut(u.Hostname(), ".")
		return strings.ToLower(service), plainName(direct), withoutCommon(body)
	}
	service, action = strings.ToLower(firstOf(envelope.ServiceType, query.Get("serviceType"))), firstOf(envelope.Cmd, query.Get("cmd"))
	if s, a, found := strings.Cut(query.Get("i"), "/"); found {
		service, action = firstOf(service, strings.ToLower(s)), firstOf(action, a)
	}
	if s, a, found := pathCall(u.Path); found {
		service, action = firstOf(service, strings.ToLower(s)), firstOf(action, a)
	}
	if action == "" && envelope.Action != "delegate" {
		action = envelope.Action
	}
	if service == "" || action == "" {
		return service, action, nil
	}
	return plainName(service), plainName(action), withoutCommon(decodeObject(envelope.Data))
}

// pathCall reads /_api/SERVICE/ACTION.
func pathCall(path string) (service, action string, found bool) {
	_, rest, found := strings.Cut(path, "/_api/")
	if !found {
		return "", "", false
	}
	service, action, found = strings.Cut(strings.Trim(rest, "/"), "/")
	return service, action, found && !strings.Contains(action, "/")
}

// plainName returns a name if it can be the name of a product or an action, else "".
// Names are shown to users, so they must not be anything else.
func plainName(name string) string {
	const longest = 80
	if len(name) > longest || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
		return ""
	}
	return name
}

// decodeObject reads a JSON object, or one inside a JSON string or base64. It returns
// nil for anything else.
func decodeObject(data []byte) object {
	const layers = 3
	for range layers {
		data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
		if len(data) == 0 {
			return nil
		}
		var text string
		switch {
		case data[0] == '{':
			var o object
			if json.Unmarshal(data, &o) != nil {
				return nil
			}
			return o
		case data[0] == '"' && json.Unmarshal(data, &text) == nil:
			data = []byte(text)
		default:
			decoded, err := base64.StdEncoding.DecodeString(string(data))
			if err != nil {
				return nil
			}
			data = decoded
		}
	}
	return nil
}

// readAnswer finds the object Response in an answer of the console or of API 3.0,
// and the code of an error.
func readAnswer(data []byte) (fields object, code string) {
	top := decodeObject(data)
	if top == nil {
		return nil, ""
	}
	response, gatewayCode := unwrap(top)
	if response == nil {
		return nil, gatewayCode
	}
	if raw, failed := response["Error"]; failed {
		return nil, errorCode(raw)
	}
	if gatewayCode != "" {
		return nil, gatewayCode
	}
	return withoutCommon(response), ""
}

// unwrap removes the objects "data" that the gateway puts around an answer. A code
// other than 0 in one of them is an error of the gateway: 9 is an invalid login or
// csrf code, and 50 an expired one.
func unwrap(o object) (response object, code string) {
	const deepest = 5
	for range deepest {
		if c := scalar(o["code"]); c != "" && c != "0" {
			code = firstOf(code, "gateway-"+c)
		}
		if raw, found := o["Response"]; found {
			return decodeObject(raw), code
		}
		if o = decodeObject(o["data"]); o == nil {
			return nil, code
		}
	}
	return nil, code
}

// errorCode returns the code of the object Error. The gateway gives some codes as
// numbers.
func errorCode(raw json.RawMessage) string {
	code := scalar(decodeObject(raw)["Code"])
	if strings.Trim(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != "" || code == "" {
		return "unknown"
	}
	return code
}

// scalar returns a JSON string or number as text, or "".
func scalar(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var number json.Number
	if json.Unmarshal(raw, &number) == nil {
		return number.String()
	}
	return ""
}

// accountOf returns a digest of the account number in the query of a request, so
// that two accounts can be distinguished without keeping their numbers.
func accountOf(u *url.URL) string {
	query := u.Query()
	kind, number := "owner", query.Get("ownerUin")
	if number == "" {
		kind, number = "user", query.Get("uin")
	}
	if _, err := strconv.ParseUint(number, 10, 64); err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(number))
	return kind + string(sum[:8])
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
