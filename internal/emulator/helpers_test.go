package emulator_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// noon is the time of the clock in these tests.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func open(t testing.TB, o emulator.Options) *emulator.Emulator {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	if _, test := t.(*testing.T); test { // a benchmark measures requests without this
		next := o.OnRequest
		o.OnRequest = func(c emulator.Call) {
			checkCode(t, c)
			if next != nil {
				next(c)
			}
		}
	}
	e, err := emulator.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// checkCode checks that an action answers with an error code that the SDK lists for it,
// or with a common one. 503 and dropped are faults without an answer of the API.
func checkCode(t testing.TB, c emulator.Call) {
	if c.Code == "" || c.Code == "503" || c.Code == "dropped" {
		return
	}
	a, published := sesapi.PublishedActions()[c.Action]
	if published && !slices.Contains(a.Codes, c.Code) && !slices.Contains(sesapi.CommonCodes(), c.Code) {
		t.Errorf("%s answers %s, which is not published for it", c.Action, c.Code)
	}
}

// signed is a request as an official client sends it; tests change parts of it.
type signed struct {
	id, key, host, signHost string
	service, date, stamp    string
	contentType             string
	signedHeaders           string
	method, query           string // POST and none if empty
	raw                     bool   // sign the values of headers as they are, not in lower case
	header                  map[string]string
	body                    string
}

func newSigned(action, body string) signed {
	return signed{
		id: "local", key: "local", host: "127.0.0.1:8025", signHost: "127.0.0.1:8025", service: "ses",
		date: noon.Format(time.DateOnly), stamp: strconv.FormatInt(noon.Unix(), 10),
		contentType: "application/json", signedHeaders: "content-type;host", body: body,
		header: map[string]string{"X-TC-Action": action, "X-TC-Version": "2020-10-02", "X-TC-Region": "ap-guangzhou"},
	}
}

func (s signed) request() *http.Request {
	r := httptest.NewRequest(cmp.Or(s.method, http.MethodPost), "/?"+s.query, strings.NewReader(s.body))
	r.Host = s.host
	for name, value := range s.header {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	r.Header.Set("Content-Type", s.contentType)
	r.Header.Set("X-TC-Timestamp", s.stamp)
	r.Header.Set("Authorization", s.authorization(r.Header))
	return r
}

// authorization signs step by step as the document "Signature v3" describes. It
// shares no code with the package under test.
func (s signed) authorization(h http.Header) string {
	payload := s.body
	if unsigned := h.Get("X-TC-Content-SHA256"); unsigned != "" {
		payload = unsigned
	}
	var headers string
	for name := range strings.SplitSeq(s.signedHeaders, ";") {
		value := h.Get(name)
		if name == "host" {
			value = s.signHost
		}
		if !s.raw {
			value = strings.ToLower(value)
		}
		headers += name + ":" + value + "\n"
	}
	canonical := cmp.Or(s.method, http.MethodPost) + "\n/\n" + s.query + "\n" + headers + "\n" + s.signedHeaders + "\n" + sha(payload)
	scope := s.date + "/" + s.service + "/tc3_request"
	toSign := "TC3-HMAC-SHA256\n" + s.stamp + "\n" + scope + "\n" + sha(canonical)
	key := mac(mac(mac([]byte("TC3"+s.key), s.date), s.service), "tc3_request")
	return fmt.Sprintf("TC3-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%x", s.id, scope, s.signedHeaders, mac(key, toSign))
}

func sha(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// answer is an answer that passed the checks for all answers.
type answer struct {
	code, message string
	fields        map[string]any
}

func serve(t testing.TB, h http.Handler, r *http.Request) answer {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return readAnswer(t, w.Result())
}

func do(t testing.TB, h http.Handler, action, body string) answer {
	t.Helper()
	return serve(t, h, newSigned(action, body).request())
}

// must calls an action, which must succeed.
func must(t testing.TB, h http.Handler, action, body string) map[string]any {
	t.Helper()
	got := do(t, h, action, body)
	if got.code != "" {
		t.Fatalf("%s %s: %s: %s", action, body, got.code, got.message)
	}
	return got.fields
}

func readAnswer(t testing.TB, response *http.Response) answer {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %s", response.StatusCode, body)
	}
	if got := response.Header.Values("Content-Type"); len(got) != 1 || got[0] != "application/json" {
		t.Fatalf("content type %q", got)
	}
	var envelope struct{ Response map[string]any }
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&envelope); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	id, _ := envelope.Response["RequestId"].(string)
	if len(id) != 36 || id[14] != '4' {
		t.Fatalf("request id %q is not a random UUID", id)
	}
	delete(envelope.Response, "RequestId")
	out := answer{fields: envelope.Response}
	if failed, ok := envelope.Response["Error"].(map[string]any); ok {
		out.code, _ = failed["Code"].(string)
		out.message, _ = failed["Message"].(string)
		if out.code == "" || out.message == "" || len(envelope.Response) != 1 {
			t.Fatalf("error without code or message, or with more: %s", body)
		}
	}
	return out
}

// start serves h on loopback until the test ends, and returns HOST:PORT.
func start(t testing.TB, h http.Handler) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- emulator.Serve(ctx, l, h) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// manySenders returns n sender addresses in order, ten to a domain.
func manySenders(n int) []string {
	senders := make([]string, n)
	for i := range senders {
		senders[i] = fmt.Sprintf("s%05d@d%04d.example.com", i, i/10)
	}
	return senders
}
