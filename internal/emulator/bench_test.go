package emulator_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
)

// bareHandler does only what any server of this API must do: it reads the body, and
// computes the HMACs that verify a signature. With derive it derives the signing key
// for each request, as the document describes. The emulator caches derived keys.
func bareHandler(derive bool) http.Handler {
	key := signingKey()
	answer := []byte(`{"Response":{"RequestId":"00000000-0000-4000-8000-000000000000"}}`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		key := key
		if derive {
			key = signingKey()
		}
		payload := sha256.Sum256(body)
		canonical := "POST\n/\n\ncontent-type:" + r.Header.Get("Content-Type") + "\nhost:" + r.Host + "\n\ncontent-type;host\n" + hex.EncodeToString(payload[:])
		request := sha256.Sum256([]byte(canonical))
		h := hmac.New(sha256.New, key)
		_, _ = io.WriteString(h, "TC3-HMAC-SHA256\n"+r.Header.Get("X-TC-Timestamp")+"\n2026-03-04/ses/tc3_request\n"+hex.EncodeToString(request[:]))
		_, signature, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
		if !hmac.Equal([]byte(hex.EncodeToString(h.Sum(nil))), []byte(signature)) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	})
}

func signingKey() []byte {
	return mac(mac(mac([]byte("TC3local"), "2026-03-04"), "ses"), "tc3_request")
}

func BenchmarkEmulator(b *testing.B) {
	e := open(b, emulator.Options{})
	must(b, e, "CreateAddressTrackUrl", `{"Address":"`+news+`","TrackUrl":"`+url1+`"}`)
	for _, s := range []step{
		{"GetWebhookUrl", "{}", ""},
		{"ListEmailAddress", "{}", ""},
		{"ListAddressTrackUrl", `{"Offset":0,"Limit":100}`, ""},
		{"UpdateAddressTrackUrl", `{"Address":"` + news + `","TrackUrl":"` + url2 + `"}`, ""},
	} {
		b.Run(s.action, func(b *testing.B) { benchmark(b, e, newSigned(s.action, s.body)) })
	}
}

func BenchmarkBareHandler(b *testing.B) {
	s := newSigned("GetWebhookUrl", "{}")
	b.Run("cached-key", func(b *testing.B) { benchmark(b, bareHandler(false), s) })
	b.Run("derived-key", func(b *testing.B) { benchmark(b, bareHandler(true), s) })
}

// benchmark measures a handler with one signed request. It calls the handler
// directly, and over loopback HTTP on keep-alive connections.
func benchmark(b *testing.B, h http.Handler, s signed) {
	b.Run("direct", func(b *testing.B) {
		r := s.request()
		body := strings.NewReader(s.body)
		r.Body = io.NopCloser(body)
		b.ReportAllocs()
		for b.Loop() {
			body.Reset(s.body)
			w := httptest.ResponseRecorder{Body: new(bytes.Buffer)}
			h.ServeHTTP(&w, r)
			if w.Code != 0 && w.Code != http.StatusOK {
				b.Fatal(w.Code)
			}
		}
	})
	b.Run("http", func(b *testing.B) {
		address := start(b, h)
		s.host, s.signHost = address, address
		header := s.request().Header
		transport := &http.Transport{MaxIdleConnsPerHost: 64}
		defer transport.CloseIdleConnections()
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				r, _ := http.NewRequest(http.MethodPost, "http://"+address+"/", strings.NewReader(s.body))
				r.Header = header
				response, err := transport.RoundTrip(r)
				if err != nil {
					b.Error(err)
					return
				}
				if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
					b.Errorf("status %d, %v", response.StatusCode, err)
				}
				_ = response.Body.Close()
			}
		})
	})
}

// BenchmarkPage measures one page at the end of long lists.
func BenchmarkPage(b *testing.B) {
	for _, size := range []struct {
		name  string
		count int
	}{{"100", 100}, {"1000", 1000}, {"10000", 10000}} {
		e := open(b, emulator.Options{Senders: manySenders(size.count)})
		for _, sender := range manySenders(size.count) {
			must(b, e, "CreateAddressTrackUrl", `{"Address":"`+sender+`","TrackUrl":"`+url1+`"}`)
		}
		b.Run(size.name, func(b *testing.B) {
			s := newSigned("ListAddressTrackUrl", `{"Offset":90,"Limit":10}`)
			for b.Loop() {
				serve(b, e, s.request())
			}
		})
	}
}

// BenchmarkOpen measures opening and closing a small state file that exists.
func BenchmarkOpen(b *testing.B) {
	o := emulator.Options{StateFile: filepath.Join(b.TempDir(), "state.db")}
	for b.Loop() {
		e, err := emulator.Open(b.Context(), o)
		if err != nil {
			b.Fatal(err)
		}
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
