package emulator_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// TestAcceptedSignatures checks that all ways in which official clients sign are
// accepted.
func TestAcceptedSignatures(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*signed){
		"host as sent":                    func(*signed) {},
		"host without port (Node SDK)":    func(s *signed) { s.signHost = "127.0.0.1" },
		"http:// before the host (CLI)":   func(s *signed) { s.signHost = "http://127.0.0.1:8025" },
		"http://, without port":           func(s *signed) { s.signHost = "http://127.0.0.1" },
		"http:// in the host as received": func(s *signed) { s.host, s.signHost = "http://127.0.0.1:8025", "http://127.0.0.1:8025" },
		"IPv6":                            func(s *signed) { s.host, s.signHost = "[::1]:8025", "[::1]:8025" },
		"IPv6 without port":               func(s *signed) { s.host, s.signHost = "[::1]:8025", "[::1]" },
		"host without any port":           func(s *signed) { s.host, s.signHost = "ses.tencentcloudapi.com", "ses.tencentcloudapi.com" },
		"host in capitals":                func(s *signed) { s.host, s.signHost = "LOCALHOST:8025", "localhost:8025" },
		"service of the endpoint (Node)":  func(s *signed) { s.service = "127" },
		"content type with charset":       func(s *signed) { s.contentType = "application/json; charset=utf-8" },
		"values signed as they are":       func(s *signed) { s.contentType, s.raw = "application/json; charset=UTF-8", true },
		"values signed in lower case":     func(s *signed) { s.contentType = "application/json; charset=UTF-8" },
		"further signed header":           func(s *signed) { s.signedHeaders = "content-type;host;x-tc-action" },
		"every header signed": func(s *signed) {
			s.signedHeaders = "content-type;host;x-tc-action;x-tc-region;x-tc-timestamp;x-tc-version"
		},
		"unsigned payload":   func(s *signed) { s.header["X-TC-Content-SHA256"] = "UNSIGNED-PAYLOAD" },
		"with a token":       func(s *signed) { s.header["X-TC-Token"] = "temporary" },
		"five minutes late":  func(s *signed) { s.stamp = at(-5 * time.Minute) },
		"five minutes early": func(s *signed) { s.stamp = at(5 * time.Minute) },
	}
	e := open(t, emulator.Options{})
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSigned("ListEmailAddress", "{}")
			change(&s)
			for range 2 { // first with a derived key, then with a cached key
				if got := serve(t, e, s.request()); got.code != "" {
					t.Fatalf("%s: %s", got.code, got.message)
				}
			}
		})
	}
}

func at(d time.Duration) string { return strconv.FormatInt(noon.Add(d).Unix(), 10) }

