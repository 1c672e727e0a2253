package emulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

func TestParseFault(t *testing.T) {
	t.Parallel()
	for _, spec := range []string{"throttle", "throttle=0.5", "throttle=10%", "throttle=100%,action=SendEmail", " 5xx , action=SendEmail ",
		"delay=2s", "delay=1ms,action=SendEmail", "drop", "drop=1", "drop-before", "drop-after=0.5", "error=FailedOperation.FrequencyLimit", "error=InternalError,action=SendEmail,share=50%", "error=RequestLimitExceeded,share=0.5,action=SendEmail", "delay=1s,share=0.5", "duplicate", "duplicate=20%", "disorder", "delivery-delay=1m"} {
		if _, err := emulator.ParseFault(spec); err != nil {
			t.Errorf("%s: %v", spec, err)
		}
	}
	for spec, want := range map[string]string{
		"":                                  "unknown fault; the faults are throttle[=SHARE], 5xx[=SHARE], delay=DURATION",
		"slow":                              "delivery-delay=DURATION",
		"throttle=":                         "neither a number",
		"throttle=0":                        "neither a number",
		"throttle=2":                        "neither a number",
		"throttle=NaN":                      "neither a number",
		"throttle=101%":                     "neither a number",
		"delay":                             "duration such as 2s",
		"delay=":                            "duration such as 2s",
		"delay=-1s":                         "duration such as 2s",
		"delivery-delay=soon":               "duration such as 2s",
		"throttle,share=1":                  "only action=NAME",
		"throttle,action=":                  "only action=NAME",
		"duplicate,action=A":                "affects deliveries",
		"drop,action=A,action=B":            "two actions",
		"error":                             "not an error code",
		"error=FailedOperation.X":           "not an error code",
		"error=InternalError,share=2":       "neither a number",
		"error=InternalError,share=1,share": "only action=NAME",
		"error=InternalError,x=1":           "only action=NAME or share=SHARE",
		"drop-before=x,action=A":            "neither a number",
		"throttle\x1b[31m=1,a=\n":           "unknown fault",
	} {
		_, err := emulator.ParseFault(spec)
		if failure.KindOf(err) != failure.Usage || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", spec, err, want)
		} else if strings.ContainsAny(err.Error(), "\x1b\n") {
			t.Errorf("%q: a control character in %q", spec, err)
		}
	}
	if _, err := emulator.Open(t.Context(), emulator.Options{Faults: parseFaults(t, "throttle,action=NoSuch")}); failure.KindOf(err) != failure.Usage || err == nil {
		t.Errorf("a fault of no action: %v", err)
	}
}

// roundTrip sends s through the transport, and returns the status and the code, or
// the error.
func roundTrip(t *testing.T, e *emulator.Emulator, s signed) (int, string, error) {
	t.Helper()
	response, err := e.Transport().RoundTrip(outgoing(t, t.Context(), s, strings.NewReader(s.body)))
	if err != nil {
		return 0, "", err
	}
	if response.StatusCode != http.StatusOK {
		return response.StatusCode, "", nil
	}
	return response.StatusCode, readAnswer(t, response).code, nil
}

func TestRequestFaults(t *testing.T) {
	t.Parallel()
	set := newSigned("UpdateWebhookUrl", `{"Url":"`+url1+`"}`)
	tests := map[string]struct {
		spec    string
		status  int
		code    string
		err     error
		changed bool
	}{
		"throttle":    {"throttle", 200, sesapi.CodeRequestLimitExceeded, nil, false},
		"error":       {"error=FailedOperation.FrequencyLimit", 200, "FailedOperation.FrequencyLimit", nil, false},
		"5xx":         {"5xx", 503, "", nil, false},
		"drop before": {"drop-before", 0, "", io.ErrUnexpectedEOF, false},
		"drop after":  {"drop-after", 0, "", io.ErrUnexpectedEOF, true},
		"other":       {"5xx,action=SendEmail", 200, "", nil, true},
		"seldom":      {"5xx=0.000001", 200, "", nil, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := test.spec
			if !strings.Contains(spec, "action") {
				spec += ",action=UpdateWebhookUrl"
			}
			e := open(t, emulator.Options{Faults: parseFaults(t, spec)})
			status, code, err := roundTrip(t, e, set)
			if status != test.status || code != test.code || !errors.Is(err, test.err) {
				t.Errorf("%d %q %v, want %d %q %v", status, code, err, test.status, test.code, test.err)
			}
			if changed := must(t, e, "GetWebhookUrl", "{}")["Url"] == url1; changed != test.changed {
				t.Errorf("changed: %v, want %v", changed, test.changed)
			}
		})
	}
}

func TestDelayFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, emulator.Options{Faults: parseFaults(t, "delay=2s", "delay=1s", "throttle=1")})
		start := time.Now()
		if got := do(t, e, "GetWebhookUrl", "{}"); got.code != sesapi.CodeRequestLimitExceeded || time.Since(start) != 3*time.Second {
			t.Errorf("%q after %s", got.code, time.Since(start))
		}
	})
}

// TestDelayFaultObeysTheContext checks that a request changes nothing if its client
// gives up during the delay.
func TestDelayFaultObeysTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, emulator.Options{Faults: parseFaults(t, "delay=1h,action=UpdateWebhookUrl")})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		s := newSigned("UpdateWebhookUrl", `{"Url":"`+url1+`"}`)
		if _, err := e.Transport().RoundTrip(outgoing(t, ctx, s, strings.NewReader(s.body))); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		synctest.Wait()
		if got := must(t, e, "GetWebhookUrl", "{}")["Url"]; got != "" {
			t.Errorf("it was changed: %v", got)
		}
	})
}

// TestFaultsBehindTheSignature checks that a request meets faults only after its
// signature is verified.
func TestFaultsBehindTheSignature(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{Faults: parseFaults(t, "5xx")})
	wrong := newSigned("GetWebhookUrl", "{}")
	wrong.key = "wrong"
	if got := serve(t, e, wrong.request()); got.code != sesapi.CodeSignatureFailure {
		t.Errorf("wrong signature: %q", got.code)
	}
	if got := do(t, e, "NoSuch", "{}"); got.code != sesapi.CodeInvalidAction {
		t.Errorf("unknown action: %q", got.code)
	}
}

// TestFaultSeed checks that the same seed gives the same faults, with about the
// requested share. It also seeds faults that are turned on later.
func TestFaultSeed(t *testing.T) {
	t.Parallel()
	draw := func(seed uint64, later bool) (all []int) {
		specs := parseFaults(t, "drop=30%", "5xx=50%")
		e := open(t, emulator.Options{Faults: specs, FaultSeed: seed})
		if later {
			e = open(t, emulator.Options{FaultSeed: seed})
			check(t, e.SetFaults(specs))
		}
		for range 400 {
			status, _, _ := roundTrip(t, e, newSigned("GetWebhookUrl", "{}"))
			all = append(all, status)
		}
		return all
	}
	first := draw(1, false)
	if second := draw(2, false); !slices.Equal(first, draw(1, false)) || slices.Equal(first, second) || !slices.Equal(second, draw(2, true)) {
		t.Error("the seed does not decide")
	}
	count := map[int]int{}
	for _, status := range first {
		count[status]++
	}
	if count[0] < 80 || count[0] > 160 || count[503] < 100 || count[503] > 180 || count[200] < 100 {
		t.Errorf("by status: %v", count)
	}
}

func TestDroppedConnections(t *testing.T) {
	t.Parallel()
	for _, spec := range []string{"drop-before", "drop-after"} {
		e := open(t, emulator.Options{Faults: parseFaults(t, spec), Now: time.Now})
		address := start(t, e)
		_, err := call(t, sdkClient(t, address, nil), "UpdateWebhookUrl", map[string]any{"Url": url1})
		if err == nil || !strings.Contains(err.Error(), "EOF") {
			t.Errorf("%s: %v", spec, err)
		}
	}
}
