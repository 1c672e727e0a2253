package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
)

const (
	requestBody = `{"Offset":0,"Limit":100}`
	rounds      = 5
	roundTime   = time.Second
)

// measureEmulator compares the emulator with a handler that only reads the body and
// computes the same HMACs, by the signed requests a second that they answer.
func measureEmulator(ctx context.Context, _ *programs) ([]row, error) {
	e, err := emulator.Open(ctx, emulator.Options{})
	if err != nil {
		return nil, err
	}
	var ours, theirs []time.Duration
	for range rounds {
		a, err := perRequest(ctx, e)
		if err != nil {
			return nil, err
		}
		b, err := perRequest(ctx, http.HandlerFunc(bareHandler))
		if err != nil {
			return nil, err
		}
		ours, theirs = append(ours, a), append(theirs, b)
	}
	a, b := median(ours), median(theirs)
	return []row{{"emulator: signed requests a second against a bare handler with the same HMACs",
		fmt.Sprintf("%.0f/s", 1/a.Seconds()), fmt.Sprintf("%.0f/s", 1/b.Seconds()), ratio(b, a), "at least 0.7"}}, nil
}

// bareHandler does only what every server must do: it reads the body, and computes
// the hashes and HMACs of TC3-HMAC-SHA256.
func bareHandler(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	signature := sign("local", r.Header.Get("X-TC-Timestamp"), "2026-01-01", r.Host, body)
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"Response":{"Total":0,"AddressTrackUrlList":[],"RequestId":%q}}`, signature[:36])
}

func sign(key, timestamp, date, host string, body []byte) string {
	payload := sha256.Sum256(body)
	request := "POST\n/\n\ncontent-type:application/json\nhost:" + host + "\n\ncontent-type;host\n" + hex.EncodeToString(payload[:])
	hashed := sha256.Sum256([]byte(request))
	text := "TC3-HMAC-SHA256\n" + timestamp + "\n" + date + "/ses/tc3_request\n" + hex.EncodeToString(hashed[:])
	secret := mac(mac(mac([]byte("TC3"+key), date), "ses"), "tc3_request")
	return hex.EncodeToString(mac(secret, text))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// perRequest returns the mean time of a request when every core sends requests.
func perRequest(ctx context.Context, handler http.Handler) (time.Duration, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	serving, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- emulator.Serve(serving, listener, handler) }()
	defer func() { cancel(); <-done }()

	host := listener.Addr().String()
	clients := 4 * runtime.GOMAXPROCS(0)
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	var requests atomic.Int64
	var failed atomic.Value
	var wait sync.WaitGroup
	start := time.Now()
	for range clients {
		wait.Go(func() {
			for time.Since(start) < roundTime && failed.Load() == nil {
				if err := ask(transport, host); err != nil {
					failed.Store(err)
				}
				requests.Add(1)
			}
		})
	}
	wait.Wait()
	if err, _ := failed.Load().(error); err != nil {
		return 0, err
	}
	return time.Since(start) / time.Duration(requests.Load()), nil
}

func ask(transport *http.Transport, host string) error {
	return newSignedCall("http://"+host, "ListAddressTrackUrl", requestBody).send(transport, nil)
}

// signedCall is a call of the API with its signature, which can be sent several times
// within five minutes.
type signedCall struct {
	url, body string
	header    http.Header
}

func newSignedCall(endpoint, action, body string) signedCall {
	now := time.Now().UTC()
	timestamp, date := fmt.Sprint(now.Unix()), now.Format(time.DateOnly)
	c := signedCall{endpoint + "/", body, http.Header{}}
	for key, value := range map[string]string{
		"Content-Type": "application/json", "X-TC-Action": action, "X-TC-Version": "2020-10-02",
		"X-TC-Region": "ap-guangzhou", "X-TC-Timestamp": timestamp,
		"Authorization": fmt.Sprintf("TC3-HMAC-SHA256 Credential=local/%s/ses/tc3_request, SignedHeaders=content-type;host, Signature=%s",
			date, sign("local", timestamp, date, strings.TrimPrefix(endpoint, "http://"), []byte(body))),
	} {
		c.header.Set(key, value)
	}
	return c
}

// send makes the call, and stores the answer unless answer is nil. It returns an error
// if the call is refused.
func (c signedCall) send(transport *http.Transport, answer *string) error {
	request, err := http.NewRequest(http.MethodPost, c.url, strings.NewReader(c.body))
	if err != nil {
		return err
	}
	request.Header = c.header
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if bytes.Contains(body, []byte(`"Error"`)) {
		return fmt.Errorf("refused: %s", body)
	}
	if answer != nil {
		*answer = string(body)
	}
	return nil
}