func TestRefusedSignatures(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*signed)
		after  func(*http.Request)
		code   string
	}{
		"wrong key":                  {change: func(s *signed) { s.key = "other" }, code: sesapi.CodeSignatureFailure},
		"unknown id":                 {change: func(s *signed) { s.id = "other" }, code: sesapi.CodeSecretIDNotFound},
		"late":                       {change: func(s *signed) { s.stamp = at(-5*time.Minute - time.Second) }, code: sesapi.CodeSignatureExpire},
		"early":                      {change: func(s *signed) { s.stamp = at(5*time.Minute + time.Second) }, code: sesapi.CodeSignatureExpire},
		"far off":                    {change: func(s *signed) { s.stamp = "9223372036854775807" }, code: sesapi.CodeSignatureExpire},
		"far off the other way":      {change: func(s *signed) { s.stamp = "-9223372036854775808" }, code: sesapi.CodeSignatureExpire},
		"timestamp not a number":     {change: func(s *signed) { s.stamp = "noon" }, code: sesapi.CodeInvalidParameter},
		"date of another day":        {change: func(s *signed) { s.date = "2026-03-03" }, code: sesapi.CodeSignatureFailure},
		"another host":               {change: func(s *signed) { s.signHost = "ses.tencentcloudapi.com" }, code: sesapi.CodeSignatureFailure},
		"https:// before it":         {change: func(s *signed) { s.signHost = "https://127.0.0.1:8025" }, code: sesapi.CodeSignatureFailure},
		"host not signed":            {change: func(s *signed) { s.signedHeaders = "content-type" }, code: sesapi.CodeSignatureFailure},
		"content type not signed":    {change: func(s *signed) { s.signedHeaders = "host" }, code: sesapi.CodeSignatureFailure},
		"signed header is not there": {change: func(s *signed) { s.signedHeaders = "content-type;host;x-none" }, code: sesapi.CodeSignatureFailure},
		"signed header was changed": {change: func(s *signed) { s.signedHeaders = "content-type;host;x-tc-action" },
			after: func(r *http.Request) { r.Header.Set("X-TC-Action", "DeleteEmailAddress") }, code: sesapi.CodeSignatureFailure},
		"content type was changed":              {after: func(r *http.Request) { r.Header.Set("Content-Type", "application/json;x") }, code: sesapi.CodeSignatureFailure},
		"timestamp was changed":                 {after: func(r *http.Request) { r.Header.Set("X-TC-Timestamp", at(time.Second)) }, code: sesapi.CodeSignatureFailure},
		"host was changed":                      {after: func(r *http.Request) { r.Host = "127.0.0.1:8026" }, code: sesapi.CodeSignatureFailure},
		"body hash instead of UNSIGNED-PAYLOAD": {change: func(s *signed) { s.header["X-TC-Content-SHA256"] = "unsigned" }, code: sesapi.CodeSignatureFailure},
		"no authorization":                      {after: func(r *http.Request) { r.Header.Del("Authorization") }, code: sesapi.CodeMissingParameter},
		"no timestamp":                          {after: func(r *http.Request) { r.Header.Del("X-TC-Timestamp") }, code: sesapi.CodeMissingParameter},
		"another algorithm":                     {after: func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=x") }, code: sesapi.CodeInvalidAuthorization},
	}
	e := open(t, emulator.Options{})
	must(t, e, "ListEmailAddress", "{}") // from here on the key is cached
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSigned("ListEmailAddress", "{}")
			if test.change != nil {
				test.change(&s)
			}
			r := s.request()
			if test.after != nil {
				test.after(r)
			}
			got := serve(t, e, r)
			if got.code != test.code {
				t.Fatalf("%q: %s, want %s", got.code, got.message, test.code)
			}
			if strings.Contains(got.message, "Signature=") {
				t.Errorf("the message repeats the header: %s", got.message)
			}
		})
	}
}

// TestDateIsInUTC checks a client that takes the date from its own time zone instead
// of UTC. The date does not match the timestamp then.
func TestDateIsInUTC(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2026, 3, 5, 0, 0, 30, 0, time.UTC)
	e := open(t, emulator.Options{Now: func() time.Time { return midnight.In(time.FixedZone("", -5*60*60)) }})
	s := newSigned("ListEmailAddress", "{}")
	s.stamp = strconv.FormatInt(midnight.Unix(), 10)
	if got := serve(t, e, s.request()); got.code != sesapi.CodeSignatureFailure {
		t.Errorf("the day before: %q", got.code)
	}
	s.date = "2026-03-05"
	if got := serve(t, e, s.request()); got.code != "" {
		t.Errorf("the day in UTC: %s: %s", got.code, got.message)
	}
}

func TestSeveralKeys(t *testing.T) {
	t.Parallel()
	keys := map[string]string{"one": "first", "two": "second"}
	e := open(t, emulator.Options{Keys: keys})
	keys["three"] = "third" // the emulator has its own copy
	for id, want := range map[string]string{"one": "", "two": "", "three": sesapi.CodeSecretIDNotFound, "local": sesapi.CodeSecretIDNotFound} {
		s := newSigned("ListEmailAddress", "{}")
		s.id, s.key = id, keys[id]
		if got := serve(t, e, s.request()); got.code != want {
			t.Errorf("%s: %q, want %q", id, got.code, want)
		}
	}
}

// TestManyScopes checks that more scopes than the cache of derived keys can hold are
// all served.
func TestManyScopes(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	for i := range 200 {
		s := newSigned("ListEmailAddress", "{}")
		s.service = "ses" + strconv.Itoa(i)
		if got := serve(t, e, s.request()); got.code != "" {
			t.Fatalf("%s: %s: %s", s.service, got.code, got.message)
		}
	}
}
